import { expect, test } from 'bun:test'
import { enqueue, newJob } from '#src/jobs/new-job.ts'
import { createLog } from '#src/log.ts'
import { startConsumer } from '#worker/consume.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { type TestApp, testApp, until } from '../harness.ts'

const JOBS = 400
/** Longer than what was claimed ahead may wait for a hand. */
const BLOCKING_MS = 300

test('many quick jobs do not keep requests from being served', async () => {
  await using app = await testApp()
  await addQuickJobs(app)
  let turns = 0
  const timer = setInterval(() => turns++, 0)
  let performed = 0
  const consumer = consumerOf(app, async () => {
    performed++
    return { output: null }
  })
  await until('every job was performed', () => performed === JOBS)
  clearInterval(timer)
  await consumer.stop()
  expect(turns).toBeGreaterThan(3)
})

test('of a job that is over at once its end is told, and nothing before', async () => {
  await using app = await testApp()
  await addQuickJobs(app)
  const consumer = consumerOf(app, async () => ({ output: null }))
  const told = (state: string) =>
    app.db.rows(`SELECT count(*) FROM events WHERE type = 'job.updated' AND data ->> 'state' = ?`, [state])
  await until('every end was told', async () => (await told('succeeded'))[0]![0] === JOBS)
  await consumer.stop()
  const [[running]] = (await told('running')) as [[number]]
  // How quick they are is known only after the first.
  expect(running).toBeLessThan(JOBS / 4)
})

test('whatever holds up the worker while jobs wait there for a hand, it goes on afterwards', async () => {
  await using app = await testApp()
  await addQuickJobs(app)
  let performed = 0
  const consumer = consumerOf(app, async () => {
    if (++performed === JOBS / 4) setImmediate(() => Bun.sleepSync(BLOCKING_MS))
    // Few of them fit into a turn of the event loop, so that the others are late when the next one comes.
    if (performed > JOBS / 4) Bun.sleepSync(1)
    return { output: null }
  })
  await until('every job was performed', () => performed === JOBS)
  await consumer.stop()
})

test('who is stopped hands back what waits for a hand, untouched', async () => {
  await using app = await testApp()
  await addQuickJobs(app)
  let performed = 0
  const held = Promise.withResolvers<void>()
  const consumer = consumerOf(app, async () => {
    performed++
    if (performed > JOBS / 2) await held.promise
    return { output: null }
  })
  await until('every hand is held', () => performed === JOBS / 2 + HANDS)
  const stopped = consumer.stop()
  held.resolve()
  await stopped
  const rows = await app.db.rows('SELECT state, ready, attempts, count(*) FROM jobs GROUP BY 1, 2, 3', [])
  expect(rows.toSorted()).toEqual([
    ['queued', 1, 0, JOBS / 2 - HANDS],
    ['succeeded', 0, 1, JOBS / 2 + HANDS],
  ])
})

const HANDS = 4

const consumerOf = (app: TestApp, quick: JobHandler) =>
  startConsumer({
    db: app.db,
    queue: app.queue,
    log: createLog('silent'),
    concurrency: HANDS,
    leaseMs: 10_000,
    handlers: { quick },
  })

async function addQuickJobs(app: TestApp) {
  const rows = Array.from({ length: JOBS }, () =>
    newJob({ projectId: app.team.projectId, createdBy: 'test', kind: 'quick', input: {} }),
  )
  const [first, ...rest] = rows.flatMap((row) => enqueue(app.db, row))
  await app.db.batch([first!, ...rest])
}
