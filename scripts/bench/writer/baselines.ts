import { segmenterOf, stemOf, wordsOf } from '#src/ai/offline/words.ts'

/** A repeatable source of chance: the same figures every time. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export function sentencesIn(text: string): string[] {
  return [...segmenterOf('en', 'sentence').segment(text)].map(({ segment }) => segment.trim()).filter(Boolean)
}

export function firstWords(text: string, count: number): string {
  return text.split(/\s+/).slice(0, count).join(' ')
}

export function randomSentences(text: string, words: number, seed: number): string {
  const next = chance(seed)
  const order = sentencesIn(text).map((sentence) => ({ sentence, at: next() }))
  return takeWords(
    order.sort((a, b) => a.at - b.at).map(({ sentence }) => sentence),
    words,
  )
}

/** LexRank (Erkan and Radev 2004), continuous, best sentences first until there are enough words. */
export function lexRank(text: string, words: number): string {
  const sentences = sentencesIn(text)
  const bags = sentences.map(
    (sentence) => new Set(wordsOf(sentence, 'en').map(({ text }) => stemOf(text, 'en'))),
  )
  const spread = new Map<string, number>()
  for (const bag of bags) for (const stem of bag) spread.set(stem, (spread.get(stem) ?? 0) + 1)
  const weight = (stem: string) => Math.log(1 + sentences.length / spread.get(stem)!)
  const norms = bags.map((bag) => Math.hypot(...[...bag].map(weight)) || 1)
  const cosine = (a: number, b: number) =>
    [...bags[a]!].reduce((sum, stem) => sum + (bags[b]!.has(stem) ? weight(stem) ** 2 : 0), 0) /
    (norms[a]! * norms[b]!)
  const links = sentences.map((_, a) => sentences.map((_, b) => (a === b ? 0 : cosine(a, b))))
  const degrees = links.map((row) => row.reduce((a, b) => a + b, 0) || 1)
  let ranks = sentences.map(() => 1 / sentences.length)
  for (let round = 0; round < 30; round++) {
    const last = ranks
    ranks = sentences.map(
      (_, b) =>
        0.15 / sentences.length +
        0.85 * links.reduce((sum, row, a) => sum + (last[a]! * row[b]!) / degrees[a]!, 0),
    )
  }
  const order = sentences.map((_, at) => at).sort((a, b) => ranks[b]! - ranks[a]!)
  return takeWords(
    order.map((at) => sentences[at]!),
    words,
  )
}

function takeWords(sentences: readonly string[], words: number): string {
  const taken: string[] = []
  for (const sentence of sentences) {
    if (taken.join(' ').split(/\s+/).length >= words) break
    taken.push(sentence)
  }
  return firstWords(taken.join(' '), words)
}

export function evenCuts(units: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => Math.round((at * units) / count))
}

export function randomCuts(units: number, count: number, seed: number): number[] {
  const next = chance(seed)
  const places = Array.from({ length: units - 1 }, (_, at) => ({ place: at + 1, at: next() }))
  const chosen = places.sort((a, b) => a.at - b.at).slice(0, count - 1)
  return [0, ...chosen.map(({ place }) => place).sort((a, b) => a - b)]
}

/** TextTiling (Hearst 1997) on units: the deepest valleys of likeness between neighbouring blocks. */
export function textTiling(units: readonly Int32Array[], count: number, block = 3): number[] {
  const bag = (from: number, to: number) => {
    const counts = new Map<number, number>()
    for (const term of units.slice(Math.max(0, from), to).flatMap((unit) => [...unit])) {
      counts.set(term, (counts.get(term) ?? 0) + 1)
    }
    return counts
  }
  const likeness = units.map((_, gap) =>
    gap === 0 ? 1 : cosine(bag(gap - block, gap), bag(gap, gap + block)),
  )
  const depths = likeness.map((value, gap) => {
    let left = gap
    let right = gap
    while (left > 1 && likeness[left - 1]! >= likeness[left]!) left--
    while (right < units.length - 1 && likeness[right + 1]! >= likeness[right]!) right++
    return { gap, depth: likeness[left]! + likeness[right]! - 2 * value }
  })
  const deepest = depths
    .slice(1)
    .sort((a, b) => b.depth - a.depth)
    .slice(0, count - 1)
  return [0, ...deepest.map(({ gap }) => gap).sort((a, b) => a - b)]
}

function cosine(a: Map<number, number>, b: Map<number, number>): number {
  let dot = 0
  for (const [term, count] of a) dot += count * (b.get(term) ?? 0)
  return dot / (Math.hypot(...a.values()) * Math.hypot(...b.values()) || 1)
}
