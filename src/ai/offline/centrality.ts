import type { Analysis, Sentence } from '#src/ai/offline/analysis.ts'

/**
 * How close each sentence is to the whole, 0 to 1: cosine with the centroid of all sentences' terms
 * (Radev et al. 2004). Linear, unlike the graph methods, and as good for choosing sentences.
 */
export function centralityOf(sentences: readonly Sentence[], weights: Float64Array): Map<number, number> {
  const centroid = new Map<number, number>()
  for (const { terms } of sentences) {
    for (const term of terms) centroid.set(term, (centroid.get(term) ?? 0) + weights[term]!)
  }
  const cosines = sentences.map(({ terms }) => {
    let dot = 0
    let norm = 0
    for (const term of terms) {
      dot += weights[term]! * centroid.get(term)!
      norm += weights[term]! ** 2
    }
    return norm > 0 ? dot / Math.sqrt(norm) : 0
  })
  const highest = cosines.reduce((a, b) => Math.max(a, b), 1e-9)
  return new Map(sentences.map((sentence, at) => [sentence.index, cosines[at]! / highest]))
}

/** The sentences of some passages, in reading order. */
export function sentencesOf(analysis: Analysis, passages: readonly number[]): Sentence[] {
  return passages.flatMap((at) => {
    const { from, to } = analysis.passages[at]!
    return analysis.sentences.slice(from, to)
  })
}
