/** The words of our own Markdown: without markers, labels, emphasis and headings. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/^\[\^[^\]\n]{1,20}\]:.*$/gm, '')
    .replace(/\[\^[^\]\n]{1,20}\]/g, ' ')
    .replace(/^#{1,6} .*$/gm, '')
    .replace(/\*\*[^*\n]{1,80}:\*\* ?/g, '')
    .replace(/(?<!\\)[*_`]{1,3}/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/[ \t]+/g, ' ')
    .trim()
}
