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

test('of a project the urgent kinds go first and the oldest of a kind, and no priority waits for ever', async () => {
  const { db, close } = await openDatabase()
  const kinds = {
    late: { ...kindDefaults, priority: 2 },
    usual: kindDefaults,
    urgent: { ...kindDefaults, priority: 0 },
  } as const
  const usual = await addJobs(db, 10, { kind: 'usual' }, kinds)
  const late = await addJobs(db, 1_000, { kind: 'late' }, kinds)
  const urgent = await addJobs(db, 1_000, { kind: 'urgent' }, kinds)
  const queue = inlineQueue(db, { kinds })
  const taken: string[] = []
  // It falls by lot: that fewer than 20 of 600 turns go to the oldest happens once in 10^15 times.
  while (taken.length < 600) {
    const ids = await pulled(queue, 1)
    await claimAll(db, ids, { ...lease, kinds })
    taken.push(...ids)
  }
  for (const ids of [urgent, usual, late]) {
    const inTurn = taken.filter((id) => ids.includes(id))
    expect(inTurn).toEqual(ids.toSorted().slice(0, inTurn.length))
  }
  expect(usual.every((id) => taken.includes(id))).toBe(true)
  expect(taken.filter((id) => late.includes(id)).length).toBeGreaterThanOrEqual(10)
  expect(taken.filter((id) => urgent.includes(id)).length).toBeGreaterThan(400)
  close()
})

test('no project keeps step with the turns of the oldest, however many there are', async () => {
  const { db, close } = await openDatabase()
  const kinds = { usual: kindDefaults, urgent: { ...kindDefaults, priority: 0 } } as const
  const projects = Array.from({ length: 8 }, (_, index) => `prj_${index}`)
  const usual: string[] = []
  for (const projectId of projects) {
    await db.rows('INSERT INTO projects (id, name, created_at) VALUES (?, ?, 1)', [projectId, projectId])
    usual.push(...(await addJobs(db, 1, { projectId, kind: 'usual' }, kinds)))
    await addJobs(db, 400, { projectId, kind: 'urgent' }, kinds)
  }
  const queue = inlineQueue(db, { kinds })
  const left = new Set(usual)
  for (let look = 0; look < 8 * 300 && left.size > 0; look++) {
    const ids = await pulled(queue, 1)
    await claimAll(db, ids, { ...lease, kinds })
    for (const id of ids) left.delete(id)
  }
  expect(left.size).toBe(0)
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

test('a worker of some kinds finds its job behind more lanes of others than one look takes in', async () => {
  const { db, close } = await openDatabase()
  const kinds = { a: { ...kindDefaults, key: (input: unknown) => String(input) }, b: kindDefaults }
  await db.rows(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 11000)
     INSERT INTO jobs (id, project_id, kind, state, input, due_at, ready, lane, created_by, created_at)
     SELECT 'job_' || i, 'prj_a', 'a', 'queued', '{}', 1, 1, 'a:' || i, 'test', 1 FROM n`,
    [],
  )
  const mine = await addJobs(db, 1, { kind: 'b' }, kinds)
  const queue = inlineQueue(db, { kinds })
  let turns = 0
  const turning = setInterval(() => turns++, 0)
  expect(await pulled(queue, 1, ['b'])).toEqual([])
  clearInterval(turning)
  expect(turns).toBeGreaterThan(2)
  expect(await pulled(queue, 1, ['b'])).toEqual(mine)
  expect(await pulled(queue, 1, ['c'])).toEqual([])
  close()
})

test('more lanes than one read takes in are all reached', async () => {
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
