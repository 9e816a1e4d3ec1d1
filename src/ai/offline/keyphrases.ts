import type { Language } from '#src/ai/offline/languages/language.ts'
import { type NounPhrase, nounPhrasesOf } from '#src/ai/offline/noun-phrases.ts'
import { learnNouns } from '#src/ai/offline/noun-sense.ts'
import type { Pace } from '#src/pace.ts'

const COUNT_POWER = 0.8
/** A phrase of several words says which of its kind is meant; a name that someone gives is what to ask for. */
const PHRASE_FACTOR = 1.5
const SINGLE_FACTOR = 0.6
const GIVEN_FACTOR = 4
const NAMED_FACTOR = 0.8
const THING_FLOOR = 0.25
/** A single word must come back so often to stand for a text. */
const SINGLE_COUNT_MIN = 3

/**
 * What a text speaks of most, best first, no two sharing a word: phrases before single words. Words said once
 * or twice come only where there is nothing else.
 */
export async function keyphrasesOf(
  texts: readonly string[],
  language: Language,
  pace: Pace,
): Promise<NounPhrase[]> {
  const senseOf = await learnNouns(texts, language, pace)
  const sources = texts.map((text) => ({ text, weight: 1, opens: false }))
  const phrases = await nounPhrasesOf(sources, language, { senseOf, pace })
  const ranked = phrases
    .map((phrase) => ({ phrase, worth: worthOf(phrase) }))
    .sort((a, b) => b.worth - a.worth || (a.phrase.key < b.phrase.key ? -1 : 1))
    .map(({ phrase }) => phrase)
  const sure = ranked.filter(isSure)
  return withoutOverlap([...sure, ...ranked.filter((phrase) => !isSure(phrase))])
}

const isSure = ({ stems, count, given }: NounPhrase) =>
  given || (stems.length > 1 ? count > 1 : count >= SINGLE_COUNT_MIN)

function worthOf({ stems, count, thing, named, given }: NounPhrase): number {
  let worth = count ** COUNT_POWER * (THING_FLOOR + (1 - THING_FLOOR) * Math.min(1, thing / count))
  worth *= stems.length > 1 ? PHRASE_FACTOR : SINGLE_FACTOR
  if (given) worth *= GIVEN_FACTOR
  if (named > count / 2) worth *= NAMED_FACTOR
  return worth
}

function withoutOverlap(phrases: readonly NounPhrase[]): NounPhrase[] {
  const used = new Set<string>()
  return phrases.filter(({ stems }) => {
    if (stems.some((stem) => used.has(stem))) return false
    for (const stem of stems) used.add(stem)
    return true
  })
}
