import type { ImportedSource } from './importer.ts'

const TITLE_LINE_CHARS_MAX = 120
const TITLE_LINE_WORDS_MIN = 2
/** A line that ends a sentence, or that names a speaker or a time, is no title. */
const NO_TITLE = /[.!?:;,。！？]["”’»)]*$|^\W*\d{1,2}:\d{2}|^[^:]{1,40}:\s*$/

/**
 * Plain text whose first line stands alone, short and without a full stop, is titled by it: then the line is
 * the source's title and none of its passages, so that nothing cites it as something that was said.
 */
export function titledByFirstLine(source: ImportedSource): ImportedSource {
  const { text, passages } = source
  const line = /^\s*(\S[^\n]*)\n[^\S\n]*\n/.exec(text)
  const title = (line?.[1] ?? '').trim()
  const isTitle =
    title.length <= TITLE_LINE_CHARS_MAX &&
    title.split(/\s+/).length >= TITLE_LINE_WORDS_MIN &&
    !NO_TITLE.test(title)
  const said = passages.filter(({ end }) => end > (line?.[0].length ?? 0))
  const [first] = passages
  if (!isTitle || said.length === 0 || first?.speaker || first?.heading) return source
  return { title, text, passages: said }
}
