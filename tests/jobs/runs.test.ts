import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { documentVersions } from '#db/schema/documents.ts'
import { events, jobs } from '#db/schema/jobs.ts'
import { AppError } from '#src/errors.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { persistDocument } from '#worker/jobs/persist-document.ts'
import { perform } from '#worker/perform.ts'
import { type TestApp, testApp } from '../harness.ts'
import { saveVersion } from '../material.ts'
import {
  countingHandlers,
  getRun,
  heldHandler,
  jobsOf,
  letTimePass,
  performAll,
  startRun,
  workingAs,
} from './performing.ts'

const KEYS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven']
const ONCE = [
  'outline.generate',
  'chapters.organize',
  ...KEYS.map((key) => `section.write:${key}`),
  'seo.generate',
  'images.prompt',
  'blog.compose',
  'document.persist',
]

const refusing: JobHandler = async () => {
  throw new AppError('source_too_short', 'There is nothing about it.')
}

/** The handler of a section, which refuses while `broken` holds its key. */
const sectionUnless =
  (broken: Set<string>): JobHandler =>
  (job) =>
    broken.has(job.itemKey)
      ? refusing(job, {}, {} as never)
      : Promise.resolve({
          output: { key: job.itemKey, heading: job.itemKey, markdown: 'Text.', citations: [] },
        })

test('a run performs every step once, with its sections side by side, and ends with one version', async () => {
  await using app = await testApp()
  const { calls, handlers } = countingHandlers(KEYS)
  const { runId, documentId } = await startRun(app)
  expect((await getRun(app, runId)).state).toBe('queued')
  await performAll(app, handlers, 3)

  expect(calls.toSorted()).toEqual(ONCE.toSorted())
  const run = await getRun(app, runId)
  expect(run).toMatchObject({ state: 'succeeded', versionNumber: 1 })
  expect(run.jobs.every((job: { state: string }) => job.state === 'succeeded')).toBe(true)
  const version = (await app.call('GET', `/api/v1/documents/${documentId}/versions/1`)).body
  expect(version).toMatchObject({ number: 1, runId, reason: 'Written by the pipeline' })
  // In the order of the outline, whichever was finished first.
  expect(version.sections.map((section: { heading: string }) => section.heading)).toEqual(
    KEYS.map((key) => `About ${key}`),
  )
  expect(await app.db.$count(documentVersions)).toBe(1)
})

test('the step after the sections begins once, in whichever order they end', async () => {
  for (const order of [KEYS, KEYS.toReversed(), KEYS.toSorted()]) {
    await using app = await testApp()
    const { calls, handlers } = countingHandlers(KEYS)
    const { runId } = await startRun(app)
    await performUpTo(app, handlers, 'section.write', runId)
    const rows = (await jobsOf(app, runId)).filter((row) => row.kind === 'section.write')
    for (const key of order) {
      expect(calls).not.toContain('seo.generate')
      await perform(rows.find((row) => row.itemKey === key)!.id, workingAs(app, handlers))
    }
    await performAll(app, handlers)
    expect(calls.filter((call) => call === 'seo.generate')).toHaveLength(1)
    expect((await getRun(app, runId)).state).toBe('succeeded')
  }
})

test('a failed run says why, costs nothing more, and goes on where it stopped without repeating what finished', async () => {
  await using app = await testApp()
  const broken = new Set(['three', 'five'])
  const { calls, handlers } = countingHandlers(KEYS, { 'section.write': sectionUnless(broken) })
  const { runId } = await startRun(app)
  expect((await app.call('POST', `/api/v1/runs/${runId}/resume`)).status).toBe(409)
  await performAll(app, handlers)
  expect(await getRun(app, runId)).toMatchObject({
    state: 'failed',
    error: { code: 'source_too_short', message: 'There is nothing about it.' },
  })
  expect(calls).not.toContain('seo.generate')
  const stopped = await jobsOf(app, runId)
  expect(stopped.filter((row) => row.dueAt !== null)).toEqual([])
  const unfinished = stopped
    .filter((row) => row.state !== 'succeeded')
    .map((row) => `${row.kind}:${row.itemKey}`)
  expect(unfinished).toContain('section.write:three')

  const before = calls.length
  broken.clear()
  const resumed = await app.call('POST', `/api/v1/runs/${runId}/resume`)
  expect(resumed.body).toMatchObject({ state: 'running' })
  expect(resumed.body.error).toBeUndefined()
  await performAll(app, handlers)
  expect((await getRun(app, runId)).state).toBe('succeeded')
  expect(calls.slice(before).toSorted()).toEqual(
    ['blog.compose', 'document.persist', 'images.prompt', 'seo.generate', ...unfinished].toSorted(),
  )
  expect((await app.call('POST', `/api/v1/runs/${runId}/resume`)).status).toBe(409)
})

test('a cancelled run performs nothing more, keeps what finished, and can be resumed', async () => {
  await using app = await testApp()
  const { calls, handlers } = countingHandlers(KEYS)
  const { runId } = await startRun(app)
  await performUpTo(app, handlers, 'section.write', runId)
  const [first] = (await jobsOf(app, runId)).filter((row) => row.kind === 'section.write')
  await perform(first!.id, workingAs(app, handlers))

  const cancelled = await app.call('POST', `/api/v1/runs/${runId}/cancel`)
  expect(cancelled.body.state).toBe('cancelled')
  const before = calls.length
  await performAll(app, handlers)
  expect(calls).toHaveLength(before)
  const states = (await jobsOf(app, runId)).map((row) => row.state)
  expect(states.toSorted()).toEqual([...Array(6).fill('cancelled'), ...Array(3).fill('succeeded')])
  expect((await app.call('POST', `/api/v1/runs/${runId}/cancel`)).body).toEqual(await getRun(app, runId))

  await app.call('POST', `/api/v1/runs/${runId}/resume`)
  await performAll(app, handlers)
  expect((await getRun(app, runId)).state).toBe('succeeded')
  expect(calls.toSorted()).toEqual(ONCE.toSorted())
})

