import { expect, test } from 'bun:test'
import { kindDefaults } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { claimAll } from '#worker/claim.ts'
import { startConsumer } from '#worker/consume.ts'
import { until } from '../harness.ts'
import { addJobs, briefOf, countByState, openDatabase, pulled } from './queued.ts'

const lease = { worker: 'w1', leaseMs: 60_000 }

test('of a kind no more run at a time than it allows, however many workers there are', async () => {
  const { db, close } = await openDatabase()
  const kinds = { quick: { ...kindDefaults, concurrency: 3 } }
  const ids = await addJobs(db, 30, {}, kinds)
  let now = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++now)
    await new Promise(setImmediate)
    now--
    return { output: {} }
  }
  const consumers = [1, 2, 3].map(() =>
    startConsumer({
      db,
      queue: inlineQueue(db, { kinds }),
      log: createLog('silent'),
      concurrency: 4,
      leaseMs: 60_000,
      kinds,
      handlers: { quick: work },
    }),
  )
  await until('all are done', async () => (await countByState(db)).succeeded === ids.length)
  await Promise.all(consumers.map((consumer) => consumer.stop()))
  expect(most).toBeLessThanOrEqual(3)
  expect(most).toBeGreaterThan(1)
  close()
})

test('a rate spaces the starts of each key, and holds up no other key', async () => {
  const { db, close } = await openDatabase()
  const kinds = {
    export: {
      ...kindDefaults,
      rate: { starts: 1, perMs: 60_000 },
      key: (input: unknown) => (input as { site: string }).site,
    },
  }
  const one = await addJobs(db, 3, { kind: 'export', input: { site: 'one.example' } }, kinds)
  const two = await addJobs(db, 3, { kind: 'export', input: { site: 'two.example' } }, kinds)
  const queue = inlineQueue(db, { kinds })
  const started: string[] = []
  for (let look = 0; look < 6; look++) {
    const jobs = await claimAll(db, await pulled(queue, 10), { ...lease, kinds })
    started.push(...jobs.map((job) => job.id))
  }
  const count = (ids: string[]) => started.filter((id) => ids.includes(id)).length
  expect([count(one), count(two)]).toEqual([1, 1])
  await db.rows('UPDATE job_lanes SET next_at = next_at - 60000', [])
  for (let look = 0; look < 4; look++) {
    const jobs = await claimAll(db, await pulled(queue, 10), { ...lease, kinds })
    started.push(...jobs.map((job) => job.id))
  }
  expect([count(one), count(two)]).toEqual([2, 2])
  close()
})

test('a job that may not start yet steps aside until it may, even when it was delivered from outside', async () => {
  const { db, close } = await openDatabase()
  const kinds = { quick: { ...kindDefaults, rate: { starts: 60, perMs: 60_000 } } }
  const [first, second] = await addJobs(db, 2, {}, kinds)
  const claimed = await claimAll(db, [first!, second!], { ...lease, kinds })
  expect(claimed).toHaveLength(1)
  const waiting = [first!, second!].find((id) => id !== claimed[0]!.id)!
  const { state, ready, attempts, dueAt } = await briefOf(db, waiting)
  expect({ state, ready, attempts }).toEqual({ state: 'queued', ready: 0, attempts: 0 })
  expect(dueAt! - Date.now()).toBeGreaterThan(500)
  expect(dueAt! - Date.now()).toBeLessThanOrEqual(1_000)
  close()
})

test('lanes that are full do not hide those that are not', async () => {
  const { db, close } = await openDatabase()
  const kinds = { full: { ...kindDefaults, concurrency: 1, priority: 0 as const }, quick: kindDefaults }
  await addJobs(db, 50, { kind: 'full' }, kinds)
  const free = await addJobs(db, 2, {}, kinds)
  const queue = inlineQueue(db, { kinds })
  expect(await claimAll(db, await pulled(queue, 10), { ...lease, kinds })).toHaveLength(1)
  expect((await pulled(queue, 10)).toSorted()).toEqual(free.toSorted())
  close()
})

test('a clock that goes back does not close a lane for as long', async () => {
  const { db, close } = await openDatabase()
  const kinds = { quick: { ...kindDefaults, rate: { starts: 60, perMs: 60_000 } } }
  await addJobs(db, 2, {}, kinds)
  const queue = inlineQueue(db, { kinds })
  expect(await claimAll(db, await pulled(queue, 1), { ...lease, kinds })).toHaveLength(1)
  await db.rows('UPDATE job_lanes SET next_at = next_at + 3600000', [])
  expect(await claimAll(db, await pulled(queue, 1), { ...lease, kinds })).toHaveLength(1)
  close()
})
