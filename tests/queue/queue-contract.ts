import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Db, Write } from '#db/connect.ts'
import { newId } from '#src/ids.ts'
import { enqueue, newJob } from '#src/jobs/new-job.ts'
import type { Delivery, Queue } from '#src/queue/queue.ts'
import { claim } from '#worker/claim.ts'
import { succeed } from '#worker/lease.ts'

const LEASE_MS = 60_000

/** A backend with its database, empty, and a clock of its own that both go by. */
export type OpenQueue = AsyncDisposable & {
  db: Db
  queue: Queue
  /** Lets time pass without waiting for it. */
  advance(ms: number): Promise<void> | void
  /** The same queue as another process sees it, with a connection of its own. Closed with the first one. */
  another(): Promise<Queue>
  /** How long a delivery that nobody settles stays away at most. */
  leaseMs: number
}

type Step = (open: OpenQueue) => Promise<void>

/** What every backend must give, whichever it is. */
export function describeQueue(backend: string, open: () => Promise<OpenQueue>) {
  const guarantee = (what: string, step: Step) =>
    test(`${backend}: ${what}`, async () => {
      await using opened = await open()
      await step(opened)
    })

  guarantee(
    'what was sent is delivered, and never again once it is done and acknowledged',
    async (opened) => {
      const [id] = await sendJobs(opened, 1)
      const [delivery] = await pull(opened.queue)
      expect(delivery).toMatchObject({ jobId: id!, receipt: expect.any(String) })
      expect(delivery!.attempts).toBeGreaterThanOrEqual(1)
      await finish(opened, [delivery!])
      await opened.advance(opened.leaseMs + 1)
      expect(await pull(opened.queue)).toEqual([])
    },
  )

  guarantee('of many that are sent at once none is lost', async (opened) => {
    const ids = await sendJobs(opened, 250)
    const delivered = await drain(opened, 250)
    expect(delivered.toSorted()).toEqual(ids.toSorted())
  })

  guarantee('nothing is sent by sending nothing', async (opened) => {
    await opened.queue.send([])
    expect(await pull(opened.queue)).toEqual([])
  })

  guarantee('no more is delivered than was asked for', async (opened) => {
    await sendJobs(opened, 7)
    expect((await pull(opened.queue, 3)).length).toBeLessThanOrEqual(3)
  })

  guarantee('what is sent with a delay is delivered after it, and not before', async (opened) => {
    const [id] = await addJobs(opened.db, 1)
    await opened.queue.send([id!], { delayMs: 30_000 })
    expect(await pull(opened.queue)).toEqual([])
    await opened.advance(29_000)
    expect(await pull(opened.queue)).toEqual([])
    await opened.advance(1_001)
    expect(idsOf(await pull(opened.queue))).toEqual([id!])
  })

  guarantee('what is handed back with a delay comes again after it, and not before', async (opened) => {
    const [id] = await sendJobs(opened, 1)
    const [delivery] = await pull(opened.queue)
    await opened.queue.settle({ retried: [{ delivery: delivery!, delayMs: 20_000 }] })
    await opened.advance(19_000)
    expect(await pull(opened.queue)).toEqual([])
    await opened.advance(1_001)
    expect(idsOf(await pull(opened.queue))).toEqual([id!])
  })

  guarantee('what is handed back without a delay comes again at once', async (opened) => {
    const [id] = await sendJobs(opened, 1)
    const [delivery] = await pull(opened.queue)
    await opened.queue.settle({ retried: [{ delivery: delivery!, delayMs: 0 }] })
    expect(idsOf(await pull(opened.queue))).toEqual([id!])
  })

  guarantee('some are acknowledged and others handed back in one go', async (opened) => {
    await sendJobs(opened, 4)
    const [first, second, ...others] = await pull(opened.queue, 4)
    expect(others).toHaveLength(2)
    await complete(opened.db, [first!, second!])
    const retried = others.map((delivery) => ({ delivery, delayMs: 0 }))
    await opened.queue.settle({ acknowledged: [first!, second!], retried })
    expect((await drain(opened, 2)).toSorted()).toEqual(idsOf(others).toSorted())
  })

  guarantee('what nobody settles comes again when its lease has run out', async (opened) => {
    const [id] = await sendJobs(opened, 1)
    expect(idsOf(await pull(opened.queue))).toEqual([id!])
    await opened.advance(opened.leaseMs + 1)
    expect(idsOf(await pull(opened.queue))).toEqual([id!])
  })

  guarantee('settling twice, late or nothing is no error', async (opened) => {
    await sendJobs(opened, 1)
    const deliveries = await pull(opened.queue)
    await finish(opened, deliveries)
    await opened.queue.settle({ acknowledged: deliveries })
    await opened.queue.settle({ retried: deliveries.map((delivery) => ({ delivery, delayMs: 0 })) })
    await opened.queue.settle({})
  })

  guarantee('a wait ends as soon as something is sent', async (opened) => {
    const waiting = opened.queue.pull({ max: 5, waitMs: 60_000, signal: never() })
    const [id] = await sendJobs(opened, 1)
    expect(idsOf(await waiting)).toEqual([id!])
  })

  guarantee('a wait ends when it is aborted, and at once when it was before', async ({ queue }) => {
    const stop = new AbortController()
    const waiting = queue.pull({ max: 5, waitMs: 60_000, signal: stop.signal })
    stop.abort()
    expect(await waiting).toEqual([])
    expect(await queue.pull({ max: 5, waitMs: 60_000, signal: stop.signal })).toEqual([])
  })

  guarantee('a wait ends when the queue is closed', async ({ queue }) => {
    const waiting = queue.pull({ max: 5, waitMs: 60_000, signal: never() })
    await queue.close()
    expect(await waiting).toEqual([])
  })

  guarantee('what one process sends another is given', async (opened) => {
    const other = await opened.another()
    const [id] = await sendJobs(opened, 1)
    expect(idsOf(await pull(other))).toEqual([id!])
  })

  guarantee(
    'nothing is delivered while it is paused, to nobody, and nothing is lost by it',
    async (opened) => {
      const other = await opened.another()
      expect(await opened.queue.isPaused()).toBe(false)
      await opened.queue.pause()
      await opened.queue.pause()
      const [id] = await sendJobs(opened, 1)
      expect(await other.isPaused()).toBe(true)
      expect([...(await pull(opened.queue)), ...(await pull(other))]).toEqual([])
      await other.resume()
      await other.resume()
      expect(idsOf(await pull(opened.queue))).toEqual([id!])
    },
  )

  guarantee('its depth counts what waits, and how long the oldest does', async (opened) => {
    expect(await opened.queue.depth()).toEqual({ waiting: 0, oldestAgeMs: 0 })
    await sendJobs(opened, 2)
    await opened.advance(5_000)
    await sendJobs(opened, 1)
    const { waiting, oldestAgeMs } = await opened.queue.depth()
    expect(waiting).toBe(3)
    expect(oldestAgeMs).toBeGreaterThanOrEqual(5_000)
    expect(oldestAgeMs).toBeLessThan(60_000)
    await finish(opened, await pull(opened.queue, 3))
    expect((await opened.queue.depth()).waiting).toBe(0)
  })

  guarantee('nothing is undeliverable that was not tried', async (opened) => {
    await sendJobs(opened, 3)
    expect(await opened.queue.undeliverable.pull(10)).toEqual([])
    await opened.queue.undeliverable.acknowledge([])
  })
}

