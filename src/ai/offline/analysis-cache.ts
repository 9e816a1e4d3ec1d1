import { type Analysis, analyse } from '#src/ai/offline/analysis.ts'
import type { Material } from '#src/ai/provider.ts'
import type { Pace } from '#src/pace.ts'

/** Each section of a post is a job of its own: they share one reading of the material. */
const CACHE_BYTES_MAX = 48 * 1024 * 1024
/** What an analysis takes, per character of its text: generously. */
const BYTES_PER_CHAR = 16

const kept = new Map<string, { analysis: Analysis; bytes: number }>()

/** The analysis of the material, kept while there is room; the least recently used goes first. */
export async function analysisOf(material: readonly Material[], pace: Pace): Promise<Analysis> {
  const { key, chars } = fingerprint(material)
  const known = kept.get(key)
  kept.delete(key)
  const entry = known ?? { analysis: await analyse(material, pace), bytes: chars * BYTES_PER_CHAR }
  if (entry.bytes <= CACHE_BYTES_MAX) {
    kept.set(key, entry)
    makeRoom()
  }
  return entry.analysis
}

/** Sources never change, yet their ids alone are not trusted: the key holds their words as well. */
function fingerprint(material: readonly Material[]): { key: string; chars: number } {
  let hash = 0n
  let chars = 0
  for (const { id, passages } of material) {
    hash = Bun.hash.wyhash(id, hash)
    for (const { id: passageId, start, text, speaker, timeMs, heading, headingLevel } of passages) {
      hash = Bun.hash.wyhash(
        `${passageId}\0${start}\0${speaker}\0${timeMs}\0${heading}\0${headingLevel}\0${text}`,
        hash,
      )
      chars += text.length
    }
  }
  return { key: `${chars} ${hash}`, chars }
}

function makeRoom() {
  let bytes = [...kept.values()].reduce((sum, entry) => sum + entry.bytes, 0)
  for (const [key, entry] of kept) {
    if (bytes <= CACHE_BYTES_MAX) return
    kept.delete(key)
    bytes -= entry.bytes
  }
}
