/** Share of the entities that a text names. */
export function entityRecall(text: string, entities: readonly string[]): number {
  const lower = text.toLowerCase()
  return entities.filter((entity) => lower.includes(entity.toLowerCase())).length / entities.length
}

/** ROUGE-N F1 (Lin 2004) on lower-case words, without stemming. */
export function rouge(candidate: string, reference: string, n: number): number {
  const found = gramsOf(candidate, n)
  const wanted = gramsOf(reference, n)
  let shared = 0
  for (const [gram, count] of found) shared += Math.min(count, wanted.get(gram) ?? 0)
  const total = sum(found.values()) + sum(wanted.values())
  return total > 0 ? (2 * shared) / total : 0
}

function gramsOf(text: string, n: number): Map<string, number> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const grams = new Map<string, number>()
  for (let at = 0; at + n <= words.length; at++) {
    const gram = words.slice(at, at + n).join(' ')
    grams.set(gram, (grams.get(gram) ?? 0) + 1)
  }
  return grams
}

/** Pk (Beeferman et al. 1999): how often a segmentation misjudges whether two units share a stretch. */
export function pk(starts: readonly number[], truth: readonly number[], units: number): number {
  const window = Math.max(1, Math.round(units / truth.length / 2))
  const found = labels(starts, units)
  const wanted = labels(truth, units)
  let wrong = 0
  for (let at = 0; at + window < units; at++) {
    const same = found[at] === found[at + window]
    if (same !== (wanted[at] === wanted[at + window])) wrong++
  }
  return wrong / Math.max(1, units - window)
}

/** F1 of cuts set exactly where the article has them. */
export function boundaryF1(starts: readonly number[], truth: readonly number[]): number {
  const found = starts.filter((start) => start > 0)
  const wanted = truth.filter((start) => start > 0)
  const hits = found.filter((start) => wanted.includes(start)).length
  return hits === 0 ? 0 : (2 * hits) / (found.length + wanted.length)
}

function labels(starts: readonly number[], units: number): number[] {
  return Array.from({ length: units }, (_, at) => starts.filter((start) => start <= at).length)
}

export const mean = (values: readonly number[]) => sum(values) / (values.length || 1)

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
