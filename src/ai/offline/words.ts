import { stemmer } from 'stemmer'

export type Word = { text: string; index: number }

const UNSPACED = new Set(['ja', 'zh', 'th', 'lo', 'km', 'my'])
const FALLBACK_STEM_CHARS = 6
/** What is longer is no word; the stemmer's patterns need not see it. */
const WORD_CHARS_MAX = 48

/** Whether words stand side by side without spaces in a language. */
export const isUnspaced = (tag: string) => UNSPACED.has(tag)

/** What goes between two sentences. */
export const sentenceGap = (tag: string) => (tag === 'ja' || tag === 'zh' ? '' : ' ')

const segmenters = new Map<string, Intl.Segmenter>()

export function segmenterOf(tag: string, granularity: 'word' | 'sentence'): Intl.Segmenter {
  const key = `${granularity} ${tag}`
  let segmenter = segmenters.get(key)
  if (!segmenter) {
    segmenter = new Intl.Segmenter(tag === 'und' ? 'en' : tag, { granularity })
    segmenters.set(key, segmenter)
  }
  return segmenter
}

/** The words of a text with their UTF-16 positions; `don't`, `3.5` and `Jean-Paul` are one word each. */
export function wordsOf(text: string, tag: string): Word[] {
  const words: Word[] = []
  if (isUnspaced(tag)) {
    for (const part of segmenterOf(tag, 'word').segment(text)) {
      if (part.isWordLike) words.push({ text: part.segment, index: part.index })
    }
    return words
  }
  for (const match of text.matchAll(/[\p{L}\p{M}\p{N}'’.,_-]+/gu)) pushTrimmed(words, match[0], match.index)
  return words
}

/** Splits at the punctuation that only sometimes belongs to a word: inside `3.5` and `e.g`, not after it. */
function pushTrimmed(words: Word[], run: string, index: number) {
  if (!/[.,]/.test(run)) return pushBare(words, run, index)
  for (const match of run.matchAll(/[^.,]+/g)) {
    const previous = words.at(-1)
    const start = index + match.index
    const glue = previous && start - (previous.index + previous.text.length) === 1
    if (glue && /^\d/.test(match[0]) && /\d/.test(run[match.index - 2] ?? '')) {
      previous.text += run[match.index - 1]! + match[0]
    } else pushBare(words, match[0], start)
  }
}

const EDGES = "'’_-"

/** Without quotes and dashes at its ends. */
function pushBare(words: Word[], run: string, index: number) {
  let start = 0
  let end = run.length
  while (start < end && EDGES.includes(run[start]!)) start++
  while (end > start && EDGES.includes(run[end - 1]!)) end--
  const text = run.slice(start, end)
  if (/[\p{L}\p{N}]/u.test(text)) words.push({ text, index: index + start })
}

/** How long a text is: words, or the segmenter's words where the script has no spaces. */
export const countWords = (text: string, tag: string) => wordsOf(text, tag).length

/**
 * Folds the forms of a word together: Porter's stemmer for English (Porter 1980), a fixed-length prefix
 * for other alphabets, the word itself where words are not inflected by endings.
 */
export function stemOf(word: string, tag: string): string {
  const lower = word.toLowerCase().replaceAll('’', "'")
  if (lower.length > WORD_CHARS_MAX) return lower
  if (tag === 'en') return stemmer(lower.endsWith("'s") ? lower.slice(0, -2) : lower)
  return isUnspaced(tag) ? lower : lower.slice(0, FALLBACK_STEM_CHARS)
}
