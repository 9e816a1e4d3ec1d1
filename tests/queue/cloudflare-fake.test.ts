import { afterEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FakeOptions, type FakeQueues, startCloudflareQueues } from '#tests/fakes/cloudflare-queues.ts'

const running = new Set<FakeQueues>()
afterEach(async () => {
  for (const fake of running) await fake.stop()
  running.clear()
})

async function start(options: FakeOptions = {}) {
  const fake = await startCloudflareQueues(options)
  running.add(fake)
  const call = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${fake.url}/accounts/${fake.accountId}/queues${path}`, {
      method,
      headers: { authorization: `Bearer ${fake.token}` },
      body: body && JSON.stringify(body),
    })
    return { status: answer.status, headers: answer.headers, ...((await answer.json()) as Envelope) }
  }
  return { fake, call }
}

type Message = { id: string; lease_id: string; attempts: number; timestamp_ms: number; body: string }
type Envelope = { success: boolean; errors: { code: number }[]; result: Result }
type Result = { queue_id: string; messages: Message[]; ackCount: number; warnings: Record<string, string> }

/** A queue `jobs` with dead letters, both of which can be pulled. */
async function startWithQueues(options: FakeOptions = {}, settings: object = {}) {
  const { fake, call } = await start(options)
  const { queue_id } = (await call('POST', '', { queue_name: 'jobs' })).result
  const consumer = { type: 'http_pull', dead_letter_queue: 'dead', settings: { max_retries: 2, ...settings } }
  await call('POST', `/${queue_id}/consumers`, consumer)
  const [, dead] = (await call('GET', '')).result as unknown as { queue_id: string }[]
  await call('POST', `/${dead!.queue_id}/consumers`, { type: 'http_pull' })
  const pullFrom = async (id: string, body: object) =>
    (await call('POST', `/${id}/messages/pull`, body)).result.messages
  return {
    fake,
    call,
    queue_id,
    push: (text: string) => call('POST', `/${queue_id}/messages`, { body: text, content_type: 'text' }),
    pull: (body: object = {}) => pullFrom(queue_id, body),
    pullDead: (body: object = {}) => pullFrom(dead!.queue_id, body),
    ack: (body: object) => call('POST', `/${queue_id}/messages/ack`, body),
  }
}

describe('the fake delivers as Cloudflare Queues does', () => {
  test('a lease hides a message until it runs out; a late acknowledgement counts all the same', async () => {
    const { fake, push, pull, ack } = await startWithQueues()
    await push('a')
    const [first] = await pull({ visibility_timeout_ms: 1_000 })
    expect(await pull()).toEqual([])
    fake.advance(1_000)
    const [second] = await pull()
    expect([second!.id, second!.attempts]).toEqual([first!.id, 2])
    const late = await ack({ acks: [{ lease_id: first!.lease_id }, { lease_id: 'no lease' }] })
    expect(late.result).toMatchObject({ ackCount: 1, warnings: { 'no lease': expect.any(String) } })
    expect(fake.depth('jobs')).toBe(0)
    expect((await ack({ acks: [{ lease_id: second!.lease_id }] })).success).toBe(true)
  })

  test('after max_retries a message is a dead letter, with its id and its time, by retry or by silence', async () => {
    const { fake, push, pull, pullDead, ack } = await startWithQueues()
    await push('a')
    const [first] = await pull({ visibility_timeout_ms: 1_000 })
    fake.advance(1_000)
    await ack({ retries: (await pull()).map(({ lease_id }) => ({ lease_id })) })
    const [third] = await pull({ visibility_timeout_ms: 1_000 })
    expect(third!.attempts).toBe(3)
    fake.advance(1_000)
    expect(await pull()).toEqual([])
    const { id, timestamp_ms } = first!
    expect(await pullDead()).toMatchObject([{ id, timestamp_ms, attempts: 1, body: 'a' }])
  })

  test('delays hold a message back, and retention ends it', async () => {
    const { fake, call, queue_id, push, pull } = await startWithQueues()
    await call('POST', `/${queue_id}/messages`, { body: {}, delay_seconds: 60 })
    await push('b')
    expect(await pull({ visibility_timeout_ms: 0 })).toHaveLength(1)
    fake.advance(60_000)
    expect(await pull()).toHaveLength(2)
    fake.advance(4 * 86_400_000)
    expect(await pull()).toEqual([])
    expect(fake.depth('jobs')).toBe(0)
  })
})

describe('the fake has the limits of Cloudflare Queues', () => {
  test('so many requests in five minutes, then silence for five; pulls and acks apart', async () => {
    const { fake, push, pull } = await startWithQueues({ requestsMax: 6 })
    expect((await push('a')).headers.get('x-ratelimit-remaining')).toBe('1')
    expect((await push('b')).status).toBe(200)
    const refused = await push('c')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '300'])
    expect(await pull()).toHaveLength(2)
    fake.advance(299_000)
    expect((await push('c')).status).toBe(429)
    fake.advance(2_000)
    expect((await push('c')).status).toBe(200)
  })

  test('so many messages of a queue in a second, and so many bytes of backlog', async () => {
    const slow = await startWithQueues({ messagesPerSecondMax: 0 })
    expect((await slow.push('a')).errors).toMatchObject([{ code: 10_250 }])
    const small = await startWithQueues({ backlogBytesMax: 101 })
    await small.push('a')
    expect((await small.push('b')).errors).toMatchObject([{ code: 10_251 }])
  })

  test('every pull is billed, the empty one too, and a free day has 10,000 operations', async () => {
    const { fake, push, pull, ack } = await startWithQueues({ plan: 'free' })
    await push('a')
    const [message] = await pull()
    await ack({ acks: [message] })
    await pull()
    expect(fake.billed).toEqual({ writes: 1, reads: 2, deletes: 1 })
    fake.billed.reads = 10_000
    expect((await push('b')).errors).toMatchObject([{ code: 10_253 }])
  })

  test('a token that may only read does not write', async () => {
    const { fake, call } = await start({ tokens: { writer: 'write', reader: 'read' } })
    await call('POST', '', { queue_name: 'jobs' })
    const as = (token: string, method: string) =>
      fetch(`${fake.url}/accounts/${fake.accountId}/queues`, {
        method,
        headers: { authorization: `Bearer ${token}` },
      })
    expect((await as('reader', 'GET')).status).toBe(200)
    expect((await as('reader', 'POST')).status).toBe(403)
    expect((await as('nobody', 'GET')).status).toBe(403)
  })
})

describe('the fake fails as asked', () => {
  test('an answer is lost after the work is done, or the call before it', async () => {
    const { fake, push } = await startWithQueues()
    fake.inject({ kind: 'lost-answer', on: 'push', times: 1 })
    await expect(push('a')).rejects.toThrow()
    await push('b')
    fake.inject({ kind: 'refused', on: 'push' })
    await expect(push('c')).rejects.toThrow()
    fake.heal()
    expect(fake.messages('jobs').map(({ body }) => body)).toEqual(['a', 'b'])
  })

  test('500, 502 without JSON, `success: false` under 200, 429 and 10252, each as often as told', async () => {
    const { fake, call, push } = await startWithQueues()
    for (const kind of ['internal', 'unsuccessful', 'rateLimited', 'disabled'] as const) {
      fake.inject({ kind, on: 'push', times: 1 })
      expect(await push('a')).toMatchObject({ success: false })
    }
    fake.inject({ kind: 'bad-gateway', times: 1 })
    await expect(call('GET', '')).rejects.toThrow()
    const statuses = fake.requests.filter(({ operation }) => operation === 'push').map(({ status }) => status)
    expect(statuses).toEqual([500, 200, 429, 429])
    expect(fake.depth('jobs')).toBe(0)
  })

  test('messages come twice, and in any order, the same for the same seed', async () => {
    const orders = await Promise.all(
      [7, 7].map(async (seed) => {
        const { fake, push, pull } = await startWithQueues({ seed })
        for (const text of ['a', 'b', 'c', 'd', 'e']) await push(text)
        fake.inject({ kind: 'reorder' })
        fake.inject({ kind: 'duplicate', times: 1 })
        return [await pull(), await pull()].map((messages) => messages.map(({ body }) => body).join(''))
      }),
    )
    const [first, second] = orders[0]!
    expect([...first!].toSorted()).toEqual([...second!].toSorted())
    expect(first).not.toBe('abcde')
    expect(orders[1]).toEqual(orders[0]!)
  })

  test('a restart keeps what a file holds: leases, delays and attempts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quill-fake-'))
    const stateFile = join(folder, 'state.db')
    const before = await startWithQueues({ stateFile })
    await before.push('leased')
    const [message] = await before.pull()
    await before.push('waiting')
    await before.fake.stop()
    running.delete(before.fake)
    const { call, fake } = await start({ stateFile, port: before.fake.port })
    const path = `/${before.queue_id}/messages`
    expect((await call('POST', `${path}/pull`, {})).result.messages).toMatchObject([{ body: 'waiting' }])
    expect((await call('POST', `${path}/ack`, { acks: [message] })).result.ackCount).toBe(1)
    expect(fake.depth('jobs')).toBe(1)
    await fake.stop()
    running.delete(fake)
    rmSync(folder, { recursive: true })
  })
})
