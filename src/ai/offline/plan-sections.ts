import type { Analysis } from '#src/ai/offline/analysis.ts'
import { sentencesOf } from '#src/ai/offline/centrality.ts'
import { headingsOf } from '#src/ai/offline/headings.ts'
import type { Pace } from '#src/ai/offline/pace.ts'
import { segment } from '#src/ai/offline/segments.ts'

const SECTIONS_MIN = 3
const SECTIONS_MAX = 9
const SECTION_WORDS_MIN = 90
/** More units than this are merged before segmenting: the work grows with their square. */
const UNITS_MAX = 160

export type PlannedSection = { heading: string; passages: number[] }

/** Divides the material into sections: along its own headings where it has them, else where its words change. */
export async function planSections(
  analysis: Analysis,
  wanted: number,
  pace: Pace,
): Promise<PlannedSection[]> {
  const own = ownSections(analysis, wanted)
  if (own) return own
  const units = unitsOf(analysis)
  const bags = units.map((passages) =>
    Int32Array.from(sentencesOf(analysis, passages).flatMap(({ bag }) => [...bag])),
  )
  const starts = await segment(bags, wanted, pace)
  const stretches = starts.map((start, at) => units.slice(start, starts[at + 1]).flat())
  const headings = await headingsOf(analysis, stretches, pace)
  return stretches.map((passages, at) => ({ heading: headings[at]!, passages }))
}

/** How many sections a post of so many words gets when nobody says. */
export function sectionCount(sourceWords: number, postWords: number): number {
  const byLength = Math.round(SECTIONS_MIN + sourceWords / 1600)
  const byPost = Math.max(1, Math.floor(postWords / SECTION_WORDS_MIN))
  return Math.max(1, Math.min(SECTIONS_MAX, byLength, byPost))
}

/** Sections under the source's headings, of the highest level that has at least two; undefined without. */
function ownSections(analysis: Analysis, wanted: number): PlannedSection[] | undefined {
  const sections: PlannedSection[] = []
  for (const [at, { heading, from, to }] of analysis.passages.entries()) {
    if (from === to) continue
    const last = sections.at(-1)
    if (last && (heading === undefined || last.heading === heading)) last.passages.push(at)
    else sections.push({ heading: heading ?? '', passages: [at] })
  }
  const headed = sections.filter((section) => section.heading !== '')
  if (headed.length < 2) return undefined
  return mergeToCount(analysis, sections, wanted)
}

/** Joins the shortest section with its shorter neighbour until there are no more than wanted. */
function mergeToCount(analysis: Analysis, sections: PlannedSection[], wanted: number): PlannedSection[] {
  const sized = sections.map((section) => ({ ...section, words: wordsIn(analysis, section.passages) }))
  while (sized.length > Math.max(1, wanted)) {
    const least = sized.reduce((a, b, at) => (b.words < sized[a]!.words ? at : a), 0)
    const other =
      least === 0 || (sized[least + 1]?.words ?? Infinity) < sized[least - 1]!.words ? least + 1 : least - 1
    const [first, second] = [sized[Math.min(least, other)]!, sized[Math.max(least, other)]!]
    const heading =
      (first.words >= second.words ? first.heading : second.heading) || first.heading || second.heading
    sized.splice(Math.min(least, other), 2, {
      heading,
      passages: [...first.passages, ...second.passages],
      words: first.words + second.words,
    })
  }
  return sized.map(({ heading, passages }, at) => ({ heading: heading || `Part ${at + 1}`, passages }))
}

export function wordsIn(analysis: Analysis, passages: readonly number[]): number {
  return sentencesOf(analysis, passages).reduce(
    (sum, sentence) => sum + (sentence.usable ? sentence.words : 0),
    0,
  )
}

/** Passages as they are, or neighbours of one source merged until there are few enough. */
function unitsOf(analysis: Analysis): number[][] {
  const filled = analysis.passages.flatMap(({ from, to }, at) => (to > from ? [at] : []))
  const size = Math.ceil(filled.length / UNITS_MAX)
  const units: number[][] = []
  for (let at = 0; at < filled.length; at += size) units.push(filled.slice(at, at + size))
  return units
}
