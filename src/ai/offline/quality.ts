import type { Language } from '#src/ai/offline/languages/language.ts'
import { lowerOf, OBJECTS } from '#src/ai/offline/noun-runs.ts'
import { isTerm } from '#src/ai/offline/vocabulary.ts'
import { isUnspaced, wordsOf } from '#src/ai/offline/words.ts'

const WORDS_MIN = 5
const WORDS_SHORT = 8
const WORDS_LONG = 42
const WORDS_TOO_LONG = 60
/** What is said in fewer words without a verb is a scrap. */
const WORDS_VERBLESS = 12

const SUBJECTS = new Set('i you we they he she it who that to'.split(' '))

/**
 * How well a sentence reads in a post, 0 (not at all) to 1: complete, of a readable length, prose rather
 * than a list or a table.
 */
export function qualityOf(
  text: string,
  lower: readonly string[],
  { language, speech }: { language: Language; speech: boolean },
): number {
  const count = lower.length
  if (count < WORDS_MIN || isQuestion(text)) return 0
  const verbless = !isClause(text, lower, language)
  if (verbless && speech && count < WORDS_VERBLESS) return 0
  let quality = 1
  if (count < WORDS_SHORT) quality *= 0.6
  if (count > WORDS_LONG) quality *= 0.75
  if (count > WORDS_TOO_LONG) quality *= 0.5
  if (verbless) quality *= 0.3
  if ((text.match(/[,;]/g)?.length ?? 0) > count / 5) quality *= 0.6
  if ((text.match(/[\p{L}\s]/gu)?.length ?? 0) < text.length * 0.8) quality *= 0.6
  if (/[!]["”’)]*$/.test(text)) quality *= 0.7
  if (/^\p{Ll}/u.test(text)) quality *= 0.6
  if (!balanced(text)) quality *= 0.6
  return quality
}

export const isQuestion = (text: string) => /[?？؟;]["”’»)]*$/u.test(text) && !/;$/.test(text)

/**
 * Whether a sentence has a verb: one that we know, one by its ending, or what stands where only a verb can
 * (`kills the wax`, `they curl`). In languages whose verbs we do not know every sentence has.
 */
export function isClause(text: string, lower: readonly string[], language: Language): boolean {
  if (language.verbs.size === 0 || isUnspaced(language.tag)) return true
  const own = /["“]/.test(text)
    ? wordsIn(text.replace(/["“][^"”]*["”]/g, ' '), language)
    : mainClause(lower, language)
  return own.some((word, at) => {
    if (language.verbs.has(word)) return true
    if (word.includes("'") && /'(?:s|re|ve|ll|d|m)$|n't$/.test(word)) return true
    const [before = '', after = ''] = [own[at - 1], own[at + 1]]
    if (word.length > 4 && word.endsWith('ed') && !text.includes(`, ${word}`)) return true
    return (
      isTerm(word, language) &&
      !word.endsWith('ing') &&
      (SUBJECTS.has(before) || (OBJECTS.has(after) && at > 0))
    )
  })
}

/** `Ninety seconds, for anything that fails`: the only verb of a scrap may be a relative clause's. */
function mainClause(lower: readonly string[], { verbs }: Language): readonly string[] {
  const at = lower.findIndex((word) => word === 'that' || word === 'which' || word === 'who')
  if (at < 1 || lower.length >= WORDS_VERBLESS) return lower
  const rest = lower.slice(at + 1).filter((word) => verbs.has(word))
  return rest.length > 1 ? lower : lower.slice(0, at)
}

const wordsIn = (text: string, { tag }: Language) => wordsOf(text, tag).map((word) => lowerOf(word.text))

function balanced(text: string): boolean {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0
  return count(/[([]/g) === count(/[)\]]/g) && count(/“/g) === count(/”/g) && count(/"/g) % 2 === 0
}
