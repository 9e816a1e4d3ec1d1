import type { Analysis, Sentence } from '#src/ai/offline/analysis.ts'
import type { Pace } from '#src/pace.ts'

const SENTENCES_PER_BREATH = 256

/**
 * How close each sentence is to the whole, 0 to 1, in the order given: cosine with the centroid of all sentences' terms
 * (Radev et al. 2004). Linear, unlike the graph methods, and as good for choosing sentences.
 */
export async function centralityOf(
  sentences: readonly Sentence[],
  weights: Float64Array,
  pace: Pace,
): Promise<Float64Array> {
  const centroid = new Float64Array(weights.length)
  for (const [at, { terms }] of sentences.entries()) {
    if (at % SENTENCES_PER_BREATH === 0) await pace()
    for (const term of terms) centroid[term]! += weights[term]!
  }
  const cosines = new Float64Array(sentences.length)
  for (const [at, { terms }] of sentences.entries()) {
    if (at % SENTENCES_PER_BREATH === 0) await pace()
    let dot = 0
    let norm = 0
    for (const term of terms) {
      dot += weights[term]! * centroid[term]!
      norm += weights[term]! ** 2
    }
    cosines[at] = norm > 0 ? dot / Math.sqrt(norm) : 0
  }
  const highest = cosines.reduce((a, b) => Math.max(a, b), 1e-9)
  return cosines.map((cosine) => cosine / highest)
}

/** The sentences of some passages, in reading order. */
export function sentencesOf(analysis: Analysis, passages: readonly number[]): Sentence[] {
  return passages.flatMap((at) => {
    const { from, to } = analysis.passages[at]!
    return analysis.sentences.slice(from, to)
  })
}
