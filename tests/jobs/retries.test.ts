import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { jobs } from '#db/schema/jobs.ts'
import { AppError } from '#src/errors.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { perform } from '#worker/perform.ts'
import { testApp } from '../harness.ts'
import { heldHandler, jobRow, letTimePass, startJob, untilState, workingAs } from './performing.ts'

const failing: JobHandler = async () => {
  throw new Error('the network went away at 10.0.0.1')
}
const refusing: JobHandler = async () => {
  throw new AppError('source_too_short', 'There are 12 words; it takes 60.')
}

test('an unforeseen failure is tried again later and later, then buried with a reason that gives nothing away', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const waits: number[] = []
  for (let failure = 1; failure < 5; failure++) {
    await letTimePass(app)
    await perform(id, workingAs(app, { 'seo.generate': failing }))
    const row = await jobRow(app, id)
    expect(row).toMatchObject({ state: 'queued', failures: failure, attempts: failure, worker: null })
    waits.push(row.dueAt! - Date.now())
  }
  for (const [index, wait] of waits.entries()) {
    expect(wait).toBeLessThanOrEqual(1_000 * 2 ** index)
    expect(wait).toBeGreaterThan(1_000 * 2 ** index * 0.5 - 500)
  }
  await letTimePass(app)
  await perform(id, workingAs(app, { 'seo.generate': failing }))
  const { body } = await app.call('GET', `/api/v1/jobs/${id}`)
  expect(body).toMatchObject({ state: 'dead', attempts: 5, error: { code: 'internal' } })
  expect(body.error.message).not.toContain('10.0.0.1')
  expect(body.dueAt).toBeUndefined()
})

test('what can never succeed is buried at once, with the reason', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  await perform(id, workingAs(app, { 'seo.generate': refusing }))
  const { body } = await app.call('GET', `/api/v1/jobs/${id}`)
  expect(body).toMatchObject({
    state: 'dead',
    error: { code: 'source_too_short', message: 'There are 12 words; it takes 60.' },
  })
})

test('what may pass by itself is tried again, and its reason is told', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const away: JobHandler = async () => {
    throw new AppError('address_unreachable', 'blog.example.com does not answer.')
  }
  await perform(id, workingAs(app, { 'seo.generate': away }))
  expect(await jobRow(app, id)).toMatchObject({
    state: 'queued',
    failures: 1,
    error: { code: 'address_unreachable', message: 'blog.example.com does not answer.' },
  })
})

test('a kind that this worker does not know is left to those who come, for about an hour', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  await app.db.update(jobs).set({ kind: 'dream.interpret' }).where(eq(jobs.id, id))
  let waitedMs = 0
  for (let failure = 1; failure < 10; failure++) {
    await perform(id, workingAs(app, {}))
    const row = await jobRow(app, id)
    expect(row).toMatchObject({ state: 'queued', failures: failure })
    waitedMs += row.dueAt! - Date.now()
    await letTimePass(app)
  }
  expect(waitedMs).toBeGreaterThan(30 * 60_000)
  await perform(id, workingAs(app, {}))
  expect(await jobRow(app, id)).toMatchObject({ state: 'dead', error: { code: 'unavailable' } })
  expect((await jobRow(app, id)).error!.message).toContain('dream.interpret')
})

test('a job that kills its workers is given up after 25 of them', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  await app.db.update(jobs).set({ attempts: 25 }).where(eq(jobs.id, id))
  let called = false
  const handler: JobHandler = async () => {
    called = true
    return { output: {} }
  }
  await perform(id, workingAs(app, { 'seo.generate': handler }))
  expect(called).toBe(false)
  expect(await jobRow(app, id)).toMatchObject({ state: 'dead' })
})

test('a dead job can be retried, and starts as if it had never failed', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  expect((await app.call('POST', `/api/v1/jobs/${id}/retry`)).status).toBe(409)
  await perform(id, workingAs(app, { 'seo.generate': refusing }))
  const retried = await app.call('POST', `/api/v1/jobs/${id}/retry`)
  expect(retried.body).toMatchObject({ state: 'queued', attempts: 0 })
  expect(retried.body.error).toBeUndefined()
  await perform(id, workingAs(app, { 'seo.generate': async () => ({ output: 'well' }) }))
  expect(await jobRow(app, id)).toMatchObject({ state: 'succeeded', output: 'well', error: null })
  expect((await app.call('POST', `/api/v1/jobs/${id}/retry`)).status).toBe(409)
})

test('a waiting job is cancelled at once and never performed', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const { body } = await app.call('POST', `/api/v1/jobs/${id}/cancel`)
  expect(body).toMatchObject({ state: 'cancelled' })
  await perform(id, workingAs(app, {}))
  // A second time is no error, and changes nothing.
  expect((await app.call('POST', `/api/v1/jobs/${id}/cancel`)).body).toEqual(body)
})

test('a running job is cancelled at its next heartbeat, even when its handler does not listen', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const held = heldHandler('too late')
  const work = perform(id, { ...workingAs(app, { 'seo.generate': held.handler }), leaseMs: 15 })
  const signal = await held.begun
  expect((await app.call('POST', `/api/v1/jobs/${id}/cancel`)).body.state).toBe('running')
  await untilState(app, id, 'cancelled')
  await work
  expect(signal.aborted).toBe(true)
  held.release()
  expect((await app.call('POST', `/api/v1/jobs/${id}/retry`)).body.state).toBe('queued')
})

test('a result that comes after the cancellation is not kept', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const held = heldHandler('too late')
  const work = perform(id, workingAs(app, { 'seo.generate': held.handler }))
  await held.begun
  await app.call('POST', `/api/v1/jobs/${id}/cancel`)
  held.release()
  await work
  expect(await jobRow(app, id)).toMatchObject({ state: 'cancelled', output: null })
})

test('a failure that comes after the cancellation ends the job too', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const begun = Promise.withResolvers<void>()
  const fail = Promise.withResolvers<never>()
  const handler: JobHandler = () => {
    begun.resolve()
    return fail.promise
  }
  const work = perform(id, workingAs(app, { 'seo.generate': handler }))
  await begun.promise
  await app.call('POST', `/api/v1/jobs/${id}/cancel`)
  fail.reject(new Error('the network went away'))
  await work
  expect(await jobRow(app, id)).toMatchObject({ state: 'cancelled', dueAt: null })
})

test('a job whose worker died after it was cancelled is ended by the next worker', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const held = heldHandler()
  const work = perform(id, workingAs(app, { 'seo.generate': held.handler }))
  await held.begun
  await app.call('POST', `/api/v1/jobs/${id}/cancel`)
  await letTimePass(app)
  await perform(id, workingAs(app, {}, 'w2'))
  expect(await jobRow(app, id)).toMatchObject({ state: 'cancelled' })
  held.release()
  await work
  expect(await jobRow(app, id)).toMatchObject({ state: 'cancelled', output: null })
})
