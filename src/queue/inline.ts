import { sql } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { jobs } from '#db/schema/jobs.ts'
import type { Queue } from './queue.ts'

/** How soon a job written by another process is noticed; one written by this process is noticed at once. */
const POLL_MS = 100

/** The queue that is the table of jobs itself. */
export function inlineQueue(db: Db): Queue {
  let wake = Promise.withResolvers<void>()
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
      wake.resolve()
      wake = Promise.withResolvers()
    },
    pull: async ({ max, waitMs, signal }) => {
      const deadline = Date.now() + waitMs
      while (true) {
        const woken = wake.promise
        const rows = await due.all({ now: Date.now(), max })
        const remainingMs = deadline - Date.now()
        if (rows.length || remainingMs <= 0 || signal.aborted) return rows.map((row) => row.id)
        await pause(Math.min(POLL_MS, remainingMs), woken, signal)
      }
    },
  }
}

/** Waits `ms`, or less when `early` settles or the signal aborts. */
function pause(ms: number, early: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    early.then(done)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
