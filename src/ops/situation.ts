import type { Db } from '#db/connect.ts'
import { kindOfLane } from '#src/jobs/kinds.ts'
import type { Outbox } from '#src/queue/outbox.ts'
import type { Depth, Queue } from '#src/queue/queue.ts'
import { LANES } from '#src/queue/ready.ts'

/** How many lanes of projects are asked for their oldest job. */
const LANES_ASKED_MAX = 256
/** Counted up to here, so that a look costs the same however many jobs wait. */
const COUNTED_MAX = 10_000
/**
 * A consumer tells of itself every 10 s (worker/presence.ts); one that was silent for three times this is
 * gone.
 */
export const SILENT_MS = 30_000

/** How the jobs of the whole installation fare. Ages are in milliseconds. */
export type Situation = {
  /** The queue's own view; undefined when it could not be asked. */
  queue: Depth | undefined
  /** Per kind: how many wait (counted to a limit), and since when the oldest could have begun. */
  waiting: { kind: string; count: number; oldestAgeMs: number }[]
  running: number
  deadLetters: number
  /** How long what could be sent has not been; undefined where there is no queue outside. */
  outboxLagMs: number | undefined
  consumers: {
    alive: number
    slots: number
    /** Gone without a word, and not replaced by as many slots since. */
    silent: number
  }
}

/** Looks at the queue and its table, by index walks. */
export async function readSituation(db: Db, queue: Queue, now = Date.now()): Promise<Situation> {
  const { lagMs } = queue as Queue & Partial<Outbox>
  const [depth, counts, oldest, [[running, deadLetters, alive, slots, silent]], outboxLagMs] =
    await Promise.all([
      // A queue outside that does not answer is told of by its absence.
      queue.depth().catch(() => undefined),
      db.rows(WAITING, []) as Promise<[string, number][]>,
      db.rows(OLDEST, ['', '', LANES_ASKED_MAX]) as Promise<[string, number][]>,
      db.rows(COUNTS, [now - SILENT_MS]) as unknown as Promise<[number[]]>,
      lagMs?.(),
    ])
  return {
    queue: depth,
    waiting: byKind(counts, oldest, now),
    running: running!,
    deadLetters: deadLetters!,
    outboxLagMs,
    consumers: { alive: alive!, slots: slots!, silent: silent! },
  }
}

const WAITING = `SELECT lane, count(*) FROM (
  SELECT lane FROM jobs WHERE ready = 1 LIMIT ${COUNTED_MAX}) GROUP BY lane`

const OLDEST = `SELECT lane, min(due_at) FROM (${LANES}) GROUP BY lane`

const COUNTS = `SELECT
  (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE ready = 0 AND state = 'running' LIMIT ${COUNTED_MAX})),
  (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE state = 'dead' LIMIT ${COUNTED_MAX})),
  (SELECT count(*) FROM consumers WHERE seen_at >= ?1),
  (SELECT coalesce(sum(slots), 0) FROM consumers WHERE seen_at >= ?1),
  (SELECT count(*) FROM consumers WHERE seen_at < ?1 AND slots > 0)`

function byKind(counts: [string, number][], oldest: [string, number][], now: number) {
  const kinds = new Map<string, { kind: string; count: number; oldestAgeMs: number }>()
  const of = (lane: string) => {
    const kind = kindOfLane(lane)
    const known = kinds.get(kind) ?? { kind, count: 0, oldestAgeMs: 0 }
    kinds.set(kind, known)
    return known
  }
  for (const [lane, count] of counts) of(lane).count += count
  for (const [lane, since] of oldest) {
    const known = of(lane)
    known.oldestAgeMs = Math.max(known.oldestAgeMs, now - since)
  }
  return [...kinds.values()]
}