test('a run resumed before its worker noticed the cancellation goes on', async () => {
  await using app = await testApp()
  const held = heldHandler({
    title: 'T',
    language: 'en',
    summary: { markdown: '', citations: [] },
    sections: [],
  })
  const { handlers } = countingHandlers(KEYS, { 'outline.generate': held.handler })
  const { runId, jobId } = await startRun(app)
  const work = perform(jobId, workingAs(app, handlers))
  await held.begun
  await app.call('POST', `/api/v1/runs/${runId}/cancel`)
  await app.call('POST', `/api/v1/runs/${runId}/resume`)
  held.release()
  await work
  await performAll(app, handlers)
  expect((await getRun(app, runId)).state).toBe('succeeded')
})

test('a cancellation that meets a failing job does not outlive the resumption', async () => {
  await using app = await testApp()
  const begun = Promise.withResolvers<void>()
  const fail = Promise.withResolvers<never>()
  let tries = 0
  const outline = countingHandlers(KEYS).handlers['outline.generate']
  const { handlers } = countingHandlers(KEYS, {
    'outline.generate': (job, input, context) => {
      begun.resolve()
      return ++tries === 1 ? fail.promise : outline(job, input, context)
    },
  })
  const { runId, jobId } = await startRun(app)
  const work = perform(jobId, workingAs(app, handlers))
  await begun.promise
  await app.call('POST', `/api/v1/runs/${runId}/cancel`)
  fail.reject(new Error('the network went away'))
  await work
  await app.call('POST', `/api/v1/runs/${runId}/resume`)
  await letTimePass(app)
  await performAll(app, handlers)
  expect((await getRun(app, runId)).state).toBe('succeeded')
})

test('an outline without sections ends the run with a reason instead of leaving it to wait for ever', async () => {
  await using app = await testApp()
  const { handlers } = countingHandlers([])
  const { runId } = await startRun(app)
  await performAll(app, handlers)
  expect(await getRun(app, runId)).toMatchObject({ state: 'failed', error: { code: 'source_too_short' } })
})

test('a version saved meanwhile is not overwritten: the step is done again on top of it', async () => {
  await using app = await testApp()
  let meanwhile = async () => {}
  const { handlers } = countingHandlers(KEYS, {
    'document.persist': async (...args) => {
      const result = await persistDocument(...args)
      await meanwhile()
      return result
    },
  })
  const { runId, documentId } = await startRun(app)
  meanwhile = async () => {
    meanwhile = async () => {}
    await saveVersion(app, documentId, 'By hand.')
  }
  await performAll(app, handlers)
  expect((await getRun(app, runId)).state).toBe('running')
  expect(await app.db.$count(documentVersions)).toBe(1)
  await letTimePass(app)
  await performAll(app, handlers)
  expect(await getRun(app, runId)).toMatchObject({ state: 'succeeded', versionNumber: 2 })
  const { body } = await app.call('GET', `/api/v1/documents/${documentId}/versions`)
  expect(body.items.map((version: { reason: string }) => version.reason)).toEqual([
    'Written by the pipeline',
    'Saved by hand',
  ])
})

test('a title changed while the last step runs is not lost', async () => {
  await using app = await testApp()
  let meanwhile = async () => {}
  const { handlers } = countingHandlers(KEYS, {
    'document.persist': async (...args) => {
      const result = await persistDocument(...args)
      await meanwhile()
      return result
    },
  })
  const { documentId } = await startRun(app)
  let etag: string | null = null
  meanwhile = async () => {
    meanwhile = async () => {}
    const changed = await app.call('PATCH', `/api/v1/documents/${documentId}`, { body: { title: 'Mine' } })
    etag = changed.headers.get('etag')
  }
  await performAll(app, handlers)
  await letTimePass(app)
  await performAll(app, handlers)
  const after = await app.call('GET', `/api/v1/documents/${documentId}`)
  expect(after.body).toMatchObject({ title: 'Mine', currentVersion: 1 })
  expect(after.headers.get('etag')).not.toBe(etag)
})

test('every change of a job and of a run is told, the last word last', async () => {
  await using app = await testApp()
  const { handlers } = countingHandlers(['one', 'two'], { 'seo.generate': refusing })
  const { runId } = await startRun(app)
  await performAll(app, handlers)
  await app.call('POST', `/api/v1/runs/${runId}/resume`)
  await app.call('POST', `/api/v1/runs/${runId}/cancel`)

  const told = await app.db.select().from(events).orderBy(events.id)
  const of = (type: string) =>
    told.filter((event) => event.type === type).map((event) => JSON.parse(event.data))
  expect(of('run.updated').map((run) => run.state)).toEqual([
    'queued',
    'running',
    'failed',
    'running',
    'cancelled',
  ])
  for (const row of await app.db.select().from(jobs).where(eq(jobs.runId, runId))) {
    const last = of('job.updated').findLast((job) => job.id === row.id)
    expect(last).toMatchObject({ state: row.state, kind: row.kind, runId })
  }
})

async function performUpTo(app: TestApp, handlers: Record<string, JobHandler>, kind: string, runId: string) {
  while (true) {
    const rows = await jobsOf(app, runId)
    if (rows.some((row) => row.kind === kind)) return
    for (const row of rows) await perform(row.id, workingAs(app, handlers))
  }
}
