import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { jobs } from '#db/schema/jobs.ts'
import { createLog } from '#src/log.ts'
import { type ConsumerOptions, startConsumer } from '#worker/consume.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { type TestApp, testApp, until } from '../harness.ts'
import {
  countingHandlers,
  getRun,
  heldHandler,
  jobRow,
  startJob,
  startRun,
  untilState,
} from './performing.ts'

const consumerOf = (app: TestApp, options: Partial<ConsumerOptions>) =>
  startConsumer({
    db: app.db,
    queue: app.queue,
    log: createLog('silent'),
    concurrency: 2,
    leaseMs: 5_000,
    graceMs: 0,
    ...options,
  })

test('two consumers share a run and perform no step twice', async () => {
  await using app = await testApp()
  const keys = Array.from({ length: 20 }, (_, index) => `s${index}`)
  // Four at a time are more than one of them has hands for.
  const begun = Promise.withResolvers<void>()
  let sections = 0
  const section: JobHandler = async (_job, input) => {
    if (++sections === 4) begun.resolve()
    await begun.promise
    const { key, heading } = (input as { chapter: { key: string; heading: string } }).chapter
    return { output: { key, heading, markdown: `Of ${key}.`, citations: [] } }
  }
  const { calls, handlers } = countingHandlers(keys, { 'section.write': section })
  const consumers = [consumerOf(app, { handlers }), consumerOf(app, { handlers })]
  const { runId } = await startRun(app)
  await until('the run ends', async () => (await getRun(app, runId)).state === 'succeeded')
  await Promise.all(consumers.map((consumer) => consumer.stop()))
  expect(calls).toHaveLength(26)
  expect(new Set(calls).size).toBe(26)
  const workers = await app.db.selectDistinct({ worker: jobs.worker }).from(jobs).where(eq(jobs.runId, runId))
  expect(workers).toHaveLength(2)
})

test('a consumer takes no more jobs at a time than it is told to', async () => {
  await using app = await testApp()
  let now = 0
  let most = 0
  const handler: JobHandler = async () => {
    most = Math.max(most, ++now)
    await new Promise(setImmediate)
    now--
    return { output: {} }
  }
  const ids = await Promise.all(Array.from({ length: 12 }, () => startJob(app)))
  const consumer = consumerOf(app, { handlers: { 'seo.generate': handler }, concurrency: 3 })
  for (const id of ids) await untilState(app, id, 'succeeded')
  await consumer.stop()
  expect(most).toBe(3)
})

test('a stop lets running jobs end within their grace, and takes no new ones', async () => {
  await using app = await testApp()
  const held = heldHandler('made in time')
  const [first, second] = [await startJob(app), await startJob(app)]
  const consumer = consumerOf(app, {
    handlers: { 'seo.generate': held.handler },
    concurrency: 1,
    graceMs: 60_000,
  })
  await held.begun
  const stopped = consumer.stop()
  held.release()
  await stopped
  const states = [(await jobRow(app, first)).state, (await jobRow(app, second)).state]
  expect(states.toSorted()).toEqual(['queued', 'succeeded'])
})

test('what is not done when the grace is over is handed back as if it had never been tried', async () => {
  await using app = await testApp()
  const deaf = heldHandler('never used')
  const id = await startJob(app)
  // Every hand of this worker is full, and its handler does not listen.
  const consumer = consumerOf(app, { handlers: { 'seo.generate': deaf.handler }, concurrency: 1 })
  const signal = await deaf.begun
  await consumer.stop()
  expect(signal.aborted).toBe(true)
  expect(await jobRow(app, id)).toMatchObject({
    state: 'queued',
    attempts: 0,
    failures: 0,
    worker: null,
    error: null,
  })
  expect((await jobRow(app, id)).dueAt).toBeLessThanOrEqual(Date.now())
  deaf.release()

  const heir = consumerOf(app, { handlers: { 'seo.generate': async () => ({ output: 'fresh' }) } })
  await untilState(app, id, 'succeeded')
  await heir.stop()
  expect(await jobRow(app, id)).toMatchObject({ output: 'fresh', attempts: 1 })
})

test('a queue that fails for a moment does not end the consumer', async () => {
  await using app = await testApp()
  let failures = 1
  const queue: typeof app.queue = {
    ...app.queue,
    pull: (options) =>
      failures-- > 0 ? Promise.reject(new Error('no route to host')) : app.queue.pull(options),
  }
  const consumer = consumerOf(app, { queue, handlers: { 'seo.generate': async () => ({ output: {} }) } })
  await untilState(app, await startJob(app), 'succeeded')
  await consumer.stop()
})

test('text is told as it is written, each piece at its offset, anew with each attempt', async () => {
  await using app = await testApp()
  let tries = 0
  const handler: JobHandler = async (_job, _input, { onText }) => {
    await onText('One ')
    await onText('two.')
    if (++tries === 1) throw new Error('lost')
    return { output: {} }
  }
  const id = await startJob(app)
  const consumer = consumerOf(app, { handlers: { 'seo.generate': handler } })
  await until('it failed once', async () => (await jobRow(app, id)).failures === 1)
  await app.db.update(jobs).set({ dueAt: Date.now() }).where(eq(jobs.id, id))
  await untilState(app, id, 'succeeded')
  await consumer.stop()
  const told = await app.db.all<[string]>(`SELECT data FROM events WHERE type = 'section.text' ORDER BY id`)
  expect(told.map(([data]) => JSON.parse(data))).toMatchObject([
    { jobId: id, attempt: 1, offset: 0, text: 'One ' },
    { jobId: id, attempt: 1, offset: 4, text: 'two.' },
    { jobId: id, attempt: 2, offset: 0, text: 'One ' },
    { jobId: id, attempt: 2, offset: 4, text: 'two.' },
  ])
})
