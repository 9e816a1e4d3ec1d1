import type { Db } from '#db/connect.ts'
import type { Kinds } from '#src/jobs/kinds.ts'
import type { JobRow } from '#src/jobs/schemas.ts'
import type { Log } from '#src/log.ts'
import type { JobObserver } from '#src/ops/process-metrics.ts'
import type { Delivery, Queue } from '#src/queue/queue.ts'
import { claimAll, ofOtherKinds } from './claim.ts'
import { claimAhead } from './claim-ahead.ts'
import type { JobHandler } from './jobs/handler.ts'
import { handlers as registered } from './jobs/registry.ts'
import { release } from './lease.ts'
import { type Held, keepLeases } from './lease-keeper.ts'
import { performHeld, tellTaken } from './perform.ts'
import { announcePresence } from './presence.ts'
import { createSettler } from './settler.ts'
import { buryUndelivered } from './undelivered.ts'

/** How long one look at the queue may wait for work. */
const PULL_WAIT_MS = 5_000
/** How long to rest after the queue or the database failed. */
const REST_MS = 1_000
/** What was claimed ahead and not begun after this long is handed back. */
const HOARD_MS = 250
/** How often to look for what the queue gave up delivering. */
const UNDELIVERED_LOOK_MS = 60_000
/** Of a quick job that is over within this time only its end is told. */
const UNTOLD_MS = 20
/** How long quick jobs may follow each other before others get their turn of the event loop. */
const SLICE_MS = 5
/** How long running jobs may go on after the worker was told to stop. */
export const GRACE_MS = 10_000

export type ConsumerOptions = {
  db: Db
  queue: Queue
  log: Log
  concurrency: number
  leaseMs: number
  graceMs?: number
  committed?(): void
  /** Who performs each kind of job; every kind there is unless told. */
  handlers?: Record<string, JobHandler>
  /** The kinds to take; every one that has a handler, or is unknown to all, unless told. */
  only?: readonly string[]
  kinds?: Kinds
  /** Is told of each attempt. */
  observer?: JobObserver
}

export type Consumer = {
  /** Stops taking jobs, gives running ones their grace, hands the rest back. Resolves when none is held. */
  stop(): Promise<void>
}

type Taken = Held & { takenAt: number }

