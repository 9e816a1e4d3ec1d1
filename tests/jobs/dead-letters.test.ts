import { expect, test } from 'bun:test'
import { jobs } from '#db/schema/jobs.ts'
import { AppError } from '#src/errors.ts'
import { createLog } from '#src/log.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { perform } from '#worker/perform.ts'
import { buryUndelivered } from '#worker/undelivered.ts'
import { type TestApp, testApp } from '../harness.ts'
import { memoryQueue } from '../queue/memory-queue.ts'
import { countingHandlers, getRun, jobRow, performAll, startJob, startRun, workingAs } from './performing.ts'

const refusing =
  (message: string): JobHandler =>
  async () => {
    throw new AppError('source_too_short', message)
  }

async function die(app: TestApp, message: string): Promise<string> {
  const id = await startJob(app)
  await perform(id, workingAs(app, { 'seo.generate': refusing(message) }))
  return id
}

const letters = async (app: TestApp, query = '') =>
  (await app.call('GET', `/api/v1/dead-letters${query}`)).body.items

const groups = async (app: TestApp) => (await app.call('GET', '/api/v1/dead-letters/groups')).body.items

test('what died of the same stands in one group, whatever ids and figures its message names', async () => {
  await using app = await testApp()
  for (const words of [12, 30, 45])
    await die(app, `There are ${words} words in "talk ${words}"; it takes 60.`)
  await die(app, 'The site refused.')
  const items = await groups(app)
  expect(items.map(({ count, kind }: { count: number; kind: string }) => [kind, count])).toEqual([
    ['seo.generate', 3],
    ['seo.generate', 1],
  ])
  expect(items[1].error).toEqual({ code: 'source_too_short', message: 'The site refused.' })
  const group = encodeURIComponent(items[0].group)
  expect(await letters(app, `?group=${group}`)).toHaveLength(3)
  expect(await letters(app)).toHaveLength(4)
})

test('how long a job took does not count the time it lay dead', async () => {
  await using app = await testApp()
  const id = await die(app, 'No.')
  await app.db.update(jobs).set({ startedAt: 0 })
  await app.call('POST', '/api/v1/dead-letters/retry', { body: { ids: [id] } })
  expect((await jobRow(app, id)).startedAt).toBeNull()
  await performAll(app, { 'seo.generate': async () => ({ output: {} }) })
  const { startedAt, finishedAt } = await jobRow(app, id)
  expect(finishedAt! - startedAt!).toBeLessThan(60_000)
})

test('a group names the run it is part of only where it is one', async () => {
  await using app = await testApp()
  const { handlers } = countingHandlers(['one', 'two'], { 'outline.generate': refusing('Nothing to plan.') })
  const { runId, documentId } = await startRun(app)
  await performAll(app, handlers)
  expect(await groups(app)).toMatchObject([
    { kind: 'outline.generate', count: 1, ofRuns: 1, run: { id: runId, documentId } },
  ])
  await startRun(app)
  await performAll(app, handlers)
  const [group] = await groups(app)
  expect(group).toMatchObject({ count: 2, ofRuns: 2 })
  expect(group.run).toBeUndefined()
})

test('a dead letter shows what it was to work on, and nothing else than a dead letter is shown as one', async () => {
  await using app = await testApp()
  const [dead, alive] = [await die(app, 'No.'), await startJob(app)]
  const { body } = await app.call('GET', `/api/v1/dead-letters/${dead}`)
  expect(body).toMatchObject({ id: dead, state: 'dead', failures: 1, input: { title: 'A title' } })
  expect((await app.call('GET', `/api/v1/dead-letters/${alive}`)).status).toBe(404)
  expect((await app.call('GET', `/api/v1/dead-letters/${dead}`, { key: app.rivals.key })).status).toBe(404)
  expect((await letters(app))[0].input).toBeUndefined()
})

