import type { Db } from '#db/connect.ts'
import type { Kinds } from '#src/jobs/kinds.ts'
import type { Bell } from './bell.ts'
import type { Delivery, Queue } from './queue.ts'
import { LANES, readyFinder } from './ready.ts'

/** How soon a job is noticed of which nobody told: the bell is heard at once, but may be missing. */
const POLL_MS = 100
/** Its depth is counted up to here: a figure that is read every few seconds must not cost the longer the more wait. */
const DEPTH_COUNTED_MAX = 100_000
/** How many lanes are asked for their oldest job. */
const LANES_ASKED_MAX = 256

export type InlineOptions = {
  /** Rung when jobs were written, by whatever process. */
  bell?: Bell
  kinds?: Kinds
  now?(): number
}

/** The queue that is the table of jobs itself: sending is waking who waits, and a claim is the acknowledgement. */
export function inlineQueue(db: Db, { bell, kinds, now = Date.now }: InlineOptions = {}): Queue {
  const waiting = new Set<() => void>()
  const find = readyFinder(db, { kinds, now })
  const stopListening = bell?.listen(wakeAll)
  let closed = false

  return {
    name: 'inline',
    async send(jobIds, { delayMs = 0 } = {}) {
      if (delayMs > 0) await putOff(jobIds, delayMs)
      wakeAll()
      bell?.ring()
    },
    pull: async ({ max, waitMs, signal, kinds: only }) => {
      const deadline = performance.now() + waitMs
      while (true) {
        const woken = untilWoken(signal)
        const { ids, nextAt = Infinity } = closed ? { ids: [] } : await find(max, only)
        const remainingMs = deadline - performance.now()
        if (ids.length || remainingMs <= 0 || signal.aborted || closed) {
          woken.wake()
          return ids.map(delivered)
        }
        woken.within(Math.max(0, Math.min(POLL_MS, remainingMs, nextAt - now())))
        await woken.promise
      }
    },
    // What was acknowledged has been claimed, which took it out of the index that is walked.
    async settle({ retried = [] }) {
      for (const { delivery, delayMs } of retried) await putOff([delivery.jobId], delayMs)
      if (retried.length) wakeAll()
    },
    // A job of this queue dies in its row alone.
    undeliverable: { pull: async () => [], acknowledge: async () => {} },
    async depth() {
      const [[waiting]] = (await db.rows(COUNT, [])) as [[number]]
      const [[since]] = (await db.rows(OLDEST_SINCE, ['', '', LANES_ASKED_MAX])) as [[number | null]]
      return { waiting, oldestAgeMs: since === null ? 0 : Math.max(0, now() - since) }
    },
    async pause() {
      await db.rows(`INSERT OR IGNORE INTO queue_pauses (queue, since) VALUES ('jobs', ?)`, [now()])
    },
    async resume() {
      await db.rows(`DELETE FROM queue_pauses WHERE queue = 'jobs'`, [])
      wakeAll()
      bell?.ring()
    },
    isPaused: async () => (await db.rows(`SELECT 1 FROM queue_pauses WHERE queue = 'jobs'`, [])).length > 0,
    async close() {
      closed = true
      stopListening?.()
      wakeAll()
    },
  }

  function wakeAll() {
    for (const wake of waiting) wake()
  }

  async function putOff(jobIds: readonly string[], delayMs: number) {
    await db.rows(
      `UPDATE jobs SET ready = 0, due_at = ? WHERE id IN (SELECT value FROM json_each(?)) AND state = 'queued'`,
      [now() + delayMs, JSON.stringify(jobIds)],
    )
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

const COUNT = `SELECT count(*) FROM (SELECT 1 FROM jobs WHERE ready = 1 LIMIT ${DEPTH_COUNTED_MAX})`

// Of each lane the first: the oldest but for jobs that were put off.
const OLDEST_SINCE = `SELECT min(due_at) FROM (${LANES})`

const delivered = (jobId: string): Delivery => ({ jobId, receipt: jobId, attempts: 1 })
