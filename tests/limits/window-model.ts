import { expect } from 'bun:test'
import fc from 'fast-check'
import { type RateLimit, rateLimit } from '#src/limits/rate-limits.ts'
import { PARTS, type Taking } from '#src/limits/window.ts'

export const limitOf = (limit: number, windowMs: number): RateLimit =>
  rateLimit({ name: 'tested', subject: 'key', what: 'tries', limit, windowMs, kept: 'shared' })

export const arbitraryLimit = fc
  .record({ limit: fc.integer({ min: 1, max: 100 }), partMs: fc.integer({ min: 1, max: 50 }) })
  .map(({ limit, partMs }) => limitOf(limit, partMs * PARTS))

/** Moves of time, in windows, each followed by a burst of takings, as a share of the limit. */
export const arbitraryBursts = fc.array(
  fc.record({
    windows: fc.oneof(
      fc.constant(0),
      fc.double({ min: 0, max: 0.2, noNaN: true }),
      fc.double({ min: 0.9, max: 1.1, noNaN: true }),
    ),
    share: fc.double({ min: 0.01, max: 0.7, noNaN: true }),
  }),
  { minLength: 1, maxLength: 20, size: 'max' },
)

/** What was allowed and when: knows every taking, where the limiter knows counts. */
export function createLedger({ limit, windowMs }: RateLimit) {
  const allowed: number[] = []
  const since = (moment: number) => allowed.filter((at) => at > moment).length
  return {
    /** Holds a taking against the promise: `idle` is how much of the limit others may be sitting on. */
    enter(taking: Taking, now: number, idle = 0) {
      if (taking.allowed) {
        allowed.push(now)
        expect(since(now - windowMs)).toBeLessThanOrEqual(limit)
        // What others take meanwhile is known when the next block is taken.
        if (!idle) expect(taking.remaining).toBeLessThanOrEqual(limit - since(now - windowMs))
      } else {
        expect(since(now - windowMs - windowMs / PARTS)).toBeGreaterThanOrEqual(limit - idle)
        expect(taking.remaining).toBe(0)
      }
      expect(taking.resetMs).toBeGreaterThan(0)
      expect(taking.resetMs).toBeLessThanOrEqual(windowMs + windowMs / PARTS + 1)
    },
    count: () => allowed.length,
  }
}

/** Takes `times` times at once, and says how many were allowed. */
export async function allowedOf(times: number, take: () => Taking | Promise<Taking>): Promise<number> {
  const takings = await Promise.all(Array.from({ length: times }, take))
  return takings.filter((taking) => taking.allowed).length
}
