import { expect, test } from 'bun:test'
import { jobs, runs, stepInvocations } from '#db/schema/jobs.ts'
import { testApp, until } from '../harness.ts'
import { addDocument, addTalk } from '../material.ts'
import { generate, step, waited } from './working.ts'

test('a step without an Idempotency-Key is refused before anything is written', async () => {
  await using app = await testApp()
  const source = await addTalk(app)
  const headers: Record<string, string>[] = [
    {},
    { 'idempotency-key': '' },
    { 'idempotency-key': 'x'.repeat(256) },
  ]
  for (const sent of headers) {
    const answer = await app.call('POST', '/api/v1/steps/outline.generate', {
      body: { sourceIds: [source.id] },
      headers: sent,
    })
    expect([400, 422]).toContain(answer.status)
    if (!('idempotency-key' in sent)) expect(answer.body.code).toBe('idempotency_key_missing')
  }
  expect(await app.db.$count(jobs)).toBe(0)
})

test('the same request again gets the same bytes and says so; another one under the key is refused', async () => {
  await using app = await testApp()
  const source = await addTalk(app)
  const headers = { 'idempotency-key': 'once' }
  const body = { sourceIds: [source.id], options: { sections: 3, tone: 'formal' } }
  const first = await step(app, 'outline.generate', body, headers)
  expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([202, null])
  const reordered = { options: { tone: 'formal', sections: 3 }, sourceIds: [source.id] }
  for (const again of [body, reordered]) {
    const replayed = await step(app, 'outline.generate', again, headers)
    expect([replayed.status, replayed.headers.get('idempotency-replayed')]).toEqual([202, 'true'])
    expect(replayed.text).toBe(first.text)
  }
  for (const [name, other] of [
    ['outline.generate', { sourceIds: [source.id], options: { sections: 4, tone: 'formal' } }],
    ['seo.generate', { title: 'T', markdown: 'M' }],
  ] as const) {
    const refused = await step(app, name, other, headers)
    expect([refused.status, refused.body.code]).toEqual([409, 'idempotency_key_reused'])
  }
  expect(await app.db.$count(jobs)).toBe(1)
  // Another project's key of the same name is its own.
  const theirs = await addTalk(app, app.rivals)
  const answer = await app.call('POST', '/api/v1/steps/outline.generate', {
    key: app.rivals.key,
    headers,
    body: { sourceIds: [theirs.id] },
  })
  expect(answer.status).toBe(202)
})

test('of fifty requests under one key at once, one job comes', async () => {
  await using app = await testApp()
  const source = await addTalk(app)
  const headers = { 'idempotency-key': 'race' }
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => step(app, 'outline.generate', { sourceIds: [source.id] }, headers)),
  )
  expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
  expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') !== 'true')).toHaveLength(1)
  expect(await app.db.$count(jobs)).toBe(1)
  expect(await app.db.$count(stepInvocations)).toBe(1)
})

test('a run takes a key too, and its answer outlives the document', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  const headers = { 'idempotency-key': 'run' }
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => generate(app, { documentId: id }, headers)),
  )
  expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
  expect(await app.db.$count(runs)).toBe(1)
  await app.call('DELETE', `/api/v1/documents/${id}`)
  const replayed = await generate(app, { documentId: id }, headers)
  expect([replayed.status, replayed.text]).toEqual([202, answers[0]!.text])
  // Without a key each request is new work.
  const other = await addDocument(app)
  await generate(app, { documentId: other.id })
  await generate(app, { documentId: other.id })
  expect(await app.db.$count(runs)).toBe(3)
})

test('a replay that waits gets the result of the first', async () => {
  await using app = await testApp({ worker: true })
  const headers = { 'idempotency-key': 'seo' }
  const body = { title: 'The queue', markdown: 'The queue is the heart of it.' }
  await step(app, 'seo.generate', body, headers)
  const first = await step(app, 'seo.generate', body, { ...headers, prefer: 'wait=30' })
  const second = await step(app, 'seo.generate', body, { ...headers, prefer: 'wait=30' })
  expect(first.status).toBe(200)
  expect(second.text).toBe(first.text)
  expect(await app.db.$count(jobs)).toBe(1)
})

test('Prefer: wait takes 1 to 60 seconds; anything else names the limit and writes nothing', async () => {
  await using app = await testApp()
  const body = { title: 'T', markdown: 'M' }
  for (const wait of ['-1', '0', '61', 'abc', '', '1.5', '1e1', '0x5', '999999999999']) {
    const refused = await step(app, 'seo.generate', body, { prefer: `wait=${wait}` })
    expect({ wait, status: refused.status, code: refused.body.code }).toEqual({
      wait,
      status: 422,
      code: 'invalid_request',
    })
    expect(refused.body.detail).toContain('1 to 60')
  }
  expect(await app.db.$count(jobs)).toBe(0)
  // A preference that we do not know is no error (RFC 7240).
  const other = await step(app, 'seo.generate', body, { prefer: 'respond-async, handling=lenient' })
  expect([other.status, other.headers.get('preference-applied')]).toEqual([202, null])
})

test('a wait that is too short gets the job as it is', async () => {
  await using app = await testApp()
  const { status, body } = await step(
    app,
    'seo.generate',
    { title: 'T', markdown: 'M' },
    { prefer: 'respond-async; wait=1' },
  )
  expect(status).toBe(202)
  expect(body.job.state).toBe('queued')
  expect(body.result).toBeUndefined()
})

test('who waits for a job that fails gets its problem, and who waits for a cancelled one is told', async () => {
  await using app = await testApp({ worker: true })
  const short = (await app.call('POST', '/api/v1/sources', { body: { kind: 'text', text: 'Too short.' } }))
    .body
  const failed = await waited(app, 'outline.generate', { sourceIds: [short.id] })
  expect([failed.status, failed.body.code]).toEqual([422, 'source_too_short'])
  expect(failed.body.detail).toMatch(/\d/)

  await using idle = await testApp()
  const waiting = waited(idle, 'seo.generate', { title: 'T', markdown: 'M' })
  const job = await until('the job is there', () => idle.db.select().from(jobs).get())
  await idle.call('POST', `/api/v1/jobs/${job.id}/cancel`)
  const cancelled = await waiting
  expect([cancelled.status, cancelled.body.code]).toEqual([409, 'conflict'])
})
