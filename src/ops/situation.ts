import type { Db } from '#db/connect.ts'
import type { Outbox } from '#src/queue/outbox.ts'
import type { Depth, Queue } from '#src/queue/queue.ts'
import { SILENT_MS } from './presence.ts'
import { COUNTED_MAX, readWaiting, type Waiting } from './situation-waiting.ts'

/** How the jobs of the whole installation fare. Ages are in milliseconds. */
export type Situation = {
  /** The queue's own view; undefined when it could not be asked. */
  queue: Depth | undefined
  waiting: Waiting[]
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
  const [depth, waiting, [[running, deadLetters, alive, slots, silent]], outboxLagMs] = await Promise.all([
    // A queue outside that does not answer is told of by its absence.
    queue.depth().catch(() => undefined),
    readWaiting(db, { now, isSent: lagMs !== undefined }),
    db.rows(COUNTS, [now - SILENT_MS]) as unknown as Promise<[number[]]>,
    lagMs?.(),
  ])
  return {
    queue: depth,
    waiting,
    running: running!,
    deadLetters: deadLetters!,
    outboxLagMs,
    consumers: { alive: alive!, slots: slots!, silent: silent! },
  }
}

const COUNTS = `SELECT
  (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE ready = 0 AND state = 'running' LIMIT ${COUNTED_MAX})),
  (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE state = 'dead' LIMIT ${COUNTED_MAX})),
  (SELECT count(*) FROM consumers WHERE seen_at >= ?1),
  (SELECT coalesce(sum(slots), 0) FROM consumers WHERE seen_at >= ?1),
  (SELECT count(*) FROM consumers WHERE seen_at < ?1 AND slots > 0)`
