import type { Db } from '#db/connect.ts'
import type { Queue } from '#src/queue/queue.ts'
import { SILENT_MS } from './presence.ts'
import { readSituation, type Situation } from './situation.ts'

/** How many workers that went silent are told of by name, those silent for the longest first. */
const SILENT_NAMED_MAX = 20

/** What alarms look at: how the jobs fare, who went silent, and whether somebody paused the queue. */
export type Watched = Situation & {
  /** Undefined when the queue could not be asked. */
  isPaused: boolean | undefined
  silent: SilentWorker[]
}

export type SilentWorker = { id: string; seenAt: number }

/** Looks at all of it, by index walks and two questions to a queue outside. */
export async function readWatched(db: Db, queue: Queue, now = Date.now()): Promise<Watched> {
  const [situation, isPaused, silent] = await Promise.all([
    readSituation(db, queue, now),
    queue.isPaused().catch(() => undefined),
    db.rows(SILENT, [now - SILENT_MS, SILENT_NAMED_MAX]) as Promise<[string, number][]>,
  ])
  return { ...situation, isPaused, silent: silent.map(([id, seenAt]) => ({ id, seenAt })) }
}

// One that was replaced has no slots left.
const SILENT = 'SELECT id, seen_at FROM consumers WHERE seen_at < ? AND slots > 0 ORDER BY seen_at LIMIT ?'
