import type { Analysis } from '#src/ai/offline/analysis.ts'
import { sentencesOf } from '#src/ai/offline/centrality.ts'
import type { Unit } from '#src/ai/offline/segments.ts'
import { chainOf } from '#src/ai/offline/select.ts'
import type { Pace } from '#src/pace.ts'

/** More units than this are merged before segmenting: the work grows with their square. */
const UNITS_MAX = 160

/** Passages that stay together, a question with its answer; neighbours merged until there are few enough. */
export function unitsOf(analysis: Analysis, among: readonly number[]): number[][] {
  const { passages, sentences } = analysis
  const exchanges: number[][] = []
  for (const at of among) {
    const { from, to, speaker, source } = passages[at]!
    if (from === to) continue
    const last = passages[exchanges.at(-1)?.at(-1) ?? -1]
    const asked =
      last && last.source === source && last.speaker !== speaker && sentences[last.to - 1]!.question
    if (asked) exchanges.at(-1)!.push(at)
    else exchanges.push([at])
  }
  const size = Math.ceil(exchanges.length / UNITS_MAX)
  const units: number[][] = []
  for (let at = 0; at < exchanges.length; at += size) units.push(exchanges.slice(at, at + size).flat())
  return units
}

/** What the segmentation looks at. */
export function describeUnit(analysis: Analysis, passages: readonly number[]): Unit {
  const sentences = sentencesOf(analysis, passages)
  const { source } = analysis.passages[passages[0]!]!
  const names = (terms: Int32Array) => terms.filter((term) => analysis.vocabulary.isCompound(term))
  return {
    terms: Int32Array.from(sentences.flatMap(({ bag, terms }) => [...bag, ...names(terms)])),
    opening: sentences[0]!.bag,
    leansBack: sentences[0]!.reference === 'hard',
    exchange: passages.some(
      (at) => analysis.passages[at]!.speaker !== analysis.passages[passages[0]!]!.speaker,
    ),
    newSource: source !== analysis.passages[passages[0]! - 1]?.source,
  }
}

/** How many words of each stretch of passages can stand in a post. */
export async function writableSizes(
  analysis: Analysis,
  stretches: readonly (readonly number[])[],
  pace: Pace,
): Promise<number[]> {
  const sizes: number[] = []
  for (const passages of stretches) {
    const allowed = new Set(sentencesOf(analysis, passages).map((sentence) => sentence.index))
    let words = 0
    for (const passage of passages) {
      await pace()
      for (const sentence of sentencesOf(analysis, [passage])) {
        const writable = sentence.quality > 0 && chainOf(analysis, sentence, allowed).length > 0
        words += writable ? sentence.words : 0
      }
    }
    sizes.push(words)
  }
  return sizes
}
