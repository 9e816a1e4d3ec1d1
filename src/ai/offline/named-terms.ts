import type { Language } from '#src/ai/offline/languages/language.ts'
import { lowerOf } from '#src/ai/offline/noun-runs.ts'
import { isTerm } from '#src/ai/offline/vocabulary.ts'
import { wordsOf } from '#src/ai/offline/words.ts'

/** A name that a sentence gives, with the article before it. */
export type NamedTerm = { article: string; words: string[] }

const WORDS_MAX = 4
const ARTICLES = new Set(['a', 'an', 'the'])
const COUNTS = new Set('one two three four five six seven eight nine ten zero'.split(' '))

/** What stands before a name that someone gives: `is called`, `we call it`, `the term is`. */
const NAMING = [
  /\b(?:is|are|was|were|be|been|it's|that's) (?:also |usually |often )?(?:called|nicknamed|dubbed|known as) /gi,
  /\b(?:that|which|what) (?:i|we|they|you|people|everyone|everybody) (?:call|called) /gi,
  /\b(?:call|calls|called|calling) (?:it|this|that|them|these) /gi,
  /(?<!\b(?:i|we|he|she|they|you|who) )\bcalled (?!(?:an?|the) )/gi,
  /\b(?:term|word|name|phrase|cure|trick|remedy) (?:for (?:it|this|that|them) )?(?:is|was) /gi,
]

/** Cheap, and true of each sentence that has one of them. */
const MAY_NAME = /call|nicknamed|dubbed|known as|term|word|name|phrase|cure|trick|remedy/i

/** Names that a sentence gives to what it speaks of (`the cure is called a fencing token`), in English. */
export function namedTermsOf(text: string, language: Language): NamedTerm[] {
  if (language.tag !== 'en') return []
  const patterns = MAY_NAME.test(text) ? NAMING : []
  const terms = patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => termAt(text, match.index + match[0].length, language)),
  )
  return [...terms, wholeTerm(text, language)].filter((term) => term !== undefined)
}

/** `The one coffee rule.`: who says no more than a name means it. */
function wholeTerm(text: string, language: Language): NamedTerm | undefined {
  if (text.length > 48 || !/^(?:a|an|the) [^,;:]+\.$/i.test(text)) return undefined
  const term = termAt(text, 0, language)
  const whole = term && text.length - 1 === `${term.article} ${term.words.join(' ')}`.length
  return whole && term.words.length > 1 ? term : undefined
}

function termAt(text: string, start: number, language: Language): NamedTerm | undefined {
  const term: NamedTerm = { article: '', words: [] }
  let end = start
  for (const { text: word, index } of wordsOf(text.slice(start, start + 80), language.tag)) {
    const lower = lowerOf(word)
    if (/[^\s]/.test(text.slice(end, start + index))) break
    end = start + index + word.length
    if (ARTICLES.has(lower) && !term.article && term.words.length === 0) {
      term.article = lower
      continue
    }
    if (!COUNTS.has(lower) && (!isTerm(lower, language) || language.verbs.has(lower) || /ly$/.test(lower)))
      break
    if (term.words.push(word) > WORDS_MAX) return undefined
  }
  return term.words.some((word) => isNaming(lowerOf(word), language)) ? term : undefined
}

const isNaming = (lower: string, language: Language) =>
  isTerm(lower, language) && !language.vague.has(lower) && !/^\d/.test(lower)
