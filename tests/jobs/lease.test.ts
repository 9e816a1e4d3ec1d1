import { expect, test } from 'bun:test'
import { eq, sql } from 'drizzle-orm'
import { documentVersions } from '#db/schema/documents.ts'
import { events, jobs } from '#db/schema/jobs.ts'
import { claim } from '#worker/claim.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { renew, succeed } from '#worker/lease.ts'
import { perform } from '#worker/perform.ts'
import { testApp } from '../harness.ts'
import { heldHandler, jobRow, letTimePass, startJob, workingAs } from './performing.ts'

const lease = { worker: 'w1', leaseMs: 60_000 }

test('of many workers that claim a job at once, one gets it', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const claims = await Promise.all(
    Array.from({ length: 20 }, (_, index) => claim(app.db, id, { worker: `w${index}`, leaseMs: 60_000 })),
  )
  expect(claims.filter((job) => job !== undefined)).toHaveLength(1)
  expect(await jobRow(app, id)).toMatchObject({ state: 'running', attempts: 1, leaseToken: 1 })
})

test('a job is performed once, however many workers are told of it', async () => {
  await using app = await testApp()
  const ids = await Promise.all(Array.from({ length: 10 }, () => startJob(app)))
  const calls: string[] = []
  const handler: JobHandler = async (job) => {
    calls.push(job.id)
    return { output: {} }
  }
  const workers = ['w1', 'w2', 'w3'].map((worker) => workingAs(app, { 'seo.generate': handler }, worker))
  await Promise.all(workers.flatMap((worker) => ids.map((id) => perform(id, worker))))
  expect(calls.toSorted()).toEqual(ids.toSorted())
})

test('a worker that wakes after its lease ran out changes nothing', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const stalled = (await claim(app.db, id, lease))!
  await letTimePass(app)
  const heir = (await claim(app.db, id, { worker: 'w2', leaseMs: 60_000 }))!
  expect(heir.leaseToken).toBe(stalled.leaseToken + 1)
  const told = await app.db.$count(events)

  const effect = app.db.insert(events).values({ projectId: 'x', type: 'x', data: '{}', createdAt: 0 })
  expect(await succeed(app.db, stalled, { output: 'stale', writes: [effect] })).toBe(false)
  expect((await renew(app.db, [stalled], 60_000)).get(id)).toBe('lost')
  expect(await app.db.$count(events)).toBe(told)
  expect(await jobRow(app, id)).toMatchObject({ state: 'running', worker: 'w2', output: null })

  expect(await succeed(app.db, heir, { output: 'fresh', writes: [] })).toBe(true)
  expect(await succeed(app.db, stalled, { output: 'stale', writes: [] })).toBe(false)
  expect(await jobRow(app, id)).toMatchObject({ state: 'succeeded', output: 'fresh', dueAt: null })
})

test('a stalled handler that ends late does not overwrite what its heir made', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const stalled = heldHandler('stale')
  const late = perform(id, workingAs(app, { 'seo.generate': stalled.handler }))
  await stalled.begun
  await letTimePass(app)
  await perform(id, workingAs(app, { 'seo.generate': async () => ({ output: 'fresh' }) }, 'w2'))
  stalled.release()
  await late
  expect(await jobRow(app, id)).toMatchObject({
    state: 'succeeded',
    output: 'fresh',
    attempts: 2,
    failures: 0,
  })
})

test('a heartbeat keeps a lease that would have run out, and stops a handler whose job was taken away', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const held = heldHandler()
  const work = perform(id, { ...workingAs(app, { 'seo.generate': held.handler }), leaseMs: 15 })
  const signal = await held.begun
  const { dueAt } = await jobRow(app, id)
  const renewed = Promise.withResolvers<void>()
  const looking = setInterval(async () => {
    if ((await jobRow(app, id)).dueAt! > dueAt!) renewed.resolve()
  }, 1)
  await renewed.promise
  clearInterval(looking)
  expect(signal.aborted).toBe(false)

  await app.db.update(jobs).set({ leaseToken: sql`lease_token + 1` }).where(eq(jobs.id, id))
  await work
  expect(signal.aborted).toBe(true)
  expect(await jobRow(app, id)).toMatchObject({ state: 'running', output: null })
  held.release()
})

test('effects, completion and event stand or fall together', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const good = () =>
    app.db.insert(events).values({ projectId: 'x', type: 'effect', data: '{}', createdAt: 0 })
  const bad = () => app.db.insert(documentVersions).values({ ...emptyVersion, documentId: 'doc_missing' })
  const told = await app.db.$count(events)
  const handler: JobHandler = async () => ({ output: {}, effects: [good(), bad()] })
  await perform(id, workingAs(app, { 'seo.generate': handler }))
  expect(await app.db.$count(events, eq(events.type, 'effect'))).toBe(0)
  expect(await jobRow(app, id)).toMatchObject({ state: 'queued', failures: 1, output: null })
  // It told that it was taken and that it waits again, nothing else.
  expect(await app.db.$count(events)).toBe(told + 2)
})

const emptyVersion = {
  id: 'ver_1',
  projectId: 'x',
  number: 1,
  frontmatter: '',
  preamble: '',
  preambleCitations: [],
  outline: [],
  words: 0,
  author: 'x',
  reason: 'x',
  createdAt: 0,
}
