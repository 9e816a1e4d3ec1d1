import type { Pace } from '#src/ai/offline/pace.ts'

/** A cut between two units costs the logarithm of the text's length, times this. */
const CUT_COST = 1

/**
 * Cuts a text into `count` stretches of one subject each, by dynamic programming over all cuts: a stretch
 * costs the bits that its own words need (Utiyama and Isahara 2001). `units` are the term ids of each unit
 * in reading order. Returns the first unit of each stretch, always starting with 0.
 */
export async function segment(units: readonly Int32Array[], count: number, pace: Pace): Promise<number[]> {
  const wanted = Math.max(1, Math.min(count, units.length))
  const costs = await stretchCosts(units, pace)
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

/** Cost of each stretch `start..end`, in a square matrix: Σ f·log((n + V) / (f + 1)) over its terms. */
async function stretchCosts(units: readonly Int32Array[], pace: Pace): Promise<Float64Array> {
  const size = units.length + 1
  const distinct = new Set(units.flatMap((unit) => [...unit])).size
  const total = units.reduce((sum, unit) => sum + unit.length, 0)
  const highest = units.reduce((max, unit) => unit.reduce((a, b) => Math.max(a, b), max), 0)
  const counts = new Int32Array(highest + 1)
  const costs = new Float64Array(size * size).fill(Number.POSITIVE_INFINITY)
  const prior = CUT_COST * Math.log(total || 2)
  for (let start = 0; start < units.length; start++) {
    await pace()
    counts.fill(0)
    let length = 0
    let bits = 0
    for (let end = start; end < units.length; end++) {
      for (const term of units[end]!) {
        const count = counts[term]!++
        bits += (count + 1) * Math.log(count + 2) - count * Math.log(count + 1)
        length++
      }
      costs[start * size + end + 1] = length * Math.log(length + distinct) - bits + prior
    }
  }
  return costs
}
