import { and, between, eq, sql } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { rateWindows } from '#db/schema/limits.ts'
import type { RateLimit } from './rate-limits.ts'
import { backAt, PARTS, partAt } from './window.ts'

/** One subject of one limit at one moment: `subject` is hashed, `now` is the time of day in milliseconds. */
export type Place = { limit: RateLimit; subject: string; now: number }

/** How much is left of a limit, and the moment at which more comes back. */
export type Standing = { remaining: number; backAt: number }

type Part = { part: number; taken: number }

/**
 * Takes up to `wanted` of what is left, in one statement, so that nobody can come in between. Gives how many
 * were granted; no row, and nothing is written, when none were left.
 */
export function takeFromRows(db: Db, place: Place, wanted = 1) {
  const { limit, subject, now } = place
  const part = partAt(limit, now)
  const granted = sql`min(${wanted}, ${limit.limit} - used)`
  const used = db
    .select({ used: sql`coalesce(sum(${rateWindows.taken}), 0)`.as('used') })
    .from(rateWindows)
    .where(counting(place))
  return db.all<[granted: number]>(sql`
    INSERT INTO rate_windows (subject, part, taken, granted, expires_at)
    SELECT ${subject}, ${part}, ${granted}, ${granted}, ${backAt(limit, part)} FROM ${used} WHERE used < ${limit.limit}
    ON CONFLICT (subject, part) DO UPDATE SET taken = taken + excluded.granted, granted = excluded.granted
    RETURNING granted`)
}

/** Gives back what was taken in a part and not used; nothing is written when all was. */
export const giveBackToRows = (
  db: Db,
  { subject, part, unused }: { subject: string; part: number; unused: number },
) =>
  db
    .update(rateWindows)
    .set({ taken: sql`max(0, ${rateWindows.taken} - ${unused})` })
    .where(and(eq(rateWindows.subject, subject), eq(rateWindows.part, part), sql`${unused} > 0`))

export const readRows = (db: Db, place: Place) =>
  db.select({ part: rateWindows.part, taken: rateWindows.taken }).from(rateWindows).where(counting(place))

/** What the rows of a place say of it. */
export function standingOf({ limit, now }: Place, rows: Part[]): Standing {
  const taken = rows.filter((row) => row.taken > 0)
  const used = taken.reduce((sum, row) => sum + row.taken, 0)
  const oldest = Math.min(...taken.map((row) => row.part))
  return { remaining: Math.max(0, limit.limit - used), backAt: used ? backAt(limit, oldest) : now }
}

/**
 * The parts that count. Later ones than the present were written by a process whose clock is ahead, or before
 * the clock was set back: up to a window from now they count, and beyond it they are a mistake that locks
 * nobody out.
 */
function counting({ limit, subject, now }: Place) {
  const part = partAt(limit, now)
  return and(eq(rateWindows.subject, subject), between(rateWindows.part, part - PARTS, part + PARTS))
}
