import { describe, expect, test } from 'bun:test'
import { jobKinds, kindDefaults } from '#src/jobs/kinds.ts'
import { DELIVERY_LEASE_MS } from '#src/queue/cloudflare.ts'
import { cloudflareApi } from '#src/queue/cloudflare-api.ts'
import { type Action, CloudflareError } from '#src/queue/cloudflare-errors.ts'
import { decodeMessage, encodeMessage } from '#src/queue/cloudflare-messages.ts'
import { requestPace } from '#src/queue/cloudflare-pace.ts'
import { Secret } from '#src/secret.ts'
import type { FaultKind, Operation } from '#tests/fakes/cloudflare-queues-faults.ts'
import { type RefusalName, refusalNames } from '#tests/fakes/cloudflare-queues-refusals.ts'
import { openCloudflare } from './cloudflare.ts'
import { pull } from './queue-contract.ts'

const ids = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `job_${String(from + index).padStart(26, '0')}`)

const never = () => new AbortController().signal

const calls = (requests: { operation: Operation }[], operation: Operation) =>
  requests.filter((request) => request.operation === operation)

async function errorOf(work: Promise<unknown>): Promise<CloudflareError> {
  const error = await work.then(
    () => undefined,
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(CloudflareError)
  return error
}

describe('pushes are few and lose nothing', () => {
  test('the name is looked up once, and 250 jobs go in three calls', async () => {
    await using opened = await openCloudflare()
    await opened.queue.send(ids(250))
    await opened.queue.send(ids(1, 250))
    expect(calls(opened.fake.requests, 'manage')).toHaveLength(1)
    expect(calls(opened.fake.requests, 'push')).toHaveLength(4)
    expect(opened.fake.depth('quill-jobs')).toBe(251)
  })

  test('what is sent one by one at the same time goes together', async () => {
    await using opened = await openCloudflare()
    await Promise.all(ids(300).map((id) => opened.queue.send([id])))
    expect(calls(opened.fake.requests, 'push').length).toBeLessThanOrEqual(10)
    expect(opened.fake.depth('quill-jobs')).toBe(300)
  })

  test('thousands of calls in five minutes stay below the limit of the API', async () => {
    let now = 0
    const clock = {
      now: () => now,
      async sleep(ms: number) {
        now += ms
      },
    }
    const pace = requestPace(clock)
    const turns: number[] = []
    for (let index = 0; index < 5_000; index++) {
      expect(await pace.take(60_000)).toBe(0)
      turns.push(now)
    }
    const inWindow = turns.map((start) => turns.filter((at) => at >= start && at < start + 300_000).length)
    expect(Math.max(...inWindow)).toBeLessThanOrEqual(1_001)
    expect(turns.filter((at) => at === 0)).toHaveLength(200)
  })

  test('the limit as the answers tell it is heeded, whoever else used it up', async () => {
    const pace = requestPace({ now: () => 0, sleep: async () => {} })
    pace.heed(201)
    expect(await pace.take(0)).toBe(0)
    expect(await pace.take(0)).toBeGreaterThan(0)
  })

  test('who would have to wait for minutes is told so, and how long', async () => {
    await using opened = await openCloudflare()
    const { fake, queue } = opened
    fake.inject({ kind: 'rateLimited', on: 'push', times: 1, ms: 300_000 })
    expect(await errorOf(queue.send(ids(1)))).toMatchObject({ status: 429, retryAfterMs: 300_000 })
    const asked = fake.requests.length
    expect((await errorOf(queue.send(ids(1)))).retryAfterMs).toBeGreaterThan(290_000)
    expect(fake.requests).toHaveLength(asked)
    await opened.advance(301_000)
    await queue.send(ids(1))
    expect(fake.depth('quill-jobs')).toBe(1)
  })

  test('delays are rounded up to seconds, and one longer than Cloudflare takes is kept in hops', async () => {
    await using opened = await openCloudflare()
    const [short, long] = ids(2)
    await opened.queue.send([short!], { delayMs: 1 })
    expect(await pull(opened.queue)).toEqual([])
    await opened.advance(1_000)
    expect(await pull(opened.queue)).toMatchObject([{ jobId: short! }])
    const daysMs = 3 * 86_400_000
    await opened.queue.send([long!], { delayMs: daysMs })
    for (let hours = 0; hours < 71; hours++) {
      await opened.advance(3_600_000)
      expect((await pull(opened.queue)).filter(({ jobId }) => jobId === long)).toEqual([])
    }
    await opened.advance(3_600_000)
    expect((await pull(opened.queue)).map(({ jobId }) => jobId)).toContain(long!)
  })

  test('a closed queue refuses what it could not pass on', async () => {
    await using opened = await openCloudflare()
    await opened.queue.close()
    await expect(opened.queue.send(ids(1))).rejects.toThrow('closed')
  })
})

describe('failures are told apart', () => {
  const passing: [FaultKind, Operation][] = [
    ['internal', 'push'],
    ['bad-gateway', 'push'],
    ['unsuccessful', 'push'],
    ['rateLimited', 'push'],
    ['overloaded', 'push'],
    ['refused', 'push'],
    ['lost-answer', 'push'],
    ['internal', 'ack'],
    ['lost-answer', 'ack'],
    ['bad-gateway', 'manage'],
  ]
  for (const [kind, on] of passing)
    test(`${kind} at ${on} is tried again, and nothing is lost`, async () => {
      await using opened = await openCloudflare()
      opened.fake.inject({ kind, on, times: 1 })
      await opened.queue.send(ids(3))
      const delivered = await pull(opened.queue)
      expect(new Set(delivered.map(({ jobId }) => jobId))).toEqual(new Set(ids(3)))
      await opened.queue.settle({ acknowledged: delivered })
      expect(opened.fake.depth('quill-jobs')).toBe(0)
    })

  test('`success: false` under status 200 is a failure, however long it lasts', async () => {
    await using opened = await openCloudflare()
    opened.fake.inject({ kind: 'unsuccessful' })
    expect(await errorOf(opened.queue.send(ids(1)))).toMatchObject({ code: 15_000, action: 'again' })
  })

  test('an overloaded, paused or limited queue delivers nothing and is left alone; a broken one says so', async () => {
    await using opened = await openCloudflare()
    await opened.queue.send(ids(1))
    for (const kind of ['rateLimited', 'disabled', 'storageFull', 'freeTierSpent', 'paused'] as const) {
      opened.fake.inject({ kind, on: 'pull', times: 1 })
      expect(await pull(opened.queue)).toEqual([])
    }
    opened.fake.inject({ kind: 'internal', on: 'pull', times: 1 })
    expect(await errorOf(pull(opened.queue))).toMatchObject({ action: 'again' })
    expect(await pull(opened.queue)).toHaveLength(1)
  })

  test('messages whose answer was lost come again with their lease, and none twice for one fault', async () => {
    await using opened = await openCloudflare()
    await opened.queue.send(ids(2))
    opened.fake.inject({ kind: 'lost-answer', on: 'pull', times: 1 })
    await errorOf(pull(opened.queue))
    expect(await pull(opened.queue)).toEqual([])
    await opened.advance(opened.leaseMs)
    expect(await pull(opened.queue)).toHaveLength(2)
  })

  const actions: Record<Action, RefusalName[]> = {
    again: ['disconnected', 'overloaded', 'internal'],
    later: ['rateLimited', 'storageFull', 'disabled', 'freeTierSpent', 'paused'],
    mend: [
      'authentication',
      'unauthorized',
      'noRoute',
      'methodNotAllowed',
      'queueUnknown',
      'queueName',
      'queueExists',
      'queueHasConsumer',
      'queueIsDeadLetters',
      'consumerExists',
      'consumerUnknown',
      'gatewayQueueUnknown',
      'featureFlag',
      'queueIdMalformed',
      'notPullable',
    ],
    ours: [
      'managementBody',
      'batchDelay',
      'messageMetadata',
      'messageSize',
      'batchSize',
      'batchCount',
      'bodyInvalid',
      'bodyMalformed',
    ],
  }
  test('every refusal there is has its own answer: again, later, mend or ours, with a remedy', async () => {
    expect(Object.values(actions).flat().toSorted()).toEqual(refusalNames.toSorted())
    await using opened = await openCloudflare()
    for (const [action, names] of Object.entries(actions))
      for (const name of names) {
        opened.fake.inject({ kind: name, on: 'push', ms: 600_000 })
        const error = await errorOf(opened.queue.send(ids(1)))
        opened.fake.heal()
        await opened.advance(600_000)
        expect({ name, action: error.action }).toEqual({ name, action: action as Action })
        expect(error.message).toContain(error.remedy)
        expect(error.remedy).toMatch(/^[A-Z].*\.$/)
      }
  })

  test('a missing queue, a bad token and a missing consumer each say what to mend', async () => {
    await using opened = await openCloudflare()
    const { fake, settings } = opened
    const api = (token: string) =>
      cloudflareApi({ queuesUrl: `${fake.url}/accounts/${fake.accountId}/queues`, token: new Secret(token) })
    const push = (token: string, path: string) =>
      errorOf(api(token).call({ to: 'take messages', path, body: {}, result: {} as never }))
    const right = settings.token.reveal()
    const missing = await push(right, `/${'f'.repeat(32)}/messages/batch`)
    expect([missing.code, missing.action, missing.message]).toEqual([
      10_104,
      'mend',
      expect.stringContaining('cloudflare-setup.ts'),
    ])
    const named = await push(right, '/quill-jobs/messages/batch')
    expect([named.code, named.message]).toEqual([10_107, expect.stringContaining('not its name')])
    const stranger = await push('wrong', `/${'f'.repeat(32)}/messages/batch`)
    expect([stranger.action, stranger.message]).toEqual(['mend', expect.stringContaining('Queues › Edit')])
  })

  test('the token is in no error, whatever Cloudflare repeats of it', async () => {
    const token = 'a-very-secret-token'
    using echo = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request) =>
        new URL(request.url).pathname.endsWith('/break')
          ? new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:1/' } })
          : Response.json(
              {
                success: false,
                errors: [{ code: 1, message: `bad ${request.headers.get('authorization')}` }],
              },
              { status: 400 },
            ),
    })
    const api = cloudflareApi({ queuesUrl: `http://127.0.0.1:${echo.port}/queues`, token: new Secret(token) })
    for (const path of ['/echo', '/break']) {
      const error = await errorOf(api.call({ to: 'test', path, result: {} as never, once: true }))
      expect(`${Bun.inspect(error, { depth: 9 })}${JSON.stringify(error)}${error.stack}`).not.toContain(token)
    }
  })
})

