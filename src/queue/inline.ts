import type { Db } from '#db/connect.ts'
import type { Kinds } from '#src/jobs/kinds.ts'
import type { Bell } from './bell.ts'
import { pauseInDatabase } from './pauses.ts'
import type { Delivery, Queue } from './queue.ts'
import { type Found, LANES, readyFinder } from './ready.ts'
import { createWaker } from './waker.ts'

/** How soon a job is noticed of which nobody told, where there is no bell … */
const POLL_MS = 100
/** … and where there is one, which is heard at once but may get lost. */
const POLL_BESIDE_BELL_MS = 1_000
/** Its depth is counted up to here: a figure that is read every few seconds must not cost the longer the more wait. */
const DEPTH_COUNTED_MAX = 100_000
/** How many lanes are asked for their oldest job; what is late behind them, src/ops/situation-waiting.ts finds. */
const LANES_ASKED_MAX = 256
/** How many jobs that a queue outside was told of are taken back: more are not on their way at a time. */
const TAKEN_BACK_MAX = 1_000

export type InlineOptions = {
  /** Rung when jobs were written, by whatever process. */
  bell?: Bell
  kinds?: Kinds
  now?(): number
}

/** The queue that is the table of jobs itself: sending is waking who waits, and a claim is the acknowledgement. */
export function inlineQueue(db: Db, { bell, kinds, now = Date.now }: InlineOptions = {}): Queue {
  const waker = createWaker()
  const find = readyFinder(db, { kinds, now })
  const stopListening = bell?.listen(waker.wake)
  const pollMs = bell ? POLL_BESIDE_BELL_MS : POLL_MS
  const pausing = pauseInDatabase(db, now)
  let closed = false
  let hasTakenBack = false

  return {
    name: 'inline',
    async send(jobIds, { delayMs = 0 } = {}) {
      if (delayMs > 0) await putOff(jobIds, delayMs)
      waker.wake()
      bell?.ring()
    },
    pull: async ({ max, waitMs, signal, kinds: only }) => {
      const deadline = performance.now() + waitMs
      if (!hasTakenBack) await takeBack()
      while (true) {
        const woken = waker.listen(signal)
        const { ids, nextAt = Number.POSITIVE_INFINITY } = closed ? NOTHING : await find(max, only)
        const remainingMs = deadline - performance.now()
        if (ids.length || remainingMs <= 0 || signal.aborted || closed) {
          woken.cancel()
          return ids.map(delivered)
        }
        await woken.within(Math.max(1, Math.min(pollMs, remainingMs, nextAt - now())))
      }
    },
    // What was acknowledged has been claimed, which took it out of the index that is walked.
    async settle({ retried = [] }) {
      for (const { delivery, delayMs } of retried) await putOff([delivery.jobId], delayMs)
      if (retried.length) waker.wake()
    },
    // A job of this queue dies in its row alone.
    undeliverable: { pull: async () => [], acknowledge: async () => {} },
    async depth() {
      const [[waiting]] = (await db.rows(COUNT, [])) as [[number]]
      const [[since]] = (await db.rows(OLDEST_SINCE, ['', '', LANES_ASKED_MAX])) as [[number | null]]
      return { waiting, oldestAgeMs: since === null ? 0 : Math.max(0, now() - since) }
    },
    ...pausing,
    async resume() {
      await pausing.resume()
      waker.wake()
      bell?.ring()
    },
    async close() {
      closed = true
      stopListening?.()
      waker.wake()
    },
  }

  /** Who takes jobs here waits for no message of the queue that was in use before. */
  async function takeBack() {
    await db.rows(TAKE_BACK, [now()])
    hasTakenBack = true
  }

  async function putOff(jobIds: readonly string[], delayMs: number) {
    await db.rows(
      `UPDATE jobs SET ready = 0, due_at = ? WHERE id IN (SELECT value FROM json_each(?)) AND state = 'queued'`,
      [now() + delayMs, JSON.stringify(jobIds)],
    )
  }
}

const NOTHING: Found = { ids: [], nextAt: undefined }

const TAKE_BACK = `UPDATE jobs SET ready = 1, due_at = min(dispatched_at, ?), dispatched_at = NULL
  WHERE rowid IN (SELECT rowid FROM jobs INDEXED BY jobs_dispatched
    WHERE state = 'queued' AND dispatched_at > 0 AND ready = 0 LIMIT ${TAKEN_BACK_MAX})`

const COUNT = `SELECT count(*) FROM (SELECT 1 FROM jobs WHERE ready = 1 LIMIT ${DEPTH_COUNTED_MAX})`

// Of each lane the first: the oldest but for jobs that were put off.
const OLDEST_SINCE = `SELECT min(due_at) FROM (${LANES})`

const delivered = (jobId: string): Delivery => ({ jobId, receipt: jobId, attempts: 1 })
