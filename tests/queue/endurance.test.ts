import { expect, test } from 'bun:test'
import { createLog } from '#src/log.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { claimAll } from '#worker/claim.ts'
import { startConsumer } from '#worker/consume.ts'
import { renew, succeed } from '#worker/lease.ts'
import { until } from '../harness.ts'
import { temporaryFolder } from '../processes/processes.ts'
import { addJobs, briefOf, countByState, openDatabase, pulled } from './queued.ts'

const HOUR_MS = 3_600_000
const WAITING = 1_000_000
const LOOKS = 50
const lease = { worker: 'w1', leaseMs: 60_000 }

test('a clock that goes back an hour neither loses a job nor keeps one of a dead worker for an hour', async () => {
  const { db, close } = await openDatabase()
  let ahead = 0
  const queue = inlineQueue(db, { now: () => Date.now() + ahead })
  const [held, waiting] = await addJobs(db, 2)
  await claimAll(db, [held!], lease)
  ahead = -HOUR_MS
  // What was ready stays so: nobody asks the clock again.
  expect(await pulled(queue, 10)).toEqual([waiting!])
  await claimAll(db, [waiting!], lease)
  await pulled(queue, 10)
  ahead = -HOUR_MS + 700_000
  expect((await pulled(queue, 10)).toSorted()).toEqual([held!, waiting!].toSorted())
  close()
})

test('a clock that is hours behind leaves alone what another renews, and takes what nobody does', async () => {
  const { db, close } = await openDatabase()
  let ahead = -2 * HOUR_MS
  const queue = inlineQueue(db, { now: () => Date.now() + ahead })
  const [id] = await addJobs(db, 1)
  const [job] = await claimAll(db, [id!], lease)
  for (let beat = 1; beat <= 5; beat++) {
    await renew(db, [job!], lease.leaseMs + beat)
    ahead += 400_000
    expect(await pulled(queue, 10)).toEqual([])
  }
  ahead += 700_000
  expect(await pulled(queue, 10)).toEqual([id!])
  close()
})

test('a clock that goes two days ahead makes everything due, and who still holds a job may finish it', async () => {
  const { db, close } = await openDatabase()
  let ahead = 0
  const queue = inlineQueue(db, { now: () => Date.now() + ahead })
  const [held] = await addJobs(db, 1)
  const [later] = await addJobs(db, 1, { dueAt: Date.now() + HOUR_MS })
  const [job] = await claimAll(db, [held!], lease)
  ahead = 48 * HOUR_MS
  expect((await pulled(queue, 10)).toSorted()).toEqual([held!, later!].toSorted())
  expect(await succeed(db, job!, { output: {}, writes: [] })).toBe(true)
  expect(await briefOf(db, held!)).toMatchObject({ state: 'succeeded', ready: 0 })
  expect(await pulled(queue, 10)).toEqual([later!])
  close()
})

test('with a million jobs waiting a look still walks an index and costs no more', async () => {
  const { db, port, close } = await openDatabase()
  const recursive = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${WAITING})`
  await db.rows(
    `INSERT INTO jobs (id, project_id, kind, state, input, due_at, ready, lane, created_by, created_at)
     ${recursive} SELECT 'job_' || printf('%08d', i), CASE WHEN i % 1000 THEN 'prj_a' ELSE 'prj_b' END, 'quick', 'queued',
     '{}', 1, 1, 'quick', 'test', 1 FROM n`,
    [],
  )
  const asked: { sql: string; params: unknown[] }[] = []
  const watched = {
    ...db,
    rows(sql: string, params: unknown[]) {
      asked.push({ sql, params })
      return db.rows(sql, params)
    },
  }
  const queue = inlineQueue(watched)
  for (let look = 0; look < LOOKS; look++) {
    const ids = await pulled(queue, 10)
    expect(ids).toHaveLength(10)
    expect(await claimAll(watched, ids, lease)).toHaveLength(10)
  }
  const plans = await Promise.all(
    [...new Map(asked.map((one) => [one.sql, one])).values()].map(({ sql, params }) =>
      port.all({ sql: `EXPLAIN QUERY PLAN ${sql}`, params }),
    ),
  )
  const steps = plans.flat().map((row) => String(row[3]))
  expect(steps.filter((step) => /SCAN jobs|TEMP B-TREE/.test(step))).toEqual([])
  expect(steps.some((step) => /COVERING INDEX jobs_ready/.test(step))).toBe(true)
  expect((await queue.depth()).waiting).toBe(100_000)
  close()
}, 120_000)

test('three consumers on one file, each with a connection of its own, do every job once', async () => {
  using folder = temporaryFolder()
  const url = `file:${folder.file('quill.db')}`
  const { db, close } = await openDatabase(url)
  await addJobs(db, 1_500)
  const done: string[] = []
  const others = await Promise.all([1, 2, 3].map(() => openDatabase(url)))
  const consumers = others.map((connection) =>
    startConsumer({
      db: connection.db,
      queue: inlineQueue(connection.db),
      log: createLog('silent'),
      concurrency: 3,
      leaseMs: 60_000,
      handlers: {
        quick: async (job) => {
          done.push(job.id)
          return { output: {} }
        },
      },
    }),
  )
  await until('all are done', async () => (await countByState(db)).succeeded === 1_500)
  await Promise.all(consumers.map((consumer) => consumer.stop()))
  expect(new Set(done).size).toBe(1_500)
  expect(done).toHaveLength(1_500)
  for (const connection of [...others, { close }]) connection.close()
}, 60_000)