/** Takes due jobs off the queue and performs up to `concurrency` of them at a time. */
export function startConsumer(options: ConsumerOptions): Consumer {
  const { db, queue, log, concurrency, leaseMs, kinds, only, graceMs = GRACE_MS } = options
  const { committed = () => {}, handlers = registered, observer } = options
  const worker = `${process.pid}-${crypto.randomUUID().slice(0, 8)}`
  const keeper = keepLeases({ db, log, leaseMs, kinds })
  const settler = createSettler(queue, log)
  const waiting: Taken[] = []
  const untold = new Map<string, JobRow>()
  const atWork = new Set<Promise<void>>()
  const ahead = claimAhead(concurrency)
  const stopping = new AbortController()
  const undelivered = setInterval(() => void buryUndelivered({ db, queue, log }), UNDELIVERED_LOOK_MS)
  let hoardCheck: Timer | undefined
  let telling: Timer | undefined
  let running = 0
  let freed = Promise.withResolvers<void>()
  let sliceStart = performance.now()
  let nudged = false
  let resting = false
  const presence = announcePresence(db, { worker, slots: concurrency, running: () => running })
  const loop = takeJobs()

  return {
    async stop() {
      log.info({ worker, running }, 'worker stops')
      stopping.abort()
      freed.resolve()
      const grace = setTimeout(() => keeper.shutDown(), graceMs)
      await loop
      clearTimeout(hoardCheck)
      clearTimeout(telling)
      clearInterval(undelivered)
      await handBack(waiting.splice(0))
      await Promise.allSettled(atWork)
      clearTimeout(grace)
      keeper.stop()
      await settler.close()
      await presence.stop()
    },
  }

  async function takeJobs() {
    while (!stopping.signal.aborted) {
      const room = concurrency - running - waiting.length
      const more = ahead.count()
      // What is claimed ahead is claimed by the batch; an idle hand waits for nothing.
      if (room <= 0 && room + more <= more / 2) {
        freed = Promise.withResolvers()
        await freed.promise
        continue
      }
      try {
        await take(
          await queue.pull({ max: room + more, waitMs: PULL_WAIT_MS, signal: stopping.signal, kinds: only }),
        )
      } catch (error) {
        log.error({ err: error }, 'the queue could not be read, or its jobs not be claimed')
        await Bun.sleep(REST_MS)
      }
    }
  }

  /** Claims what was delivered and begins it; what is not to be had is settled at once. */
  async function take(deliveries: Delivery[]) {
    if (deliveries.length === 0) return
    const ids = deliveries.map(({ jobId }) => jobId)
    const jobs = await claimAll(db, ids, { worker, leaseMs, kinds, only }).catch((error) => {
      settler.handBack(deliveries)
      throw error
    })
    const missing = only && jobs.length < ids.length ? await ofOtherKinds(db, ids, only) : new Set<string>()
    settler.taken(deliveries, jobs, missing)
    for (const job of jobs) untold.set(job.id, job)
    // Of a slow job it is told before anything that it tells itself.
    if (ahead.count() === 0) tellOfTaken()
    else telling ??= setTimeout(tellOfTaken, UNTOLD_MS)
    const takenAt = performance.now()
    for (const job of jobs) waiting.push(Object.assign(keeper.hold(job), { takenAt }))
    fill()
    if (waiting.length) hoardCheck ??= setTimeout(handBackHoard, HOARD_MS)
  }

  /** Tells of the jobs that were taken, but for those that are over: their end says it all. */
  function tellOfTaken() {
    clearTimeout(telling)
    telling = undefined
    const [first, ...others] = [...untold.values()].map(tellTaken)
    untold.clear()
    if (!first) return
    db.batch([first, ...others]).then(noticed, (error) =>
      log.error({ err: error }, 'that jobs were taken could not be told'),
    )
  }

  /** Begins as many of the claimed jobs as there are hands for. */
  function fill() {
    while (running < concurrency && waiting.length > 0 && !stopping.signal.aborted) {
      if (performance.now() - sliceStart > SLICE_MS) return fillLater()
      begin(waiting.shift()!)
    }
  }

  function fillLater() {
    if (resting) return
    resting = true
    setImmediate(() => {
      resting = false
      sliceStart = performance.now()
      fill()
    })
  }

  function begin(held: Taken) {
    running++
    const begunAt = performance.now()
    const handled = () => {
      running--
      untold.delete(held.job.id)
      ahead.took(performance.now() - begunAt)
      fill()
      freed.resolve()
    }
    const work = performHeld(held, {
      db,
      log,
      handlers,
      leaseMs,
      kinds,
      keeper,
      handled,
      observer,
      committed: noticed,
    })
      .catch(async (error) => {
        log.error({ jobId: held.job.id, err: error }, 'a job could not be settled; its lease will run out')
        await Bun.sleep(REST_MS)
      })
      .finally(() => {
        atWork.delete(work)
        settler.done(held.job.id)
      })
    atWork.add(work)
  }

  /** What waits here for a hand while slow jobs are at work is left to others. */
  function handBackHoard() {
    hoardCheck = undefined
    const [oldest] = waiting
    if (!oldest) return
    const restMs = oldest.takenAt + HOARD_MS - performance.now()
    if (restMs > 0) {
      hoardCheck = setTimeout(handBackHoard, restMs)
      return
    }
    ahead.reset()
    void handBack(waiting.splice(0))
  }

  async function handBack(jobs: Taken[]) {
    const backs = jobs.map((held) =>
      release(db, held.job)
        .catch((error) => log.error({ jobId: held.job.id, err: error }, 'a job could not be handed back'))
        .finally(() => {
          keeper.letGo(held)
          settler.done(held.job.id)
        }),
    )
    await Promise.all(backs)
    noticed()
  }

  // A commit may have made other jobs due.
  function noticed() {
    committed()
    if (nudged) return
    nudged = true
    setImmediate(() => {
      nudged = false
      sliceStart = performance.now()
      void queue.send([])
    })
  }
}
