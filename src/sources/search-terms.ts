import { UNSPACED_SCRIPTS } from '#src/unspaced.ts'

/** Words of a query that are looked for; the rest is dropped. */
export const QUERY_TERMS_MAX = 32
const QUERY_CHARS_MAX = 2_000
const TERM_CHARS_MAX = 200

/** Runs of these FTS5 would take for one word. */
const UNSPACED_CLASS = `[${UNSPACED_SCRIPTS}ー]`
const UNSPACED_RUN = new RegExp(`${UNSPACED_CLASS}+`, 'gu')
const UNSPACED = new RegExp(UNSPACED_CLASS, 'u')
/** Korean has spaces, but joins particles to its words. */
const HANGUL = /\p{Script=Hangul}/u
const PHRASE_OR_WORD = /["“”„]([^"“”„]*)["“”„]|([\p{L}\p{N}][\p{L}\p{M}\p{N}'’._-]*)/gu

/** English alone, and none that is also a word of substance ("will", "may", or "die" of other languages). */
const STOP_WORDS = new Set(
  `a about after again all also am an and any are as at be because been before being both but by can
  could did do does doing for from had has have having he her here hers him his how i if in into is it
  its me more most my no nor not of off on once only or other our ours out over own same she should so
  some such than that the their theirs them then there these they this those through to too under
  until up us very was we were what when where which while who whom whose why with would you your
  yours`.split(/\s+/),
)

const words = new Intl.Segmenter('ja', { granularity: 'word' })

/** The text as it goes into the full-text index: spaces between the words of scripts that have none. */
export function searchTerms(text: string): string {
  return text.replace(UNSPACED_RUN, (run) => ` ${segment(run).join(' ')} `)
}

/**
 * What a person typed, as an FTS5 expression over text that went through `searchTerms`: every term quoted, so
 * that none is an operator, joined by OR; "quoted phrases" stay phrases. Stop words go when other words
 * remain; repeated words stay, for they weigh more. Null when there is nothing to look for.
 */
export function ftsQuery(userText: string): string | null {
  const terms: { text: string; isStopWord: boolean }[] = []
  for (const [, phrase, word] of userText.slice(0, QUERY_CHARS_MAX).matchAll(PHRASE_OR_WORD)) {
    if (phrase !== undefined) terms.push(...readPhrase(phrase))
    else if (word !== undefined) terms.push(...readWord(word))
  }
  const telling = terms.filter(({ isStopWord }) => !isStopWord)
  const chosen = (telling.length > 0 ? telling : terms).slice(0, QUERY_TERMS_MAX)
  return chosen.length > 0 ? chosen.map(({ text }) => text).join(' OR ') : null
}

function readPhrase(phrase: string) {
  const parts = searchTerms(phrase).match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? []
  return parts.length > 0
    ? [{ text: quote(parts.slice(0, QUERY_TERMS_MAX).join(' ')), isStopWord: false }]
    : []
}

function readWord(word: string) {
  return searchTerms(word)
    .trim()
    .split(/\s+/)
    .map((part) => ({ text: quote(part) + (isBeginning(part) ? '*' : ''), isStopWord: isStopWord(part) }))
}

/** 東京 has to find 東京タワー, which the segmenter may take for one word, and 서울 to find 서울에서. */
function isBeginning(part: string): boolean {
  return part.length > 1 && (UNSPACED.test(part) || HANGUL.test(part))
}

/** An English one, or a single kana such as の, は, を. */
function isStopWord(part: string): boolean {
  return STOP_WORDS.has(part.toLowerCase()) || /^\p{Script=Hiragana}$/u.test(part)
}

function segment(run: string): string[] {
  return Array.from(words.segment(run), (part) => part.segment)
}

function quote(term: string): string {
  return `"${term.slice(0, TERM_CHARS_MAX).toWellFormed()}"`
}
