import { sql } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { jobs } from '#db/schema/jobs.ts'
import type { Queue } from './queue.ts'

/** How soon a job written by another process is noticed; one written by this process is noticed at once. */
const POLL_MS = 100

/** The queue that is the table of jobs itself. */
export function inlineQueue(db: Db): Queue {
  const waiting = new Set<() => void>()
  const due = db
    .select({ id: jobs.id })
    .from(jobs)
    .where(sql`${jobs.dueAt} <= ${sql.placeholder('now')}`)
    .orderBy(jobs.dueAt, jobs.id)
    .limit(sql.placeholder('max'))
    .prepare()

  return {
    name: 'inline',
    send: async () => {
      for (const wake of waiting) wake()
    },
    pull: async ({ max, waitMs, signal }) => {
      const deadline = Date.now() + waitMs
      while (true) {
        const woken = untilWoken(signal)
        const rows = await due.all({ now: Date.now(), max })
        const remainingMs = deadline - Date.now()
        if (rows.length || remainingMs <= 0 || signal.aborted) {
          woken.wake()
          return rows.map((row) => ({ jobId: row.id, receipt: row.id, attempts: 1 }))
        }
        woken.within(Math.min(POLL_MS, remainingMs))
        await woken.promise
      }
    },
    settle: async () => {},
    undeliverable: { pull: async () => [], acknowledge: async () => {} },
    depth: async () => ({ waiting: 0, oldestAgeMs: 0 }),
    pause: async () => {},
    resume: async () => {},
    isPaused: async () => false,
    close: async () => {},
  }

  // Begins to listen before the table is read, so that a job written meanwhile is not slept over.
  function untilWoken(signal: AbortSignal) {
    const { promise, resolve } = Promise.withResolvers<void>()
    let timer: Timer | undefined
    const wake = () => {
      clearTimeout(timer)
      waiting.delete(wake)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    waiting.add(wake)
    signal.addEventListener('abort', wake)
    return {
      promise,
      wake,
      within(ms: number) {
        timer = setTimeout(wake, ms)
      },
    }
  }
}
