import { UNSPACED_SCRIPTS } from '#src/unspaced.ts'

/** For scripts without spaces, words are taken as pairs of characters. */
const words = new RegExp(`[${UNSPACED_SCRIPTS}ー]+|[\\p{L}\\p{M}\\p{N}]+`, 'gu')
const unspacedStart = new RegExp(`^[${UNSPACED_SCRIPTS}]`, 'u')

/** The distinct words of a text, lower case; for scripts without spaces, the distinct pairs of characters. */
export function wordSet(text: string): Set<string> {
  const found = new Set<string>()
  for (const [word] of text.toLowerCase().matchAll(words)) {
    if (!unspacedStart.test(word)) found.add(word)
    else for (const pair of pairs(word)) found.add(pair)
  }
  return found
}

/** The distinct pairs of neighbouring letters and digits, by which nearly the same titles are alike. */
export function letterPairs(text: string): Set<string> {
  const found = new Set<string>()
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    for (const pair of pairs(word)) found.add(pair)
  }
  return found
}

function pairs(word: string): string[] {
  const letters = [...word]
  return letters.length < 2 ? letters : letters.slice(1).map((letter, index) => letters[index]! + letter)
}

/**
 * How many members each pair of sets shares: cell `i * right.length + j` is the size of left[i] ∩ right[j].
 * Walks an inverted index, so its cost is the sum of what is shared and not of what is compared.
 */
export function sharedCounts(left: Set<string>[], right: Set<string>[]): Int32Array {
  const holders = new Map<string, number[]>()
  right.forEach((set, j) => {
    for (const member of set) {
      const list = holders.get(member)
      if (list) list.push(j)
      else holders.set(member, [j])
    }
  })
  const counts = new Int32Array(left.length * right.length)
  left.forEach((set, i) => {
    const row = i * right.length
    for (const member of set) for (const j of holders.get(member) ?? []) counts[row + j]!++
  })
  return counts
}
