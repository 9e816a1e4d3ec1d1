import type { Analysis } from '#src/ai/offline/analysis.ts'
import { sentencesOf } from '#src/ai/offline/centrality.ts'
import { type Keyphrase, keyphrasesOf, sharpen } from '#src/ai/offline/keyphrases.ts'
import type { Language } from '#src/ai/offline/languages/language.ts'
import type { Section } from '#src/ai/offline/own-sections.ts'
import { isUnspaced, stemOf, wordsOf } from '#src/ai/offline/words.ts'
import type { Pace } from '#src/pace.ts'

const HEADING_CHARS_MAX = 70
const OWN_HEADING_CHARS_MAX = 180
/** A second subject is named when it is at least this much of the first. */
const SECOND_SHARE = 0.5

/** Names each section that has no heading after what it alone speaks of most; no two are named alike. */
export async function headingsOf(
  analysis: Analysis,
  sections: readonly Section[],
  pace: Pace,
): Promise<string[]> {
  const used = new Set<string>()
  const speakers = speakerStems(analysis)
  const presence = await presenceOf(analysis, sections, pace)
  const rarity = (stem: string) => Math.log(1 + sections.length / (presence.get(stem) ?? 1))
  const headings: string[] = []
  for (const { heading, passages } of sections) {
    await pace()
    if (heading) {
      headings.push(distinct(headings, ownHeading(heading)))
      continue
    }
    const texts = sentencesOf(analysis, passages)
      .filter((sentence) => sentence.usable)
      .map((sentence) => sentence.text)
    const found = await keyphrasesOf(texts, analysis.language, { rarity, pace })
    const phrases = found.filter(
      ({ stems, key }) => !used.has(key) && !stems.every((stem) => speakers.has(stem)),
    )
    const [first, second] = choosePair(phrases)
    for (const phrase of [first, second]) if (phrase) used.add(phrase.key)
    headings.push(distinct(headings, nameOf(first, second, analysis.language)))
  }
  return headings
}

const ownHeading = (heading: string) =>
  heading.replace(/\s+/g, ' ').slice(0, OWN_HEADING_CHARS_MAX).toWellFormed().trim()

function choosePair(phrases: readonly Keyphrase[]): [Keyphrase | undefined, Keyphrase | undefined] {
  const things = phrases.filter(({ thing }) => thing)
  const best = things[0] ?? phrases[0]
  const next = things.find(
    ({ stems, score }) => score > best!.score * SECOND_SHARE && apart(stems, best!.stems),
  )
  const first = best && sharpen(best, things)
  const second = next && sharpen(next, things)
  return [first, second && apart(second.stems, first!.stems) ? second : next]
}

const apart = (a: readonly string[], b: readonly string[]) => !a.some((stem) => b.includes(stem))

function nameOf(first: Keyphrase | undefined, second: Keyphrase | undefined, { tag, and }: Language): string {
  if (!first) return ''
  const both = second ? `${first.text} ${and || '·'} ${second.text}` : first.text
  const name = both.length <= HEADING_CHARS_MAX ? both : first.text
  return isUnspaced(tag) ? name : name.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase())
}

function distinct(taken: readonly string[], name: string): string {
  const base = name || `Part ${taken.length + 1}`
  let heading = base
  for (let n = 2; taken.includes(heading); n++) heading = `${base} (${n})`
  return heading
}

function speakerStems(analysis: Analysis): Set<string> {
  const names = new Set(analysis.passages.flatMap(({ speaker }) => (speaker ? [speaker] : [])))
  const { tag } = analysis.language
  return new Set([...names].flatMap((name) => wordsOf(name, tag).map((word) => stemOf(word.text, tag))))
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
