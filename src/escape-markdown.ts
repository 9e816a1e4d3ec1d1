/**
 * Makes prose inert in Markdown: nothing in it can become a link, an element, an emphasis, a footnote or a
 * heading, and ordinary prose stays as it is. The text is one line; `atLineStart` says that it opens it.
 */
export function escapeMarkdown(text: string, atLineStart: boolean): string {
  const inline = text
    .replace(/[\\`*<[\]]/g, '\\$&')
    .replace(/~(?=~)|(?<=~)~/g, '\\~')
    // An underscore inside a word is only itself: `snake_case`.
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?[a-z0-9]{1,32};)/gi, '\\&')
  if (!atLineStart) return inline
  return inline.replace(/^(?=[#>+=|:~-])/, '\\').replace(/^(\d{1,9})(?=[.)](?:\s|$))/, '$1\\')
}
