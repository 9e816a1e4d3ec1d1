import type { Db } from '#db/connect.ts'
import type { Kinds } from '#src/jobs/kinds.ts'
import type { Log } from '#src/log.ts'
import { SILENT_MS } from '#src/ops/presence.ts'
import { pauseInDatabase } from './pauses.ts'
import type { Queue } from './queue.ts'
import { LANES, readyFinder } from './ready.ts'
import { createWaker } from './waker.ts'

/** How many jobs are sent in one call. */
const BATCH_MAX = 100
/**
 * How many jobs may be on their way for each slot of the consumers that live, at least and at most. The others
 * wait in the database, where projects take turns: a queue outside delivers in the order in which it was sent to.
 * More for a slot would keep other projects waiting, fewer would keep quick jobs waiting for the next call.
 */
const ON_THEIR_WAY_PER_SLOT = 8
const ON_THEIR_WAY_MIN = 32
const ON_THEIR_WAY_MAX = 1_000
/** How long a sender may take; when it died meanwhile, another sends again. */
const SENDING_MS = 30_000
/** A job whose message nobody has seen after this long is sent again. */
const RESEND_MS = 60 * 60_000
/** How soon a job is noticed of which nobody told. */
const POLL_MS = 500
/** How long to rest after a failure; it doubles with each, up to the second figure. */
const REST_MS = [1_000, 30_000] as const

export type OutboxOptions = {
  db: Db
  log: Log
  /** Where messages are sent to. */
  queue: Queue
  kinds?: Kinds
  now?(): number
  restMs?: readonly [first: number, most: number]
}

export type Outbox = Queue & {
  /** How long the oldest job that could be sent has not been, however often that was tried. */
  lagMs(): Promise<number>
}

/**
 * A queue outside of the database, behind the table of jobs: the row that stands there because of the work that asked
 * for it is what will be sent. `send` says that there are rows; a dispatcher sends what was not sent, and sends again
 * when it does not know. Several processes may dispatch at once: a row is taken by one of them.
 */
export function throughOutbox({ db, log, queue, kinds, ...options }: OutboxOptions): Outbox {
  const { now = Date.now, restMs: [firstRestMs, mostRestMs] = REST_MS } = options
  const find = readyFinder(db, { kinds, now })
  const waker = createWaker()
  const pausing = pauseInDatabase(db, now)
  let closed = false
  let failures = 0
  const dispatching = dispatch()

  return {
    ...queue,
    async send(jobIds, { delayMs = 0 } = {}) {
      if (delayMs > 0) await db.rows(PUT_OFF, [now() + delayMs, JSON.stringify(jobIds)])
      waker.wake()
    },
    async lagMs() {
      const [[since]] = (await db.rows(UNSENT_SINCE, ['', '', BATCH_MAX])) as [[number | null]]
      return since === null ? 0 : Math.max(0, now() - since)
    },
    // The row stands there too when the jobs were paused while they waited in the database alone.
    async pause() {
      await pausing.pause()
      await queue.pause()
    },
    async resume() {
      await queue.resume()
      await pausing.resume()
      waker.wake()
    },
    isPaused: async () => (await pausing.isPaused()) || (await queue.isPaused()),
    async close() {
      closed = true
      waker.wake()
      await dispatching
      await queue.close()
    },
  }

  async function dispatch() {
    while (!closed) {
      const woken = waker.listen()
      const restMs = await sendSome().catch(rest)
      if (closed || restMs === 0) woken.cancel()
      else await woken.within(restMs)
    }
  }

  /** Sends what is ready and was not sent. Returns how long there will be nothing more to do. */
  async function sendSome(): Promise<number> {
    const { most, onTheirWay } = await lookAtWay()
    const room = Math.min(BATCH_MAX, most - onTheirWay)
    if (room <= 0) return POLL_MS
    const { ids, nextAt = Number.POSITIVE_INFINITY } = await find(room)
    const until = now() + SENDING_MS
    const taken = ids.length ? await take(ids, { most, until }) : []
    if (taken.length === 0) return Math.max(1, Math.min(POLL_MS, nextAt - now()))
    try {
      await queue.send(taken)
    } catch (error) {
      await db.rows(TAKE_BACK, [JSON.stringify(taken), until])
      throw error
    }
    await db.rows(SENT, [now(), JSON.stringify(taken), until])
    failures = 0
    return 0
  }

  async function lookAtWay(): Promise<{ most: number; onTheirWay: number }> {
    const [[slots, onTheirWay]] = (await db.rows(WAY, [now(), now() - SILENT_MS])) as [[number, number]]
    const wanted = Math.max(ON_THEIR_WAY_MIN, slots * ON_THEIR_WAY_PER_SLOT)
    return { most: Math.min(ON_THEIR_WAY_MAX, wanted), onTheirWay }
  }

  // Neither a job that was cancelled meanwhile is taken, nor one for which others who send have left no room.
  async function take(ids: string[], { most, until }: { most: number; until: number }): Promise<string[]> {
    const rows = await db.rows(TAKE, [now(), until, JSON.stringify(ids), most])
    const taken = new Set(rows.map(([id]) => id))
    return ids.filter((id) => taken.has(id))
  }

  function rest(error: unknown): number {
    const restMs = Math.min(mostRestMs, firstRestMs * 2 ** failures++)
    if (!closed)
      log.error({ err: error, restMs }, 'jobs could not be sent; they wait in the database and will be')
    return restMs
  }
}

