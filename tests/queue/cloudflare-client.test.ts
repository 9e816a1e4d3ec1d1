import { describe, expect, test } from 'bun:test'
import { jobKinds, kindDefaults } from '#src/jobs/kinds.ts'
import { DELIVERY_LEASE_MS } from '#src/queue/cloudflare.ts'
import { decodeMessage, encodeMessage } from '#src/queue/cloudflare-messages.ts'
import { requestPace } from '#src/queue/cloudflare-pace.ts'
import type { Operation } from '#tests/fakes/cloudflare-queues-faults.ts'
import { ids, openCloudflare } from './cloudflare.ts'
import { pull } from './queue-contract.ts'

const never = () => new AbortController().signal

const calls = (requests: { operation: Operation }[], operation: Operation) =>
  requests.filter((request) => request.operation === operation)

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
