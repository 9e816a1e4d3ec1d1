import type { Analysis, Sentence } from '#src/ai/offline/analysis.ts'
import { sentencesOf } from '#src/ai/offline/centrality.ts'
import type { NounPhrase } from '#src/ai/offline/noun-phrases.ts'
import type { Section } from '#src/ai/offline/own-sections.ts'
import { stemOf, wordsOf } from '#src/ai/offline/words.ts'
import type { Pace } from '#src/pace.ts'

/** A sentence of the section that is not written in the post counts this much beside one that is. */
export const UNWRITTEN_WEIGHT = 0.4
/** A phrase is worth the sum of its words over their number to this power: 1 would be their mean. */
const WORDS_POWER = 0.75
// What a phrase's worth is multiplied by.
const SINGLE_FACTOR = 0.6
const LONG_FACTOR = 0.85
/** A section is about a thing rather than about whom it names. */
const NAMED_FACTOR = 0.6
const GIVEN_FACTOR = 4
const GIVEN_SINGLE_FACTOR = 1.5
const OPENING_FACTOR = 1.15
const TITLE_FACTOR = 0.6
/** What is said once is named in passing. */
const ONCE_FACTOR = 0.9
const USED_FACTOR = 0.4
const REPEAT_WORTH = 0.35
/** Worth of a phrase that never stands where only a thing can be named. */
const THING_FLOOR = 0.25

/** A section to be named, with the sentences that are to be written in it. */
export type Nameless = Section & { written: readonly Sentence[] }

export type Ranked = NounPhrase & { worth: number }

/** Ranks a section's phrases by how telling, how central and how readable they are. */
export async function createJudge(analysis: Analysis, sections: readonly Nameless[], pace: Pace) {
  const presence = await presenceOf(analysis, sections, pace)
  const rarity = (stem: string) => Math.log(1 + sections.length / (presence.get(stem) ?? 1))
  const speakers = stemsIn([...new Set(analysis.passages.map(({ speaker }) => speaker ?? ''))], analysis)
  const title = stemsIn(analysis.titles, analysis)
  const used = new Set<string>()

  const worthOf = (phrase: NounPhrase, counts: ReadonlyMap<string, number>): number => {
    const { stems, count, thing, named, given, opens } = phrase
    const telling = stems.reduce((sum, stem) => sum + (counts.get(stem) ?? 0) * rarity(stem), 0)
    let worth = (telling / stems.length ** WORDS_POWER) * (1 + REPEAT_WORTH * Math.log2(Math.max(1, count)))
    worth *= THING_FLOOR + (1 - THING_FLOOR) * Math.min(1, thing / count)
    if (stems.length === 1 && !given) worth *= SINGLE_FACTOR
    if (stems.length > 3) worth *= LONG_FACTOR
    if (named > count / 2) worth *= NAMED_FACTOR
    if (count <= 1 && !given) worth *= ONCE_FACTOR
    if (given) worth *= stems.length > 1 ? GIVEN_FACTOR : GIVEN_SINGLE_FACTOR
    if (opens) worth *= OPENING_FACTOR
    if (stems.every((stem) => title.has(stem))) worth *= TITLE_FACTOR
    return worth * USED_FACTOR ** stems.filter((stem) => used.has(stem)).length
  }

  return {
    rank: (phrases: readonly NounPhrase[], section: Nameless): Ranked[] => {
      const counts = countStems(analysis, section)
      return phrases
        .filter(({ stems }) => !stems.every((stem) => speakers.has(stem) || used.has(stem)))
        .map((phrase) => ({ ...phrase, worth: worthOf(phrase, counts) }))
        .sort((a, b) => b.worth - a.worth || (a.key < b.key ? -1 : 1))
    },
    use: (phrases: readonly Ranked[]) => {
      for (const { stems } of phrases) for (const stem of stems) used.add(stem)
    },
  }
}

/** How often each stem is said in a section; what is written in the post counts in full. */
function countStems(analysis: Analysis, { passages, written }: Nameless): Map<string, number> {
  const inPost = new Set(written.map(({ index }) => index))
  const counts = new Map<string, number>()
  for (const { index, bag } of sentencesOf(analysis, passages)) {
    for (const term of bag) {
      const stem = analysis.vocabulary.termName(term)
      counts.set(stem, (counts.get(stem) ?? 0) + (inPost.has(index) ? 1 : UNWRITTEN_WEIGHT))
    }
  }
  return counts
}

function stemsIn(texts: readonly string[], { language: { tag } }: Analysis): Set<string> {
  return new Set(texts.flatMap((text) => wordsOf(text, tag).map((word) => stemOf(word.text, tag))))
}

/** In how many sections each stem occurs. */
async function presenceOf(
  analysis: Analysis,
  sections: readonly Section[],
  pace: Pace,
): Promise<Map<string, number>> {
  const presence = new Map<string, number>()
  for (const { passages } of sections) {
    const terms = new Set<number>()
    for (const passage of passages) {
      await pace()
      for (const { bag } of sentencesOf(analysis, [passage])) for (const term of bag) terms.add(term)
    }
    for (const term of terms) {
      const stem = analysis.vocabulary.termName(term)
      presence.set(stem, (presence.get(stem) ?? 0) + 1)
    }
  }
  return presence
}
