import type { RateLimit } from './rate-limits.ts'
import { backAt, partAt, type Window } from './window.ts'
import { createWindowCounts } from './window-counts.ts'

/** Who is counted at one time, for each limit: about 3 MB when all places are taken. */
const SUBJECTS_MAX = 20_000
/** Of the places, when all are taken. */
const SHARE_FREED = 1 / 4

type Options = {
  subjectsMax?: number
  /** Milliseconds that only ever grow: setting the machine's clock forgives nothing and locks nobody out. */
  clock?: () => number
}

/**
 * A sliding window in the memory of this process, of at most `subjectsMax` subjects at a time.
 *
 * When all places are taken, those who took least make room, and a newcomer begins with the most that any who
 * made room had taken, after Space-Saving (Metwally, Agrawal, El Abbadi 2005). So nobody is counted too low:
 * who comes from ever new addresses gets no allowance back, and who keeps a place keeps an exact count.
 */
export function createMemoryWindow(limit: RateLimit, options: Options = {}): Window {
  const { subjectsMax = SUBJECTS_MAX, clock = () => performance.now() } = options
  const places = new Map<string, number>()
  const free: number[] = []
  let opened = 0
  const counts = createWindowCounts(subjectsMax + 1)
  /** The last row belongs to nobody: what newcomers begin with. */
  const floor = subjectsMax

  return {
    take(subject) {
      const now = clock()
      const part = partAt(limit, now)
      const place = places.get(subject) ?? admit(subject, part)
      counts.advance(place, part)
      const allowed = counts.sum(place) < limit.limit
      if (allowed) counts.add(place)
      return {
        allowed,
        limit: limit.limit,
        remaining: Math.max(0, limit.limit - counts.sum(place)),
        resetMs: backAt(limit, counts.oldest(place)) - now,
        rule: limit.rule,
      }
    },
  }

  function admit(subject: string, part: number): number {
    if (!free.length && opened === subjectsMax) makeRoom(part)
    const place = free.pop() ?? opened++
    places.set(subject, place)
    counts.advance(floor, part)
    counts.copy(floor, place)
    return place
  }

  function makeRoom(part: number) {
    for (const [subject, place] of places) {
      counts.advance(place, part)
      if (counts.sum(place) === 0) release(subject, place)
    }
    const missing = Math.ceil(subjectsMax * SHARE_FREED) - free.length
    if (missing > 0) releaseLowest(missing, part)
  }

  function releaseLowest(wanted: number, part: number) {
    const least = Uint32Array.from(places.values(), counts.sum).sort()[wanted - 1]!
    let released = 0
    counts.advance(floor, part)
    for (const [subject, place] of places) {
      if (released === wanted) return
      if (counts.sum(place) > least) continue
      counts.raise(floor, place)
      release(subject, place)
      released++
    }
  }

  function release(subject: string, place: number) {
    places.delete(subject)
    free.push(place)
  }
}
