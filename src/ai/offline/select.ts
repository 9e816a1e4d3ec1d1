import type { Analysis, Sentence } from '#src/ai/offline/analysis.ts'
import { centralityOf } from '#src/ai/offline/centrality.ts'
import type { Pace } from '#src/ai/offline/pace.ts'
import { tonePreference } from '#src/ai/offline/tone.ts'
import type { Tone } from '#src/ai/schemas.ts'

/** A sentence brings at most this many before it; one that needs more is left out. */
const CHAIN_MAX = 3
/** How much a sentence's length counts against it: 0 not at all, 1 in full. */
const LENGTH_POWER = 0.55
const CENTRALITY_SHARE = 0.25
/** Neighbours read on from each other. */
const NEIGHBOUR_BONUS = 1.25
const FIRST_BONUS = 1.1
/** A choice may run over what was asked by this much. */
const OVERRUN = 1.08

export type Selection = { words: number; tone: Tone; lead?: Preference }
type Preference = (sentence: Sentence) => number

/**
 * Chooses sentences that cover what the candidates say, greedily: each next one is worth the terms it adds,
 * with diminishing returns (a submodular cover, Lin and Bilmes 2011), against its length. A sentence comes
 * with those it leans on. Returns the chosen in reading order, about `words` long.
 */
export async function selectSentences(
  analysis: Analysis,
  candidates: readonly Sentence[],
  { words, tone, lead }: Selection,
  pace: Pace,
): Promise<Sentence[]> {
  const allowed = new Set(candidates.map((sentence) => sentence.index))
  const centrality = centralityOf(candidates, analysis.weights)
  const preference = tonePreference(tone)
  const scale = meanWeight(candidates, analysis.weights) * 10
  const counts = new Map<number, number>()
  const chosen = new Set<number>()
  const open = candidates
    .filter((sentence) => sentence.quality > 0)
    .map((sentence) => ({ sentence, chain: chainOf(analysis, sentence, allowed) }))
    .filter(({ chain }) => chain.length > 0)
  let length = 0

  const worth = ({ sentence, chain }: (typeof open)[number]): number => {
    let gain = 0
    let cost = 0
    for (const link of chain) {
      if (chosen.has(link.index)) continue
      cost += link.words
      for (const term of link.terms) {
        const count = counts.get(term) ?? 0
        gain += analysis.weights[term]! * (Math.sqrt(count + 1) - Math.sqrt(count))
      }
    }
    if (cost === 0 || length + cost > words * OVERRUN) return 0
    const central = centrality.get(sentence.index)! * scale
    const neighbour = chosen.has(chain[0]!.index - 1) || chosen.has(sentence.index + 1) ? NEIGHBOUR_BONUS : 1
    const first = analysis.passages[sentence.passage]!.from === sentence.index ? FIRST_BONUS : 1
    const value = gain * (1 - CENTRALITY_SHARE) + central * CENTRALITY_SHARE
    return (
      (value * sentence.quality * preference(sentence) * neighbour * first * (lead?.(sentence) ?? 1)) /
      cost ** LENGTH_POWER
    )
  }

  while (length < words) {
    let best: (typeof open)[number] | undefined
    let bestWorth = 0
    for (const [at, candidate] of open.entries()) {
      if (at % 128 === 0) await pace()
      const value = chosen.has(candidate.sentence.index) ? 0 : worth(candidate)
      if (value > bestWorth) {
        bestWorth = value
        best = candidate
      }
    }
    if (!best) break
    for (const link of best.chain) {
      if (chosen.has(link.index)) continue
      chosen.add(link.index)
      length += link.words
      for (const term of link.terms) counts.set(term, (counts.get(term) ?? 0) + 1)
    }
  }
  return [...chosen].sort((a, b) => a - b).map((index) => analysis.sentences[index]!)
}

/** The sentence with all that must stand before it, or nothing when they are not all at hand. */
export function chainOf(analysis: Analysis, sentence: Sentence, allowed: ReadonlySet<number>): Sentence[] {
  const chain = [sentence]
  while (chain[0]!.needs >= 0) {
    const before = analysis.sentences[chain[0]!.needs]!
    if (chain.length === CHAIN_MAX || !allowed.has(before.index) || !before.usable) return []
    chain.unshift(before)
  }
  return chain
}

function meanWeight(candidates: readonly Sentence[], weights: Float64Array): number {
  let sum = 0
  let count = 0
  for (const { terms } of candidates) {
    for (const term of terms) sum += weights[term]!
    count += terms.length
  }
  return count > 0 ? sum / count : 1
}