describe('pulls cost little while nothing comes', () => {
  test('ten idle minutes are some 50 pulls, and what is sent here is noticed at once', async () => {
    await using opened = await openCloudflare()
    const { fake, queue } = opened
    for (let seconds = 0; seconds < 600; seconds += 4) {
      await queue.pull({ max: 10, waitMs: 1, signal: never() })
      await opened.advance(4_000)
    }
    const idlePulls = calls(fake.requests, 'pull').length
    expect(idlePulls).toBeGreaterThan(40)
    expect(idlePulls).toBeLessThan(60)
    expect(fake.billed.reads).toBe(idlePulls)
    const waiting = queue.pull({ max: 10, waitMs: 60_000, signal: never() })
    await queue.send(ids(1))
    expect(await waiting).toHaveLength(1)
  })

  test('a worker on the same machine need not wait for its next look', async () => {
    const ears = new Set<() => void>()
    const bell = {
      ring() {
        for (const hear of ears) hear()
      },
      listen(hear: () => void) {
        ears.add(hear)
        return () => ears.delete(hear)
      },
      close() {},
    }
    await using opened = await openCloudflare({ bell })
    const worker = await opened.another()
    for (let looks = 0; looks < 8; looks++) await pull(worker)
    const waiting = worker.pull({ max: 1, waitMs: 60_000, signal: never() })
    await opened.queue.send(ids(1))
    expect(await waiting).toHaveLength(1)
    await worker.close()
    expect(ears.size).toBe(1)
  })

  test('of two messages of one job one is delivered and the other acknowledged', async () => {
    await using opened = await openCloudflare()
    await opened.queue.send([...ids(2), ...ids(2)])
    const delivered = await pull(opened.queue)
    expect(delivered.map(({ jobId }) => jobId)).toEqual(ids(2))
    expect(opened.fake.depth('quill-jobs')).toBe(2)
  })

  test('a message comes from strangers too: it is taken off, and the others are delivered', async () => {
    await using opened = await openCloudflare()
    const { fake, queue, settings } = opened
    const headers = { authorization: `Bearer ${fake.token}` }
    const list = await fetch(`${fake.url}/accounts/${fake.accountId}/queues`, { headers })
    const { result } = (await list.json()) as { result: { queue_id: string; queue_name: string }[] }
    const { queue_id } = result.find(({ queue_name }) => queue_name === settings.queueName)!
    const push = (body: object) =>
      fetch(`${fake.url}/accounts/${fake.accountId}/queues/${queue_id}/messages`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
    await push({ body: 'hello', content_type: 'text' })
    await push({ body: { no: 'job' } })
    await push({ body: { job: ids(1)[0] } })
    fake.inject({ kind: 'internal', on: 'ack' })
    expect((await pull(queue)).map(({ jobId }) => jobId)).toEqual(ids(1))
    fake.heal()
    await opened.advance(opened.leaseMs)
    expect((await pull(queue)).map(({ jobId }) => jobId)).toEqual(ids(1))
    expect(fake.depth('quill-jobs')).toBe(1)
  })
})

describe('dead letters of Cloudflare', () => {
  test('a message that nobody settles ends there, is looked at and acknowledged', async () => {
    await using opened = await openCloudflare()
    await opened.queue.send(ids(1))
    for (let attempt = 0; attempt <= 100; attempt++) {
      expect(await pull(opened.queue)).toHaveLength(1)
      await opened.advance(opened.leaseMs)
    }
    expect(await pull(opened.queue)).toEqual([])
    const letters = await opened.queue.undeliverable.pull(10)
    expect(letters.map(({ jobId }) => jobId)).toEqual(ids(1))
    await opened.queue.undeliverable.acknowledge(letters)
    expect([opened.fake.depth('quill-jobs'), opened.fake.depth('quill-dead')]).toEqual([0, 0])
  })
})

describe('messages', () => {
  test('are read by their content type', () => {
    const body = JSON.stringify({ job: 'job_1' })
    const base64 = btoa(body)
    const read = (body: unknown, type?: string) =>
      decodeMessage({ body, lease_id: 'x', metadata: type ? { 'CF-Content-Type': type } : undefined })
    expect(read(body, 'text')).toEqual({ jobId: 'job_1' })
    expect(read(base64, 'json')).toEqual({ jobId: 'job_1' })
    expect(read(base64, 'bytes')).toEqual({ jobId: 'job_1' })
    expect(read(base64)).toEqual({ jobId: 'job_1' })
    expect(read(body)).toEqual({ jobId: 'job_1' })
    for (const strange of [base64, 7, null, '{"job":""}', '{"job":7}', '[]', `{"job":"${'x'.repeat(129)}"}`])
      expect(read(strange, 'text')).toBeUndefined()
    expect(read(body, 'v8')).toBeUndefined()
  })

  test('stay with their worker longer than any kind of job may take', () => {
    const longestMs = Math.max(...Object.values({ ...jobKinds, kindDefaults }).map((kind) => kind.timeoutMs))
    expect(DELIVERY_LEASE_MS).toBeGreaterThan(longestMs)
    expect(DELIVERY_LEASE_MS).toBeLessThanOrEqual(12 * 3_600_000)
  })

  test('cannot outgrow a batch, and an id that could is refused', () => {
    const largest = encodeMessage('x'.repeat(128), { delayMs: 1e15, now: Date.now() })
    expect(100 * (largest.body.length + 100)).toBeLessThan(256_000)
    expect(largest.delay_seconds).toBe(43_200)
    expect(() => encodeMessage('x'.repeat(129), { delayMs: 0, now: 0 })).toThrow('too long')
  })
})
