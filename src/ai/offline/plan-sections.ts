import type { Analysis } from '#src/ai/offline/analysis.ts'
import { mergeSections, ownSections, type Section } from '#src/ai/offline/own-sections.ts'
import { segment } from '#src/ai/offline/segments.ts'
import { describeUnit, unitsOf, writableSizes } from '#src/ai/offline/units.ts'
import type { Pace } from '#src/pace.ts'

const SECTIONS_MIN = 3
const SECTIONS_MAX = 9
const SOURCE_WORDS_PER_SECTION = 900
const SECTION_WORDS_MIN = 120
/** A stretch with fewer writable words joins its neighbour: this many, or this share of the average. */
const STRETCH_WORDS_MIN = 40
const STRETCH_SHARE_MIN = 0.4

// Prose keeps to a subject as long as it has something to say of it; speech drifts, and even sections read better.
export const PROSE_BALANCE = 0.03
const SPEECH_BALANCE = 0.4

/**
 * Divides the material into sections: along its own headings where it has them, else where its words change;
 * those have no heading yet.
 * `sections` is how many the caller asks for, `words` the length of the post.
 */
export async function planSections(
  analysis: Analysis,
  { sections, words }: { sections?: number; words: number },
  pace: Pace,
): Promise<Section[]> {
  const room = Math.max(SECTIONS_MIN, Math.min(SECTIONS_MAX, Math.floor(words / SECTION_WORDS_MIN)))
  const byLength = Math.round(SECTIONS_MIN + analysis.words / SOURCE_WORDS_PER_SECTION)
  const own = ownSections(analysis)
  const planned = own
    ? await divideLargest(analysis, own, sections ?? 0, pace)
    : await divide(analysis, [...analysis.passages.keys()], sections ?? Math.min(room, byLength), pace)
  const sizes = await writableSizes(
    analysis,
    planned.map(({ passages }) => passages),
    pace,
  )
  const sized = planned.map((section, at) => ({ ...section, words: sizes[at]! }))
  const average = sized.reduce((sum, section) => sum + section.words, 0) / sized.length
  const wordsMin =
    own || sections ? STRETCH_WORDS_MIN : Math.max(STRETCH_WORDS_MIN, average * STRETCH_SHARE_MIN)
  return mergeSections(sized, sections ?? room, wordsMin)
}

/** Cuts passages into stretches of one subject each, still without headings. */
async function divide(analysis: Analysis, among: number[], count: number, pace: Pace): Promise<Section[]> {
  const units = unitsOf(analysis, among)
  const described = []
  for (const passages of units) {
    await pace()
    described.push(describeUnit(analysis, passages))
  }
  const balance = analysis.speech ? SPEECH_BALANCE : PROSE_BALANCE
  const starts = units.length > 0 ? await segment(described, { count, balance }, pace) : []
  return starts.map((start, at) => ({
    heading: '',
    level: 0,
    passages: units.slice(start, starts[at + 1]).flat(),
  }))
}

/** Cuts the source's largest sections until there are as many as asked for; the first part keeps the heading. */
async function divideLargest(
  analysis: Analysis,
  own: readonly Section[],
  count: number,
  pace: Pace,
): Promise<Section[]> {
  const stretches = own.map(({ passages }) => passages)
  const sizes = await writableSizes(analysis, stretches, pace)
  const parts = own.map((section, at) => ({ section, words: sizes[at]!, count: 1 }))
  for (let total = own.length; total < count; total++) {
    parts.reduce((a, b) => (b.words / b.count > a.words / a.count ? b : a)).count++
  }
  const divided: Section[] = []
  for (const { section, count } of parts) {
    const pieces = count > 1 ? await divide(analysis, section.passages, count, pace) : [section]
    divided.push({ ...section, passages: pieces[0]!.passages }, ...pieces.slice(1))
  }
  return divided
}
