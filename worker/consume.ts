import type { Db } from '#db/connect.ts'
import type { Log } from '#src/log.ts'
import { createPace } from '#src/pace.ts'
import type { Queue } from '#src/queue/queue.ts'
import type { JobHandler } from './jobs/handler.ts'
import { handlers as registered } from './jobs/registry.ts'
import { perform } from './perform.ts'

/** How long one look at the queue may wait for work. */
const PULL_WAIT_MS = 5_000
/** How long to rest after the queue or the database failed. */
const REST_MS = 1_000
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
}

export type Consumer = {
  /** Stops taking jobs, gives running ones their grace, hands the rest back. Resolves when none is held. */
  stop(): Promise<void>
}

/** Takes due jobs off the queue and performs up to `concurrency` of them at a time. */
export function startConsumer(options: ConsumerOptions): Consumer {
  const { db, queue, log, concurrency, leaseMs, graceMs = GRACE_MS } = options
  const { committed = () => {}, handlers = registered } = options
  const worker = `${process.pid}-${crypto.randomUUID().slice(0, 8)}`
  const running = new Set<Promise<unknown>>()
  const stopping = new AbortController()
  const shutdown = new AbortController()
  const loop = takeJobs()

  return {
    async stop() {
      log.info({ worker, running: running.size }, 'worker stops')
      stopping.abort()
      const grace = setTimeout(() => shutdown.abort(), graceMs)
      await loop
      await Promise.allSettled(running)
      clearTimeout(grace)
    },
  }

  async function takeJobs() {
    const pace = createPace()
    while (!stopping.signal.aborted) {
      await pace()
      const free = concurrency - running.size
      if (free === 0) await Promise.race(running)
      else for (const id of await pull(free)) start(id)
    }
  }

  async function pull(max: number): Promise<string[]> {
    try {
      const deliveries = await queue.pull({ max, waitMs: PULL_WAIT_MS, signal: stopping.signal })
      return deliveries.map(({ jobId }) => jobId)
    } catch (error) {
      log.error({ err: error }, 'the queue could not be read')
      await Bun.sleep(REST_MS)
      return []
    }
  }

  function start(id: string) {
    const work = perform(id, {
      db,
      log,
      handlers,
      worker,
      leaseMs,
      shutdown: shutdown.signal,
      committed: noticed,
    })
      .catch(async (error) => {
        log.error({ jobId: id, err: error }, 'a job could not be claimed or settled; its lease will run out')
        await Bun.sleep(REST_MS)
      })
      .finally(() => running.delete(work))
    running.add(work)
  }

  // A commit may have made other jobs due.
  function noticed() {
    committed()
    void queue.send([])
  }
}