test('a group is queued again at once, and then succeeds', async () => {
  await using app = await testApp()
  const ids = [await die(app, 'Only 3.'), await die(app, 'Only 4.')]
  const other = await die(app, 'Refused.')
  const [{ group }] = await groups(app)
  const again = await app.call('POST', '/api/v1/dead-letters/retry', { body: { group } })
  expect(again.body).toEqual({ count: 2 })
  await performAll(app, { 'seo.generate': async () => ({ output: {} }) })
  for (const id of ids)
    expect(await jobRow(app, id)).toMatchObject({ state: 'succeeded', attempts: 1, errorGroup: null })
  expect(await groups(app)).toMatchObject([{ count: 1, ofRuns: 0 }])
  expect((await jobRow(app, other)).state).toBe('dead')
  expect((await app.call('POST', '/api/v1/dead-letters/retry', { body: { group } })).body).toEqual({
    count: 0,
  })
})

test('the letters of a run make the run go on as a whole, once', async () => {
  await using app = await testApp()
  const { handlers } = countingHandlers(['one', 'two'])
  const { runId } = await startRun(app)
  await performAll(app, { ...handlers, 'section.write': refusing('Only 3.') })
  expect((await getRun(app, runId)).state).toBe('failed')
  const [letter] = await letters(app)
  const again = await app.call('POST', '/api/v1/dead-letters/retry', { body: { ids: [letter.id] } })
  expect(again.body).toEqual({ count: 1 })
  await performAll(app, handlers)
  expect((await getRun(app, runId)).state).toBe('succeeded')
})

test('what is discarded is no dead letter any more, and only its own project can discard it', async () => {
  await using app = await testApp()
  const [one, two] = [await die(app, 'One.'), await die(app, 'Two.')]
  const discard = (ids: string[], key?: string) =>
    app.call('POST', '/api/v1/dead-letters/discard', { body: { ids }, ...(key ? { key } : {}) })
  expect((await discard([one, two], app.rivals.key)).status).toBe(404)
  expect((await discard([one])).body).toEqual({ count: 1 })
  expect((await discard([one])).body).toEqual({ count: 0 })
  expect((await letters(app)).map(({ id }: { id: string }) => id)).toEqual([two])
  expect(await jobRow(app, one)).toMatchObject({ state: 'cancelled', error: { message: 'One.' } })
})

test('a discarded letter of a run is off the list, keeps the run stopped, and is performed when it is resumed', async () => {
  await using app = await testApp()
  const { handlers } = countingHandlers(['one', 'two'])
  const { runId } = await startRun(app)
  await performAll(app, { ...handlers, 'section.write': refusing('Only 3.') })
  const ids = (await letters(app)).map(({ id }: { id: string }) => id)
  await app.call('POST', '/api/v1/dead-letters/discard', { body: { ids } })
  expect(await letters(app)).toEqual([])
  expect((await getRun(app, runId)).state).toBe('failed')
  expect((await app.call('POST', `/api/v1/runs/${runId}/resume`)).status).toBeLessThan(300)
  await performAll(app, handlers)
  expect((await getRun(app, runId)).state).toBe('succeeded')
})

test('what the queue gave up is a dead letter where its job was waiting, and forgotten where it was not', async () => {
  await using app = await testApp()
  const [waiting, done] = [await startJob(app), await startJob(app)]
  await perform(done, workingAs(app, { 'seo.generate': async () => ({ output: {} }) }))
  await app.db.rows('UPDATE jobs SET attempts = 1 WHERE id = ?', [waiting])
  const acknowledged: string[] = []
  const queue = {
    ...memoryQueue().queue,
    undeliverable: {
      pull: async () => [waiting, done, 'job_gone'].map((jobId) => ({ jobId, receipt: jobId, attempts: 9 })),
      acknowledge: async (all: readonly { jobId: string }[]) =>
        void acknowledged.push(...all.map(({ jobId }) => jobId)),
    },
  }
  await buryUndelivered({ db: app.db, queue, log: createLog('silent') })
  expect(acknowledged).toEqual([waiting, done, 'job_gone'])
  expect(await jobRow(app, waiting)).toMatchObject({
    state: 'dead',
    error: { code: 'undeliverable' },
    ready: 0,
  })
  expect((await jobRow(app, done)).state).toBe('succeeded')
  expect(await letters(app)).toHaveLength(1)
})
