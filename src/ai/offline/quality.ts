import type { Language } from '#src/ai/offline/languages/language.ts'
import { isUnspaced } from '#src/ai/offline/words.ts'

const WORDS_MIN = 5
const WORDS_SHORT = 8
const WORDS_LONG = 42
const WORDS_TOO_LONG = 60

/**
 * How well a sentence reads in a post, 0 (not at all) to 1: complete, of a readable length, prose rather
 * than a list or a table.
 */
export function qualityOf(text: string, lower: readonly string[], language: Language): number {
  const count = lower.length
  if (count < WORDS_MIN || isQuestion(text)) return 0
  let quality = 1
  if (count < WORDS_SHORT) quality *= 0.6
  if (count > WORDS_LONG) quality *= 0.75
  if (count > WORDS_TOO_LONG) quality *= 0.5
  if (!isUnspaced(language.tag) && language.verbs.size > 0 && !hasVerb(lower, language)) quality *= 0.3
  if ((text.match(/[,;]/g)?.length ?? 0) > count / 5) quality *= 0.6
  if ((text.match(/[\p{L}\s]/gu)?.length ?? 0) < text.length * 0.8) quality *= 0.6
  if (/[!]["”’)]*$/.test(text)) quality *= 0.7
  if (/^\p{Ll}/u.test(text)) quality *= 0.6
  if (!balanced(text)) quality *= 0.6
  return quality
}

export const isQuestion = (text: string) => /[?？؟;]["”’»)]*$/u.test(text) && !/;$/.test(text)

function hasVerb(lower: readonly string[], language: Language): boolean {
  return lower.some(
    (word) =>
      language.verbs.has(word) ||
      (word.length > 4 && word.endsWith('ed')) ||
      /'(?:s|re|ve|ll|d|m)$|n't$/.test(word),
  )
}

function balanced(text: string): boolean {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0
  return count(/[([]/g) === count(/[)\]]/g) && count(/“/g) === count(/”/g) && count(/"/g) % 2 === 0
}
