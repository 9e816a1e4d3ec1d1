import type { Language } from '#src/ai/offline/languages/language.ts'
import { wordsOf } from '#src/ai/offline/words.ts'

/** How many words into a sentence a pronoun still looks back rather than at what the sentence named. */
const PRONOUN_REACH_WORDS = 12

export type Reference =
  /** The sentence stands alone. */
  | 'none'
  /** A pronoun inside it may look back: it reads better after the sentence before it. */
  | 'soft'
  /** It opens by pointing back: without the sentence before it, it says nothing. */
  | 'hard'

/** How a sentence leans on the one before it, told by its first words. */
export function referenceOf(text: string, language: Language): Reference {
  const words = wordsOf(text.slice(0, 160), language.tag).slice(0, PRONOUN_REACH_WORDS)
  const lower = words.map((word) => word.text.toLowerCase().replaceAll('’', "'"))
  if (lower.length === 0) return 'none'
  if (language.backReferences.has(lower[0]!)) return 'hard'
  if (language.backPhrases.includes(`${lower[0]} ${lower[1]}`)) return 'hard'
  if (language.prepositions.has(lower[0]!) && pointsBack(lower, language)) return 'hard'
  const named = language.nounsCapitalised
    ? -1
    : words.findIndex((word, at) => at > 0 && /^\p{Lu}\p{Ll}/u.test(word.text))
  // As written: German `Sie` is whom one talks to.
  const pronoun = words.findIndex(({ text }) => language.pronouns.has(text))
  if (/\b(?:like|than|as|such) (?:this|that|these|those)\b/.test(text)) return 'soft'
  if (/\b(?:of|in|with|for|about|from) (?:this|that|these|those|them)[.,;!?]/.test(text)) return 'soft'
  if (/\b(?:this|that|these|those)(?:[.;!?]|,? (?:and|but) )/.test(text)) return 'soft'
  // `Is that an expensive fix?`
  if (text.endsWith('?') && lower.slice(0, 4).some((word) => language.demonstratives.has(word))) return 'soft'
  return pronoun >= 0 && (named < 0 || named > pronoun) ? 'soft' : 'none'
}

/** `in this case`, `of these`, `with that in mind`: the demonstrative comes right after the preposition. */
function pointsBack(lower: readonly string[], language: Language): boolean {
  const second = lower[1] ?? ''
  return (
    language.demonstratives.has(second) || (second === 'of' && language.demonstratives.has(lower[2] ?? ''))
  )
}

/** `The second mistake`, `the big ones`: it counts on something said before. English only. */
export function countsOnOthers(text: string, { tag }: Language): boolean {
  return (
    tag === 'en' &&
    (/\b(?:of|from|between) (?:these|those) /i.test(text) ||
      /^(?:the|my|our) (?:second|third|fourth|last|next|other|same|latter|former|\w+ ones?) /i.test(text) ||
      /^the first \w+ (?!is|was)/i.test(text))
  )
}
