import type { RateLimit } from './rate-limits.ts'

/**
 * A window is counted in this many parts. What was taken in a part counts until the whole window after it has
 * passed: so no window of any position ever holds more than the limit, and nobody waits longer for room than
 * the window and one part.
 */
export const PARTS = 12
/** The part that runs, and those before it which the window still reaches. */
export const CELLS = PARTS + 1

/** What became of an attempt to take one of a limit. */
export type Taking = {
  allowed: boolean
  limit: number
  remaining: number
  /** Until some of what was taken may be taken again, in milliseconds; 0 when nothing is missing. */
  resetMs: number
  /** The limit as a sentence. */
  rule: string
}

/** One limit over all of its subjects. Takes at once where it can, and promises where it has to ask. */
export type Window = { take(subject: string): Taking | Promise<Taking> }

/** The number of the part that holds a moment. */
export const partAt = ({ windowMs }: RateLimit, atMs: number) => Math.floor((atMs * PARTS) / windowMs)

/** The moment at which what was taken in a part may be taken again, in milliseconds. */
export const backAt = ({ windowMs }: RateLimit, part: number) =>
  Math.ceil(((part + CELLS) * windowMs) / PARTS)