/** Adds jobs of the kind that tests use, and sends them. */
export async function sendJobs({ db, queue }: Pick<OpenQueue, 'db' | 'queue'>, count: number) {
  const ids = await addJobs(db, count)
  await queue.send(ids)
  return ids
}

/** The rows of new jobs, as the work that asks for them writes them. */
export async function addJobs(db: Db, count: number): Promise<string[]> {
  const projectId = 'prj_team'
  await db.run(sql`INSERT OR IGNORE INTO projects (id, name, created_at) VALUES (${projectId}, 'Team', 1)`)
  const jobs = Array.from({ length: count }, () =>
    newJob({ projectId, createdBy: 'test', kind: 'seo.generate', input: {} }),
  )
  await db.batch(jobs.flatMap((job) => enqueue(db, job)) as [Write, ...Write[]])
  return jobs.map((job) => job.id)
}

/** Looks once. */
export const pull = (queue: Queue, max = 10): Promise<Delivery[]> =>
  queue.pull({ max, waitMs: 0, signal: never() })

/** Claims and completes the jobs of deliveries, as their worker would. */
async function complete(db: Db, deliveries: readonly Delivery[]) {
  for (const { jobId } of deliveries) {
    const job = await claim(db, jobId, { worker: newId('job'), leaseMs: LEASE_MS })
    expect(job && (await succeed(db, job, { output: {}, writes: [] }))).toBe(true)
  }
}

async function finish({ db, queue }: OpenQueue, deliveries: readonly Delivery[]) {
  await complete(db, deliveries)
  await queue.settle({ acknowledged: deliveries })
}

/** Finishes everything there is, and says which jobs it was. Gives up after many looks in vain. */
async function drain(opened: OpenQueue, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let looks = 0; ids.length < count && looks < 10 * count; looks++) {
    const deliveries = await pull(opened.queue, 100)
    await finish(opened, deliveries)
    ids.push(...idsOf(deliveries))
  }
  return ids
}

const idsOf = (deliveries: readonly Delivery[]): string[] => deliveries.map(({ jobId }) => jobId)

const never = () => new AbortController().signal
