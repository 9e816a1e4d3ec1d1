const names: Record<string, string> = {
  text: 'Pasted text',
  txt: 'Text file',
  md: 'Markdown',
  markdown: 'Markdown',
  html: 'Web page',
  htm: 'Web page',
  srt: 'Captions',
  vtt: 'Captions',
  docx: 'Word document',
}

/** What a source was when it came in, in words. */
export const kindName = (kind: string) => names[kind] ?? kind
