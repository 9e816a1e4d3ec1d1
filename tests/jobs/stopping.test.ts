import { expect, spyOn, test } from 'bun:test'
import { readEnv } from '#src/env.ts'
import { enqueue, newJob } from '#src/jobs/new-job.ts'
import { createLog } from '#src/log.ts'
import { watchAlarms } from '#src/ops/alarms.ts'
import { startConsumer } from '#worker/consume.ts'
import { keepLeases } from '#worker/lease-keeper.ts'
import { testApp, until } from '../harness.ts'
import { memoryQueue } from '../queue/memory-queue.ts'
import { jobRow, startJob } from './performing.ts'

const log = createLog('silent')
const never = new Promise<never>(() => {})

test('a look at the situation that hangs on the queue keeps no process from stopping', async () => {
  await using app = await testApp()
  const queue = { ...app.queue, depth: () => never }
  const mailer = { send: async () => {} }
  const alarms = watchAlarms({ db: app.db, log, env: readEnv({ NODE_ENV: 'test' }), mailer, queue })
  alarms.look()
  await alarms.stop()
})

test('a queue that does not hear what was done keeps no worker from stopping', async () => {
  await using app = await testApp()
  const { queue } = memoryQueue()
  const id = await startJob(app)
  const consumer = startConsumer({
    db: app.db,
    queue: { ...queue, settle: () => never },
    log,
    concurrency: 1,
    leaseMs: 10_000,
    handlers: { 'seo.generate': async () => ({ output: {} }) },
  })
  await queue.send([id])
  await until('it is done', async () => (await jobRow(app, id)).state === 'succeeded')
  await consumer.stop()
})

test('a worker that holds nothing looks for nothing', async () => {
  await using app = await testApp()
  const active = new Set<unknown>()
  const { setInterval, clearInterval } = globalThis
  using _begin = spyOn(globalThis, 'setInterval').mockImplementation(((act: () => void, ms: number) => {
    const timer = setInterval(act, ms)
    active.add(timer)
    return timer
  }) as typeof setInterval)
  using _end = spyOn(globalThis, 'clearInterval').mockImplementation(((timer: Timer) => {
    active.delete(timer)
    clearInterval(timer)
  }) as typeof clearInterval)
  const keeper = keepLeases({ db: app.db, log, leaseMs: 30_000 })
  const idle = active.size
  const held = keeper.hold(
    newJob({ projectId: app.team.projectId, createdBy: 'test', kind: 'quick', input: {} }),
  )
  expect(active.size).toBe(idle + 1)
  keeper.letGo(held)
  await until('it has stopped looking', () => active.size === idle)
  keeper.stop()
  expect(active.size).toBe(0)
})

test('who cannot ask for whom the others are performs what it claimed', async () => {
  await using app = await testApp()
  const { queue } = memoryQueue()
  const jobs = ['quick', 'slow'].map((kind) =>
    newJob({ projectId: app.team.projectId, createdBy: 'test', kind, input: {} }),
  )
  const [first, ...rest] = jobs.flatMap((job) => enqueue(app.db, job))
  await app.db.batch([first!, ...rest])
  await queue.send(jobs.map(({ id }) => id))
  let failures = 0
  const db = {
    ...app.db,
    batch: app.db.batch.bind(app.db),
    async rows(sql: string, ...others: [unknown[]]) {
      if (/^UPDATE jobs SET ready = 0, dispatched_at = NULL.*NOT IN/s.test(sql) && failures++ === 0)
        throw new Error('disk I/O error')
      return app.db.rows(sql, ...others)
    },
  }
  const consumer = startConsumer({
    db,
    queue,
    log,
    concurrency: 2,
    leaseMs: 60_000,
    only: ['quick'],
    handlers: { quick: async () => ({ output: {} }) },
  })
  await until('it failed', () => failures > 0)
  await until('it is done', async () => (await jobRow(app, jobs[0]!.id)).state === 'succeeded')
  await consumer.stop()
  expect(await jobRow(app, jobs[1]!.id)).toMatchObject({ state: 'queued', attempts: 0 })
})
