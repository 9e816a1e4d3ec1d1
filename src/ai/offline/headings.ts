import type { Analysis } from '#src/ai/offline/analysis.ts'
import { sentencesOf } from '#src/ai/offline/centrality.ts'
import { createJudge, type Nameless, type Ranked, UNWRITTEN_WEIGHT } from '#src/ai/offline/heading-worth.ts'
import type { Language } from '#src/ai/offline/languages/language.ts'
import { nounPhrasesOf } from '#src/ai/offline/noun-phrases.ts'
import { learnNouns } from '#src/ai/offline/noun-sense.ts'
import { isUnspaced } from '#src/ai/offline/words.ts'
import type { Pace } from '#src/pace.ts'

const HEADING_CHARS_MAX = 70
const OWN_HEADING_CHARS_MAX = 180
/** A longer phrase stands for a single word when it is worth this share of it; less where it holds that word. */
const LONGER_SHARE_MIN = 0.7
const SHARPER_SHARE_MIN = 0.3
/** Of long material enough is read to learn its words, and to find a section's phrases. */
const LEARNT_SENTENCES_MAX = 400
const READ_SENTENCES_MAX = 40

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
