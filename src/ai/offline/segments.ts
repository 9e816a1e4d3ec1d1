import type { Pace } from '#src/pace.ts'

/** Laplace's addition to every count of a stretch's words: a higher one lets stretches differ less. */
const SMOOTHING = 2
/** Blocks of so many units are compared on either side of a cut. */
const BLOCK_UNITS = 3
// What a cut is worth beside its words, in costs of one average term times a unit's average length.
const LIKENESS_COST = 5
const LEANING_COST = 0.3
const NOVELTY_WORTH = 0.5
const QUESTION_WORTH = 1
const NEW_SOURCE_WORTH = 20

export type Unit = {
  /** Term ids with repeats, of the whole unit and of its first sentence. */
  terms: Int32Array
  opening: Int32Array
  /** It starts by pointing back (`this`, `it`). */
  leansBack: boolean
  /** Someone asks, someone else answers: a new subject likely. */
  exchange: boolean
  newSource: boolean
}

/**
 * Cuts a text into `count` stretches of one subject each, by dynamic programming over all cuts. A stretch
 * costs the bits that its own words need (Utiyama and Isahara 2001); a cut costs more where the text on its
 * two sides is alike (TextTiling, Hearst 1997), and less where the next unit opens with new words.
 * `balance` is what the squared logarithm of a stretch's unevenness costs: the higher, the more even.
 * Returns the first unit of each stretch, always starting with 0. Work grows with the square of the units.
 */
export async function segment(
  units: readonly Unit[],
  { count, balance }: { count: number; balance: number },
  pace: Pace,
): Promise<number[]> {
  const wanted = Math.max(1, Math.min(count, units.length))
  const costs = await stretchCosts(units, { count: wanted, balance }, pace)
  const size = units.length + 1
  const best = Array.from({ length: wanted + 1 }, () => new Float64Array(size).fill(Number.POSITIVE_INFINITY))
  const previous = Array.from({ length: wanted + 1 }, () => new Int32Array(size))
  best[0]![0] = 0
  for (let k = 1; k <= wanted; k++) {
    await pace()
    for (let end = k; end < size; end++) {
      for (let start = k - 1; start < end; start++) {
        const cost = best[k - 1]![start]! + costs[start * size + end]!
        if (cost < best[k]![end]!) {
          best[k]![end] = cost
          previous[k]![end] = start
        }
      }
    }
  }
  const starts: number[] = []
  for (let k = wanted, end = size - 1; k > 0; k--) {
    end = previous[k]![end]!
    starts.unshift(end)
  }
  return starts
}

/** Cost of each stretch `start..end`, in a square matrix: Σ f·log((n + sV) / (f + s)) and what its first cut costs. */
async function stretchCosts(
  units: readonly Unit[],
  { count, balance }: { count: number; balance: number },
  pace: Pace,
): Promise<Float64Array> {
  const size = units.length + 1
  const counts = new Int32Array(highestTerm(units) + 1)
  const distinct = (await countDistinct(units, counts, pace)) * SMOOTHING
  const cuts = await cutCosts(units, counts, pace)
  const costs = new Float64Array(size * size).fill(Number.POSITIVE_INFINITY)
  const total = units.reduce((sum, { terms }) => sum + terms.length, 0)
  const even = total / count
  const unevenness = (balance * total) / units.length
  const entropy = (count: number) => count * Math.log(count + SMOOTHING)
  for (let start = 0; start < units.length; start++) {
    await pace()
    counts.fill(0)
    let length = 0
    let bits = 0
    for (let end = start; end < units.length; end++) {
      for (const term of units[end]!.terms) {
        const count = counts[term]!++
        bits += entropy(count + 1) - entropy(count)
      }
      length += units[end]!.terms.length
      costs[start * size + end + 1] =
        length * Math.log(length + distinct) -
        bits +
        cuts[start]! +
        unevenness * Math.log((length + 1) / even) ** 2
    }
  }
  return costs
}

async function cutCosts(units: readonly Unit[], counts: Int32Array, pace: Pace): Promise<Float64Array> {
  const average = units.reduce((sum, { terms }) => sum + terms.length, 0) / units.length
  const costs = new Float64Array(units.length)
  for (let at = 1; at < units.length; at++) {
    await pace()
    const before = units.slice(Math.max(0, at - BLOCK_UNITS), at)
    const likeness = cosine(before, units.slice(at, at + BLOCK_UNITS), counts)
    const { opening, leansBack, exchange, newSource } = units[at]!
    const known = before.map(({ terms }) => terms)
    const news = opening.filter((term) => !known.some((terms) => terms.includes(term)))
    const novelty = news.length / (opening.length || 1)
    costs[at] =
      average *
      (LIKENESS_COST * likeness +
        (leansBack ? LEANING_COST : 0) -
        NOVELTY_WORTH * novelty -
        (exchange ? QUESTION_WORTH : 0) -
        (newSource ? NEW_SOURCE_WORTH : 0))
  }
  return costs
}

/** Likeness of two blocks' term counts; `counts` is scratch space, all zero before and after. */
function cosine(left: readonly Unit[], right: readonly Unit[], counts: Int32Array): number {
  const bag = new Map<number, number>()
  for (const { terms } of right) for (const term of terms) bag.set(term, (bag.get(term) ?? 0) + 1)
  for (const { terms } of left) for (const term of terms) counts[term]!++
  let dot = 0
  let rightNorm = 0
  for (const [term, count] of bag) {
    dot += count * counts[term]!
    rightNorm += count ** 2
  }
  let leftNorm = 0
  for (const { terms } of left) {
    for (const term of terms) {
      leftNorm += counts[term]! ** 2
      counts[term] = 0
    }
  }
  return dot / (Math.sqrt(leftNorm * rightNorm) || 1)
}

/** How many different terms there are; `counts` is left zero. */
async function countDistinct(units: readonly Unit[], counts: Int32Array, pace: Pace): Promise<number> {
  let distinct = 0
  for (const { terms } of units) {
    await pace()
    for (const term of terms) if (counts[term]!++ === 0) distinct++
  }
  counts.fill(0)
  return distinct
}

function highestTerm(units: readonly Unit[]): number {
  let highest = 0
  for (const { terms } of units) for (const term of terms) highest = Math.max(highest, term)
  return highest
}
