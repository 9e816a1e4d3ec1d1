import type { Analysis, Sentence } from '#src/ai/offline/analysis.ts'
import { centralityOf } from '#src/ai/offline/centrality.ts'
import { tonePreference } from '#src/ai/offline/tone.ts'
import type { Tone } from '#src/ai/schemas.ts'
import type { Pace } from '#src/pace.ts'

/** A sentence brings at most two before it; one that needs more is left out. */
const CHAIN_MAX = 3
/** The most central sentence is worth as much as this many new terms. */
const CENTRAL_TERMS = 10
const SENTENCES_PER_BREATH = 128
/** Less room than this is left empty: only scraps would fit. */
const ROOM_WORDS_MIN = 8
/** A choice may run over what was asked by this much. */
const OVERRUN = 1.08

/** What makes a sentence worth choosing. */
export type Taste = {
  /** What a term is worth, by id. */
  weights: Float64Array
  /** A term said n times is worth n to this power: near 0, only the first time counts. */
  returns: number
  /** How much a sentence's length counts against it: 0 not at all, 1 in full. */
  lengthPower: number
  qualityPower: number
  /** Favours neighbours of what is chosen, for they read on from each other. */
  neighbourBonus: number
  /** Share of the worth that comes from being close to the whole. */
  centralShare: number
  /** Favours some sentences for their place. */
  prefer: (sentence: Sentence) => number
}

export type Order = { words: number; tone: Tone; taste: Taste }

type Candidate = { sentence: Sentence; chain: Sentence[]; favour: number; central: number }

/**
 * Chooses sentences that cover what the candidates say, greedily: each next one is worth the terms it adds,
 * with diminishing returns (a submodular cover, Lin and Bilmes 2011), against its length. A sentence comes
 * with those it leans on. Returns the chosen in reading order, about `words` long.
 */
export async function selectSentences(
  analysis: Analysis,
  sentences: readonly Sentence[],
  order: Order,
  pace: Pace,
): Promise<Sentence[]> {
  const { words, taste } = order
  const candidates = await candidatesOf(analysis, sentences, order, pace)
  const cover = createCover(analysis, taste)
  let length = 0
  while (length < words - ROOM_WORDS_MIN) {
    let best: Candidate | undefined
    let bestWorth = 0
    for (const [at, candidate] of candidates.entries()) {
      if (at % SENTENCES_PER_BREATH === 0) await pace()
      const worth = cover.worthOf(candidate, length > 0 ? words * OVERRUN - length : Number.POSITIVE_INFINITY)
      if (worth > bestWorth) {
        bestWorth = worth
        best = candidate
      }
    }
    if (!best) break
    length += cover.add(best.chain)
  }
  return cover.chosen()
}

async function candidatesOf(
  analysis: Analysis,
  sentences: readonly Sentence[],
  { tone, taste }: Order,
  pace: Pace,
): Promise<Candidate[]> {
  const allowed = new Set(sentences.map((sentence) => sentence.index))
  const centrality = await centralityOf(sentences, taste.weights, pace)
  const preference = tonePreference(tone)
  const scale = meanWeight(sentences, taste.weights) * CENTRAL_TERMS * taste.centralShare
  const candidates: Candidate[] = []
  const texts = new Set<string>()
  for (const [at, sentence] of sentences.entries()) {
    if (at % SENTENCES_PER_BREATH === 0) await pace()
    if (sentence.quality === 0 || texts.has(sentence.text)) continue
    texts.add(sentence.text)
    const chain = chainOf(analysis, sentence, allowed)
    const favour = sentence.quality ** taste.qualityPower * preference(sentence) * taste.prefer(sentence)
    if (chain.length > 0) candidates.push({ sentence, chain, favour, central: centrality[at]! * scale })
  }
  return candidates
}

/** What is chosen so far, and what one more would add. */
function createCover(
  analysis: Analysis,
  { weights, returns, lengthPower, neighbourBonus, centralShare }: Taste,
) {
  const counts = new Map<number, number>()
  const chosen = new Set<number>()
  const steps = Array.from({ length: 64 }, (_, n) => (n + 1) ** returns - n ** returns)

  const worthOf = ({ sentence, chain, favour, central }: Candidate, room: number): number => {
    if (chosen.has(sentence.index)) return 0
    let gain = 0
    let cost = 0
    for (const link of chain) {
      if (chosen.has(link.index)) continue
      cost += link.words
      for (const term of link.terms) gain += weights[term]! * steps[Math.min(63, counts.get(term) ?? 0)]!
    }
    if (cost > room) return 0
    const neighbour = chosen.has(chain[0]!.index - 1) || chosen.has(sentence.index + 1) ? neighbourBonus : 1
    return ((gain * (1 - centralShare) + central) * favour * neighbour) / cost ** lengthPower
  }

  const add = (chain: readonly Sentence[]): number => {
    const added = chain.filter((link) => !chosen.has(link.index))
    for (const link of added) {
      chosen.add(link.index)
      for (const term of link.terms) counts.set(term, (counts.get(term) ?? 0) + 1)
    }
    return added.reduce((sum, link) => sum + link.words, 0)
  }

  return {
    worthOf,
    add,
    chosen: () => [...chosen].sort((a, b) => a - b).map((index) => analysis.sentences[index]!),
  }
}

/**
 * The sentence with all that must stand before it, or nothing when they are not all at hand; with what it
 * reads better after, when that is at hand.
 */
export function chainOf(analysis: Analysis, sentence: Sentence, allowed: ReadonlySet<number>): Sentence[] {
  const chain = [sentence]
  while (chain[0]!.needs >= 0) {
    const before = analysis.sentences[chain[0]!.needs]!
    if (chain.length === CHAIN_MAX || !allowed.has(before.index) || !before.usable) return []
    chain.unshift(before)
  }
  if (chain[0]!.leans < 0 || !allowed.has(chain[0]!.leans)) return chain
  const longer = [...chainOf(analysis, analysis.sentences[chain[0]!.leans]!, allowed), ...chain]
  return longer.length <= CHAIN_MAX && longer.length > chain.length ? longer : chain
}

function meanWeight(sentences: readonly Sentence[], weights: Float64Array): number {
  let sum = 0
  let count = 0
  for (const { terms } of sentences) {
    for (const term of terms) sum += weights[term]!
    count += terms.length
  }
  return count > 0 ? sum / count : 1
}
