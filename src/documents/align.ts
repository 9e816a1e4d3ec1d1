import { sharedCounts, wordSet } from './similarity.ts'

/** Two runs of blocks are compared each with each up to this many pairs; longer ones are parted first. */
const PAIRS_MAX = 1_000_000
/** What all the parts of one run may come to. */
const PARTED_PAIRS_MAX = 4_000_000
const SIMILAR_MIN = 0.3
/** An edited block never outweighs an equal one. */
const SIMILAR_WEIGHT = 0.9

export type AlignedText = { kind: string; text: string }
export type IndexPair = [before: number, after: number]

/**
 * Pairs the blocks of two texts in order: equal ones, and of the others those of one kind that share enough
 * words. Equal ends first; then the heaviest common subsequence (Needleman–Wunsch without gap costs, weight
 * 1 for equal, 0.9 · Dice for similar). Where that would be too much, blocks that are unique on both sides
 * part the texts (patience diff), and where none are, the texts are cut into as many even parts as it
 * takes.
 */
export function alignBlocks(before: AlignedText[], after: AlignedText[]): IndexPair[] {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && same(before[head]!, after[head]!)) head++
  let tail = 0
  while (tail < shorter - head && same(before.at(-1 - tail)!, after.at(-1 - tail)!)) tail++
  const middle = alignMiddle(
    before.slice(head, before.length - tail),
    after.slice(head, after.length - tail),
  ).map(([i, j]): IndexPair => [i + head, j + head])
  return [
    ...Array.from({ length: head }, (_, index): IndexPair => [index, index]),
    ...middle,
    ...Array.from(
      { length: tail },
      (_, index): IndexPair => [before.length - tail + index, after.length - tail + index],
    ),
  ]
}

const same = (a: AlignedText, b: AlignedText) => a.kind === b.kind && a.text === b.text

function alignMiddle(before: AlignedText[], after: AlignedText[]): IndexPair[] {
  if (before.length * after.length <= PAIRS_MAX) return heaviestPairs(before, after)
  const pairs: IndexPair[] = []
  let [i, j] = [0, 0]
  for (const [nextI, nextJ] of [...uniquePairs(before, after), [before.length, after.length] as const]) {
    const between = alignParts(before.slice(i, nextI), after.slice(j, nextJ))
    for (const [x, y] of between) pairs.push([x + i, y + j])
    if (nextI < before.length) pairs.push([nextI, nextJ])
    i = nextI + 1
    j = nextJ + 1
  }
  return pairs
}

/** Cut into n parts, p pairs come to p / n: n is the least that keeps parts and sum within bounds. */
function alignParts(before: AlignedText[], after: AlignedText[]): IndexPair[] {
  const pairs = before.length * after.length
  const parts = Math.max(1, Math.ceil(Math.sqrt(pairs / PAIRS_MAX)), Math.ceil(pairs / PARTED_PAIRS_MAX))
  return Array.from({ length: parts }, (_, part) => {
    const i = Math.floor((before.length * part) / parts)
    const j = Math.floor((after.length * part) / parts)
    const nextI = Math.floor((before.length * (part + 1)) / parts)
    const nextJ = Math.floor((after.length * (part + 1)) / parts)
    return heaviestPairs(before.slice(i, nextI), after.slice(j, nextJ)).map(
      ([x, y]): IndexPair => [x + i, y + j],
    )
  }).flat()
}

function heaviestPairs(before: AlignedText[], after: AlignedText[]): IndexPair[] {
  const columns = after.length
  if (before.length === 0 || columns === 0) return []
  const weights = pairWeights(before, after)
  // best[i][j]: the most that before[i…] and after[j…] can share.
  const width = columns + 1
  const best = new Float64Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const weight = weights[i * columns + j]!
      const skip = Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!)
      best[i * width + j] = weight > 0 ? Math.max(skip, weight + best[(i + 1) * width + j + 1]!) : skip
    }
  }
  const pairs: IndexPair[] = []
  for (let i = 0, j = 0; i < before.length && j < columns; ) {
    const weight = weights[i * columns + j]!
    const here = best[i * width + j]!
    if (weight > 0 && here === weight + best[(i + 1) * width + j + 1]!) pairs.push([i++, j++])
    else if (here === best[(i + 1) * width + j]!) i++
    else j++
  }
  return pairs
}

function pairWeights(before: AlignedText[], after: AlignedText[]): Float64Array {
  const left = before.map((block) => wordSet(block.text))
  const right = after.map((block) => wordSet(block.text))
  const shared = sharedCounts(left, right)
  const weights = new Float64Array(shared.length)
  for (const [i, a] of before.entries()) {
    for (const [j, b] of after.entries()) {
      if (a.kind !== b.kind) continue
      const cell = i * after.length + j
      const similarity = (2 * shared[cell]!) / Math.max(1, left[i]!.size + right[j]!.size)
      weights[cell] = a.text === b.text ? 1 : similarity > SIMILAR_MIN ? SIMILAR_WEIGHT * similarity : 0
    }
  }
  return weights
}

/** Blocks that stand exactly once on each side, as the longest run of pairs that rises on both. */
function uniquePairs(before: AlignedText[], after: AlignedText[]): IndexPair[] {
  const places = uniquePlaces(after)
  const unique = [...uniquePlaces(before)].flatMap(([key, i]): IndexPair[] => {
    const j = places.get(key)
    return j === undefined ? [] : [[i, j]]
  })
  return longestRise(unique.map(([, j]) => j)).map((index) => unique[index]!)
}

function uniquePlaces(blocks: AlignedText[]): Map<string, number> {
  const places = new Map<string, number>()
  const repeated = new Set<string>()
  for (const [index, { kind, text }] of blocks.entries()) {
    const key = `${kind}\n${text}`
    if (places.has(key)) repeated.add(key)
    places.set(key, index)
  }
  for (const key of repeated) places.delete(key)
  return places
}

/** The indexes of the longest strictly rising subsequence (patience sorting, O(n log n)). */
export function longestRise(values: number[]): number[] {
  const ends: number[] = []
  const previous: number[] = []
  for (const [index, value] of values.entries()) {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (values[ends[middle]!]! < value) low = middle + 1
      else high = middle
    }
    previous[index] = low > 0 ? ends[low - 1]! : -1
    ends[low] = index
  }
  const rise: number[] = []
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index]!) rise.push(index)
  return rise.reverse()
}
