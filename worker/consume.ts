import { hostname } from 'node:os'
import type { Db } from '#db/connect.ts'
import type { Kinds } from '#src/jobs/kinds.ts'
import type { Log } from '#src/log.ts'
import type { JobObserver } from '#src/ops/process-metrics.ts'
import { putBackOthers } from '#src/queue/put-back.ts'
import type { Delivery, Queue } from '#src/queue/queue.ts'
import { within } from '#src/within.ts'
import { claimAll } from './claim.ts'
import { claimAhead } from './claim-ahead.ts'
import { createHoard } from './hoard.ts'
import type { JobHandler } from './jobs/handler.ts'
import { handlers as registered } from './jobs/registry.ts'
import { release } from './lease.ts'
import { type Held, keepLeases } from './lease-keeper.ts'
import { performHeld } from './perform.ts'
import { announcePresence } from './presence.ts'
import { createSettler } from './settler.ts'
import { createTakenTeller } from './taken-teller.ts'
import { buryUndelivered } from './undelivered.ts'

/** How long one look at the queue may wait for work. */
const PULL_WAIT_MS = 5_000
/** How long to rest after the queue or the database failed: doubled as long as it goes on failing, up to a most. */
const REST_MS = 1_000
const REST_MS_MAX = 15_000
/** How long a worker that stops waits for the queue to hear what was done. */
const SETTLING_MS = 2_000
/** How often to look for what the queue gave up delivering. */
const UNDELIVERED_LOOK_MS = 60_000
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

/** Takes due jobs off the queue and performs up to `concurrency` of them at a time. */
export function startConsumer(options: ConsumerOptions): Consumer {
  const { db, queue, log, concurrency, leaseMs, kinds, only, graceMs = GRACE_MS } = options
  const { committed = () => {}, handlers = registered, observer } = options
  const worker = `${process.pid}-${crypto.randomUUID().slice(0, 8)}@${hostname()}`
  const keeper = keepLeases({ db, log, leaseMs, kinds })
  const settler = createSettler(queue, log)
  const hoard = createHoard({ isBusy: () => running >= concurrency, giveUp: leaveToOthers })
  const teller = createTakenTeller(db, { log, told: noticed })
  const ahead = claimAhead(concurrency)
  const atWork = new Set<Promise<void>>()
  const stopping = new AbortController()
  const undelivered = setInterval(() => void buryUndelivered({ db, queue, log }), UNDELIVERED_LOOK_MS)
  let running = 0
  let freed = Promise.withResolvers<void>()
  let sliceStart = performance.now()
  let endRest = () => {}
  let nudged = false
  let fillsLater = false
  const presence = announcePresence(db, { worker, slots: concurrency, running: () => running })
  log.info({ worker, slots: concurrency }, 'worker starts')
  const loop = takeJobs()

  return {
    async stop() {
      log.info({ worker, running }, 'worker stops')
      stopping.abort()
      freed.resolve()
      endRest()
      const grace = setTimeout(() => keeper.shutDown(), graceMs)
      await loop
      clearInterval(undelivered)
      teller.stop()
      handBack(hoard.takeAll())
      while (atWork.size) await Promise.allSettled(atWork)
      clearTimeout(grace)
      keeper.stop()
      // What is not settled comes again, and is found to be done.
      await within(SETTLING_MS, settler.close())
      await presence.stop()
    },
  }

  async function takeJobs() {
    let restMs = REST_MS
    while (!stopping.signal.aborted) {
      const room = concurrency - running - hoard.size()
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
        if (restMs > REST_MS) log.info('the queue can be read again')
        restMs = REST_MS
      } catch (error) {
        log.error({ err: error, restMs }, 'the queue could not be read, or its jobs not be claimed')
        await rest(restMs)
        restMs = Math.min(REST_MS_MAX, restMs * 2)
      }
    }
  }

  function rest(ms: number) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    endRest = () => {
      clearTimeout(timer)
      resolve()
    }
    return promise
  }

  /** Claims what was delivered and begins it; what is not to be had is settled at once. */
  async function take(deliveries: Delivery[]) {
    if (deliveries.length === 0) return
    const ids = deliveries.map(({ jobId }) => jobId)
    const jobs = await claimAll(db, ids, { worker, leaseMs, kinds, only }).catch((error) => {
      settler.handBack(deliveries)
      throw error
    })
    const claimed = new Set(jobs.map((job) => job.id))
    settler.taken(
      deliveries.filter(({ jobId }) => claimed.has(jobId)),
      jobs,
    )
    teller.taken(jobs, { areQuick: ahead.count() > 0 })
    for (const job of jobs) hoard.add(keeper.hold(job))
    fill()
    if (jobs.length < ids.length) await leaveAlone(deliveries.filter(({ jobId }) => !claimed.has(jobId)))
  }

  /** Another worker has them, or they have ended, or they are for workers of other kinds. */
  async function leaveAlone(deliveries: Delivery[]) {
    try {
      const ids = deliveries.map(({ jobId }) => jobId)
      // They are sent again by their row: a retry at the queue would count as one more delivery in vain.
      if (only) await putBackOthers(db, ids, only)
      settler.taken(deliveries, [])
    } catch (error) {
      settler.handBack(deliveries)
      throw error
    }
  }

  /** Begins as many of the claimed jobs as there are hands for. */
  function fill() {
    while (running < concurrency && hoard.size() > 0 && !stopping.signal.aborted) {
      if (performance.now() - sliceStart > SLICE_MS) return fillLater()
      begin(hoard.next()!)
    }
  }

  function fillLater() {
    if (fillsLater) return
    fillsLater = true
    setImmediate(() => {
      fillsLater = false
      sliceStart = performance.now()
      fill()
    })
  }

  function begin(held: Held) {
    running++
    const begunAt = performance.now()
    const handled = () => {
      running--
      teller.over(held.job)
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
      .finally(() => settler.done(held.job.id))
    keepUntilDone(work)
  }

  /** What waits here for a hand while slow jobs are at work is left to others. */
  function leaveToOthers(jobs: Held[]) {
    ahead.reset()
    handBack(jobs)
    freed.resolve()
  }

  function handBack(jobs: Held[]) {
    const backs = jobs.map((held) =>
      release(db, held.job)
        .catch((error) => log.error({ jobId: held.job.id, err: error }, 'a job could not be handed back'))
        .finally(() => {
          keeper.letGo(held)
          teller.over(held.job)
          settler.done(held.job.id)
        }),
    )
    keepUntilDone(Promise.all(backs).then(noticed))
  }

  function keepUntilDone(work: Promise<void>) {
    const kept = work.finally(() => atWork.delete(kept))
    atWork.add(kept)
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
