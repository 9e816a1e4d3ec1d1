import type { Language } from '#src/ai/offline/languages/language.ts'
import { ACTORS, lowerOf, OBJECTS } from '#src/ai/offline/noun-runs.ts'
import { isTerm } from '#src/ai/offline/vocabulary.ts'
import { wordsOf } from '#src/ai/offline/words.ts'
import type { Pace } from '#src/pace.ts'

const TO_WEIGHT = 0.4
/** Stop words that are nouns: what stands before them describes. */
const PLAIN_NOUNS = new Set('thing things one ones kind kinds sort sorts lot lots stuff guy guys'.split(' '))

/** Whether a word names a thing, as far as the material tells. */
export type NounSense = 'yes' | 'maybe' | 'no'

/** How often a form stood where only a thing can stand, and where only a verb can. */
type Places = { thing: number; verb: number }

/**
 * Learns from the material itself which words name things: those
 * after an article, rather than after `they` or before `the`. In languages other
 * than English it learns nothing.
 */
export async function learnNouns(texts: readonly string[], language: Language, pace: Pace) {
  const places = new Map<string, Places>()
  const placesOf = (key: string) => {
    const known = places.get(key) ?? { thing: 0, verb: 0 }
    places.set(key, known)
    return known
  }
  if (language.tag === 'en') {
    for (const text of texts) {
      await pace()
      readPlaces(text, language, placesOf)
    }
  }
  return (word: string): NounSense => {
    const { thing, verb } = places.get(lowerOf(word)) ?? { thing: 0, verb: 0 }
    if (thing + TO_WEIGHT < verb) return 'no'
    return thing > 0 ? 'yes' : 'maybe'
  }
}

function readPlaces(text: string, language: Language, placesOf: (key: string) => Places) {
  const words = wordsOf(text, language.tag)
  const lowers = words.map((word) => lowerOf(word.text))
  const joined = words.map((word, at) => {
    const next = words[at + 1]
    return next !== undefined && !/\S/.test(text.slice(word.index + word.text.length, next.index))
  })
  for (const [at, lower] of lowers.entries()) {
    if (!isTerm(lower, language)) continue
    const before = at > 0 && joined[at - 1] ? lowers[at - 1]! : ''
    const after = joined[at] ? lowers[at + 1]! : ''
    // `to` stands before places and people as well.
    if (ACTORS.has(before) || OBJECTS.has(after)) placesOf(lower).verb += before === 'to' ? TO_WEIGHT : 1
    else if (
      language.determiners.has(before) &&
      !isTerm(after || 'the', language) &&
      !PLAIN_NOUNS.has(after)
    ) {
      placesOf(lower).thing++
    }
  }
}
