import type { PassageSpan } from './importer.ts'
import { SOURCE_TITLE_CHARS_MAX } from './limits.ts'

const FIRST_WORDS_CHARS_MAX = 80
/** Names that programs give to files and that say nothing. */
const GENERIC =
  /^(?:untitled|unnamed|document|transcript|caption|subtitle|download|file|new|text|index|note)s?[\s\d()]*$/i

type Unnamed = { text: string; passages: PassageSpan[]; title?: string; fileName?: string }

/**
 * A title for a source that was given none: what its importer found, else its first heading, else the file's
 * name made readable, else its first words. At most SOURCE_TITLE_CHARS_MAX characters.
 */
export function titleOf({ text, passages, title, fileName }: Unnamed): string {
  const candidates = [
    title,
    passages.find(({ heading }) => heading)?.heading,
    fileName && readableName(fileName),
  ]
  const chosen = candidates
    .map((candidate) => tidyTitle(candidate ?? ''))
    .find((candidate) => candidate !== '')
  return chosen ? shorten(chosen, SOURCE_TITLE_CHARS_MAX) : firstWords(text, passages[0])
}

/** "2024-03-12_team-sync.txt" becomes "2024-03-12 team sync"; a name that says nothing becomes ''. */
function readableName(fileName: string): string {
  const name = fileName
    .slice(-255)
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.[^.]{1,10}$/, '')
  const words = name
    .replaceAll('_', ' ')
    .replace(/(?<=\p{L})-(?=\p{L})/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (GENERIC.test(words) || !/\p{L}{2}/u.test(words)) return ''
  return words[0]!.toUpperCase() + words.slice(1)
}

function firstWords(text: string, first?: PassageSpan): string {
  const words = first ? text.slice(first.start, first.end) : text.trim()
  return shorten(tidyTitle(words.slice(0, FIRST_WORDS_CHARS_MAX * 4)), FIRST_WORDS_CHARS_MAX)
}

/** On one line, without control characters and halves of surrogate pairs. */
export function tidyTitle(title: string): string {
  return title
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}

/** Ends at a word, with an ellipsis; never inside a pair of surrogates. */
function shorten(title: string, charsMax: number): string {
  if (title.length <= charsMax) return title
  const cut = title.slice(0, charsMax - 1)
  const space = cut.lastIndexOf(' ')
  const end = space > charsMax / 2 ? space : cut.length
  return `${cut
    .slice(0, end)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()}…`
}
