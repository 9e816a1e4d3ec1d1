import type { Sentence } from '#src/ai/offline/analysis.ts'
import type { Tone } from '#src/ai/schemas.ts'

type Preference = (sentence: Sentence) => number

/** A tone is a preference between the source's own sentences: nothing is reworded. */
const preferences: Record<Tone, Preference> = {
  neutral: (sentence) => (sentence.secondPerson ? 0.95 : 1),
  friendly: (sentence) =>
    (sentence.firstPerson ? 1.35 : 0.9) *
    (sentence.secondPerson ? 1.25 : 1) *
    (sentence.contracted ? 1.1 : 1) *
    (sentence.words > 30 ? 0.75 : 1),
  formal: (sentence) =>
    (sentence.firstPerson ? 0.4 : 1.1) *
    (sentence.secondPerson ? 0.6 : 1) *
    (sentence.contracted ? 0.5 : 1) *
    (/!/.test(sentence.text) ? 0.5 : 1),
  technical: (sentence) =>
    (1 + Math.min(3, technicalMarks(sentence.text)) * 0.25) * (sentence.words < 9 ? 0.8 : 1),
}

export const tonePreference = (tone: Tone): Preference => preferences[tone]

/** Figures, acronyms, code-like words and hyphenated terms. */
function technicalMarks(text: string): number {
  return text.match(/\d+|\b\p{Lu}{2,}\b|\p{Ll}\p{Lu}|[_/=`]|\p{L}-\p{L}/gu)?.length ?? 0
}
