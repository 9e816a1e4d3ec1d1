import type { Db } from '#db/connect.ts'
import { kindOfLane } from '#src/jobs/kinds.ts'
import { PUT_BACK_MS } from '#src/queue/put-back.ts'
import { LANES } from '#src/queue/ready.ts'

/** Of each kind so many are counted, so that a look costs the same however many jobs wait. */
export const COUNTED_MAX = 10_000
/** How many lanes of projects are looked at, in steps between which others have their turn. */
const LANES_MAX = 10_240
const LANES_AT_ONCE = 256
/** By how much the clock of who put a job back may be ahead. */
const SKEW_MS = 5_000

/** How many jobs of a kind wait (counted to a limit), and since when the oldest could have begun. */
export type Waiting = { kind: string; count: number; oldestAgeMs: number }

type Lane = [projectId: string, lane: string, first: string, dueAt: number, hasMore: number]
type OfKind = { count: number; since: number; lanes: [projectId: string, lane: string][] }

/**
 * What waits of each kind: in the table and, with a queue outside, on its way there. Index walks that end at a limit.
 */
export async function readWaiting(db: Db, { now, isSent }: { now: number; isSent: boolean }) {
  const kinds = new Map<string, OfKind>()
  const of = (kind: string) => {
    const known = kinds.get(kind) ?? { count: 0, since: now, lanes: [] }
    kinds.set(kind, known)
    return known
  }
  for await (const [projectId, lane, , dueAt, hasMore] of lanesOf(db)) {
    const known = of(kindOfLane(lane))
    known.since = Math.min(known.since, dueAt)
    if (hasMore) known.lanes.push([projectId, lane])
    else known.count++
  }
  for (const known of kinds.values()) if (known.lanes.length) known.count += await countIn(db, known)
  for (const [kind, count, since] of isSent ? await sent(db, now) : []) {
    const known = of(kind)
    known.count += count
    known.since = Math.min(known.since, since)
  }
  return [...kinds].map(
    ([kind, { count, since }]): Waiting => ({
      kind,
      count: Math.min(count, COUNTED_MAX),
      oldestAgeMs: now - since,
    }),
  )
}

/** Every lane in which something is ready, with the first that is. */
async function* lanesOf(db: Db): AsyncGenerator<Lane> {
  let after: readonly [string, string] = ['', '']
  for (let seen = 0; seen < LANES_MAX; seen += LANES_AT_ONCE) {
    const lanes = (await db.rows(LANES, [...after, LANES_AT_ONCE])) as Lane[]
    yield* lanes
    if (lanes.length < LANES_AT_ONCE) return
    const [projectId, lane] = lanes.at(-1)!
    after = [projectId, lane]
    await new Promise(setImmediate)
  }
}

async function countIn(db: Db, { lanes, count }: OfKind): Promise<number> {
  const [[counted]] = (await db.rows(COUNT, [JSON.stringify(lanes), Math.max(0, COUNTED_MAX - count)])) as [
    [number],
  ]
  return counted
}

const sent = (db: Db, now: number) =>
  db.rows(SENT, [now + PUT_BACK_MS[1] + SKEW_MS]) as Promise<[kind: string, count: number, since: number][]>

const COUNT = `SELECT count(*) FROM (SELECT 1 FROM json_each(?1) AS place CROSS JOIN jobs
  WHERE ready = 1 AND project_id = place.value ->> 0 AND lane = place.value ->> 1 LIMIT ?2)`

// What was sent, and what rests because it was delivered to who could not perform it. One that nobody ever took waits
// since it was asked for, however often it was sent.
const SENT = `SELECT kind, count(*), min(iif(lease_token = 0, created_at, dispatched_at)) FROM (
  SELECT * FROM (SELECT kind, lease_token, created_at, dispatched_at FROM jobs
    WHERE state = 'queued' AND dispatched_at IS NOT NULL AND ready = 0 ORDER BY dispatched_at LIMIT ${COUNTED_MAX})
  UNION ALL
  SELECT kind, lease_token, created_at, dispatched_at FROM (SELECT * FROM jobs
    WHERE ready = 0 AND state = 'queued' AND due_at <= ?1 ORDER BY due_at LIMIT ${COUNTED_MAX})
  WHERE dispatched_at IS NULL AND lease_token = 0) GROUP BY kind`
