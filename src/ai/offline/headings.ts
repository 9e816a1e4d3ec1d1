import type { Analysis, Sentence } from '#src/ai/offline/analysis.ts'
import { sentencesOf } from '#src/ai/offline/centrality.ts'
import type { Language } from '#src/ai/offline/languages/language.ts'
import { type NounPhrase, nounPhrasesOf } from '#src/ai/offline/noun-phrases.ts'
import { learnNouns } from '#src/ai/offline/noun-sense.ts'
import type { Section } from '#src/ai/offline/own-sections.ts'
import { isUnspaced, stemOf, wordsOf } from '#src/ai/offline/words.ts'
import type { Pace } from '#src/pace.ts'

const HEADING_CHARS_MAX = 70
const OWN_HEADING_CHARS_MAX = 180
/** A sentence of the section that is not written in the post counts this much beside one that is. */
const UNWRITTEN_WEIGHT = 0.4
const COUNT_POWER = 1
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
/** A longer phrase stands for a single word when it is worth this share of it; less where it holds that word. */
const LONGER_SHARE_MIN = 0.7
const SHARPER_SHARE_MIN = 0.3
const REPEAT_WORTH = 0.35
/** Worth of a phrase that never stands where only a thing can be named. */
const THING_FLOOR = 0.25

/** Of long material enough is read to learn its words, and to find a section's phrases. */
const LEARNT_SENTENCES_MAX = 1_000
const READ_SENTENCES_MAX = 100

/** A section to be named, with the sentences that are to be written in it. */
export type Nameless = Section & { written: readonly Sentence[] }

/**
 * Names each section that has no heading of its own after what it says and the others do not: a phrase of the
 * source's, best one that it gives as a name. No two are named alike.
 */
export async function headingsOf(
  analysis: Analysis,
  sections: readonly Nameless[],
  pace: Pace,
): Promise<string[]> {
  const known = evenly(analysis.sentences, LEARNT_SENTENCES_MAX).map(({ text }) => text)
  const senseOf = await learnNouns(known, analysis.language, pace)
  const judge = await createJudge(analysis, sections, pace)
  const headings: string[] = []
  for (const section of sections) {
    await pace()
    if (section.heading) {
      headings.push(distinct(headings, ownHeading(section.heading)))
      continue
    }
    const phrases = await nounPhrasesOf(sourcesOf(analysis, section), analysis.language, { senseOf, pace })
    const chosen = choose(judge.rank(phrases, section), analysis.language)
    judge.use(chosen)
    headings.push(distinct(headings, nameOf(chosen, analysis.language)))
  }
  return headings
}

const ownHeading = (heading: string) =>
  heading.replace(/\s+/g, ' ').slice(0, OWN_HEADING_CHARS_MAX).toWellFormed().trim()

function sourcesOf(analysis: Analysis, { passages, written }: Nameless) {
  const inPost = new Set(written.map(({ index }) => index))
  const others = sentencesOf(analysis, passages).filter(({ usable, index }) => usable && !inPost.has(index))
  return [
    ...written.map(({ text }, at) => ({ text, weight: 1, opens: at === 0 })),
    ...evenly(others, READ_SENTENCES_MAX).map(({ text }) => ({
      text,
      weight: UNWRITTEN_WEIGHT,
      opens: false,
    })),
  ]
}

/** At most so many of them, from the first on at even steps. */
function evenly<T>(items: readonly T[], countMax: number): T[] {
  const step = Math.max(1, items.length / countMax)
  return Array.from({ length: Math.min(items.length, countMax) }, (_, at) => items[Math.floor(at * step)]!)
}

type Ranked = NounPhrase & { worth: number }

/** English names one thing with its article; where we know no articles, two words say more than one. */
function choose(phrases: readonly Ranked[], { tag }: Language): Ranked[] {
  const [best] = phrases
  if (!best || best.stems.length > 1 || best.given) return best ? [best] : []
  const longer = phrases.find(({ stems, worth }) => {
    const share = stems.includes(best.key) ? SHARPER_SHARE_MIN : LONGER_SHARE_MIN
    return stems.length > 1 && worth > best.worth * share
  })
  if (longer) return [longer]
  if (best.named > best.count / 2) return [best]
  const second = phrases.find(({ stems }) => !stems.some((stem) => best.stems.includes(stem)))
  return second && tag !== 'en' ? [best, second] : [best]
}

function nameOf(phrases: readonly Ranked[], { tag, and }: Language): string {
  const texts = phrases.map(({ text }) => text)
  const both = texts.join(` ${and || '·'} `)
  const name = both.length <= HEADING_CHARS_MAX ? both : (texts[0] ?? '')
  return isUnspaced(tag) ? name : name.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase())
}

function distinct(taken: readonly string[], name: string): string {
  const base = name || `Part ${taken.length + 1}`
  let heading = base
  for (let n = 2; taken.includes(heading); n++) heading = `${base} (${n})`
  return heading
}

/** Ranks a section's phrases by how telling, how central and how readable they are. */
async function createJudge(analysis: Analysis, sections: readonly Nameless[], pace: Pace) {
  const { language, vocabulary, titles } = analysis
  const presence = await presenceOf(analysis, sections, pace)
  const rarity = (stem: string) => Math.log(1 + sections.length / (presence.get(stem) ?? 1))
  const stemsIn = (texts: readonly string[]) =>
    new Set(
      texts.flatMap((text) => wordsOf(text, language.tag).map((word) => stemOf(word.text, language.tag))),
    )
  const speakers = stemsIn([
    ...new Set(analysis.passages.flatMap(({ speaker }) => (speaker ? [speaker] : []))),
  ])
  const title = stemsIn(titles)
  const used = new Set<string>()

  const worthOf = (phrase: NounPhrase, counts: ReadonlyMap<string, number>): number => {
    const { stems, count, thing, named, given, opens } = phrase
    const telling = stems.reduce(
      (sum, stem) => sum + (counts.get(stem) ?? 0) ** COUNT_POWER * rarity(stem),
      0,
    )
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

  function countStems(analysis: Analysis, { passages, written }: Nameless): Map<string, number> {
    const inPost = new Set(written.map(({ index }) => index))
    const counts = new Map<string, number>()
    for (const { index, bag } of sentencesOf(analysis, passages)) {
      for (const term of bag) {
        const stem = vocabulary.termName(term)
        counts.set(stem, (counts.get(stem) ?? 0) + (inPost.has(index) ? 1 : UNWRITTEN_WEIGHT))
      }
    }
    return counts
  }
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
