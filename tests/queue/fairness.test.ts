import { expect, test } from 'bun:test'
import { kindDefaults } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { claimAll } from '#worker/claim.ts'
import { startConsumer } from '#worker/consume.ts'
import { until } from '../harness.ts'
import { addJobs, openDatabase, pulled } from './queued.ts'

const lease = { worker: 'w1', leaseMs: 60_000 }

test('ten thousand jobs of one project do not keep one job of another waiting', async () => {
  const { db, close } = await openDatabase()
  await addJobs(db, 10_000)
  const [other] = await addJobs(db, 1, { projectId: 'prj_b' })
  const order: string[] = []
  const consumer = startConsumer({
    db,
    queue: inlineQueue(db),
    log: createLog('silent'),
    concurrency: 1,
    leaseMs: 60_000,
    handlers: {
      quick: async (job) => {
        order.push(job.id)
        return { output: {} }
      },
    },
  })
  await until('it is done', () => order.includes(other!))
  await consumer.stop()
  expect(order.indexOf(other!)).toBeLessThanOrEqual(1)
  close()
})

test('projects take turns, one job each, however much each of them has waiting', async () => {
  const { db, close } = await openDatabase()
  const [of, others] = [await addJobs(db, 500), await addJobs(db, 30, { projectId: 'prj_b' })]
  const queue = inlineQueue(db)
  const taken: string[] = []
  while (taken.length < 60) {
    const ids = await pulled(queue, 7)
    await claimAll(db, ids, lease)
    taken.push(...ids)
  }
  const count = (ids: string[]) => taken.slice(0, 56).filter((id) => ids.includes(id)).length
  expect(count(others)).toBeGreaterThanOrEqual(26)
  expect(count(of)).toBeGreaterThanOrEqual(26)
  close()
})

test('of a project the urgent kinds go first, the oldest of a kind first, and no kind waits for ever', async () => {
  const { db, close } = await openDatabase()
  const kinds = {
    late: { ...kindDefaults, priority: 2 },
    usual: kindDefaults,
    urgent: { ...kindDefaults, priority: 0 },
  } as const
  const late = await addJobs(db, 100, { kind: 'late' }, kinds)
  const usual = await addJobs(db, 100, { kind: 'usual' }, kinds)
  const urgent = await addJobs(db, 100, { kind: 'urgent' }, kinds)
  const queue = inlineQueue(db, { kinds })
  const taken: string[] = []
  while (taken.length < 40) {
    const ids = await pulled(queue, 1)
    await claimAll(db, ids, { ...lease, kinds })
    taken.push(...ids)
  }
  expect(taken.slice(0, 7)).toEqual(urgent.toSorted().slice(0, 7))
  expect(taken.filter((id) => late.includes(id))).toHaveLength(5)
  expect(taken.filter((id) => usual.includes(id))).toHaveLength(0)
  close()
})

test('a worker of some kinds is given no others', async () => {
  const { db, close } = await openDatabase()
  await addJobs(db, 50, { kind: 'a' })
  const mine = await addJobs(db, 3, { kind: 'b' })
  const queue = inlineQueue(db)
  expect((await pulled(queue, 10, ['b'])).toSorted()).toEqual(mine.toSorted())
  expect(await pulled(queue, 10, ['c'])).toEqual([])
  expect(await claimAll(db, await pulled(queue, 10, ['b']), { ...lease, only: ['a'] })).toEqual([])
  close()
})

test('more lanes than one look takes in are all reached', async () => {
  const { db, close } = await openDatabase()
  const kinds = { keyed: { ...kindDefaults, key: (input: unknown) => String(input) } }
  for (let key = 0; key < 300; key++) await addJobs(db, 1, { kind: 'keyed', input: key }, kinds)
  const queue = inlineQueue(db, { kinds })
  const taken = new Set<string>()
  for (let look = 0; look < 700 && taken.size < 300; look++) {
    const ids = await pulled(queue, 5)
    await claimAll(db, ids, { ...lease, kinds })
    for (const id of ids) taken.add(id)
  }
  expect(taken.size).toBe(300)
  close()
})