const IDS = 'id IN (SELECT value FROM json_each(?))'

// What nobody has seen for so long that it is sent again is on its way no more.
const onTheirWay = (now: string) => `(SELECT count(*) FROM jobs INDEXED BY jobs_dispatched
  WHERE state = 'queued' AND dispatched_at > 0 AND ready = 0 AND due_at > ${now})`

const WAY = `SELECT (SELECT coalesce(sum(slots), 0) FROM consumers WHERE seen_at >= ?2), ${onTheirWay('?1')}`

// What a dead worker held waits again: nobody could claim it by its message while it counts as running. Until it
// is sent, `dispatched_at` keeps since when it could have been.
const TAKE = `UPDATE jobs
  SET state = 'queued', worker = NULL, ready = 0, dispatched_at = min(due_at, ?1), due_at = ?2
  WHERE id IN (SELECT jobs.id FROM json_each(?3) AS wish CROSS JOIN jobs ON jobs.id = wish.value
    WHERE jobs.ready = 1 LIMIT max(0, ?4 - ${onTheirWay('?1')})) RETURNING id`

// Who was stopped while sending may find that another sends the job anew: the end of its time to send tells.
const TAKE_BACK = `UPDATE jobs SET ready = 1, due_at = dispatched_at, dispatched_at = NULL
  WHERE ${IDS} AND state = 'queued' AND dispatched_at IS NOT NULL AND due_at = ?`

const SENT = `UPDATE jobs SET dispatched_at = ?1, due_at = ?1 + ${RESEND_MS}
  WHERE id IN (SELECT value FROM json_each(?2)) AND state = 'queued' AND dispatched_at IS NOT NULL AND due_at = ?3`

// What was sent is told from what is being sent by its times.
const UNSENT_SINCE = `SELECT min(since) FROM (SELECT min(due_at) AS since FROM (${LANES}) UNION ALL
  SELECT min(dispatched_at) FROM jobs INDEXED BY jobs_dispatched
  WHERE state = 'queued' AND dispatched_at > 0 AND ready = 0 AND due_at <> dispatched_at + ${RESEND_MS})`

const PUT_OFF = `UPDATE jobs SET ready = 0, due_at = ?
  WHERE ${IDS} AND state = 'queued' AND dispatched_at IS NULL`
