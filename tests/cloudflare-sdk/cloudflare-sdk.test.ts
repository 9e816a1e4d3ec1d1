import { afterEach, describe, expect, test } from 'bun:test'
import { type FakeOptions, type FakeQueues, startCloudflareQueues } from '#tests/fakes/cloudflare-queues.ts'

// The client comes with its own test alone: it is large, and it is loaded by a name the type checker need not know.
const client = 'cloudflare'
const installed = Bun.spawnSync([process.execPath, 'install', '--frozen-lockfile'], { cwd: import.meta.dir })
if (!installed.success)
  console.log(`Skipped, for Cloudflare's client cannot be installed: ${installed.stderr}`)
const sdk = installed.success ? await import(client) : undefined

const running: FakeQueues[] = []
afterEach(async () => {
  for (const fake of running.splice(0)) await fake.stop()
})

/** A fake and Cloudflare's client for it, which does not try again unless told. */
async function start({ maxRetries = 0, ...options }: FakeOptions & { maxRetries?: number } = {}) {
  const fake = await startCloudflareQueues(options)
  running.push(fake)
  const { queues } = new sdk.default({ apiToken: fake.token, baseURL: fake.url, maxRetries })
  return { fake, queues, account_id: fake.accountId }
}

/** A queue that can be pulled, with dead letters. */
async function startWithQueue(options: FakeOptions & { maxRetries?: number } = {}) {
  const { fake, queues, account_id } = await start(options)
  const { queue_id } = await queues.create({ account_id, queue_name: 'jobs' })
  await queues.consumers.create(queue_id, {
    account_id,
    type: 'http_pull',
    dead_letter_queue: 'jobs-dead',
    settings: { max_retries: 2, visibility_timeout_ms: 5_000, batch_size: 10, retry_delay: 3 },
  })
  const { messages } = queues
  return {
    fake,
    queues,
    account_id,
    queue_id,
    messages,
    push: (body: object) => messages.push(queue_id, { account_id, body, content_type: 'json' }),
    pull: (options: object = {}) => messages.pull(queue_id, { account_id, ...options }),
  }
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(pages)
}

/** The status and the first code of a refusal, as the client reads them. */
async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (reason) => reason,
  )
  return { status: error?.status, code: error?.errors?.[0]?.code }
}

describe.skipIf(!sdk)("Cloudflare's own client finds in the fake what it expects of Queues", () => {
  test('queues are created, listed, read, replaced, changed, measured and deleted', async () => {
    const { queues, account_id } = await start()
    const { queue_id, queue_name, settings } = await queues.create({ account_id, queue_name: 'jobs' })
    expect(queue_id).toMatch(/^[0-9a-f]{32}$/)
    expect({ queue_name, settings }).toEqual({
      queue_name: 'jobs',
      settings: { delivery_delay: 0, delivery_paused: false, message_retention_period: 345_600 },
    })
    expect(await all(queues.list({ account_id }))).toHaveLength(1)
    const changed = await queues.edit(queue_id, { account_id, settings: { delivery_paused: true } })
    expect(changed.settings.delivery_paused).toBe(true)
    const replaced = await queues.update(queue_id, { account_id, settings: { delivery_delay: 7 } })
    expect(replaced.settings).toEqual({
      delivery_delay: 7,
      delivery_paused: false,
      message_retention_period: 345_600,
    })
    expect(await queues.get(queue_id, { account_id })).toEqual(replaced)
    expect(await queues.getMetrics(queue_id, { account_id })).toEqual({
      backlog_count: 0,
      backlog_bytes: 0,
      oldest_message_timestamp_ms: 0,
    })
    await queues.delete(queue_id, { account_id })
    expect(await all(queues.list({ account_id }))).toEqual([])
  })

  test('consumers are created, listed, read, replaced and deleted, and bring the dead letter queue along', async () => {
    const { queues, account_id, queue_id } = await startWithQueue()
    const [consumer] = await all<{ consumer_id: string }>(queues.consumers.list(queue_id, { account_id }))
    expect(consumer).toMatchObject({
      type: 'http_pull',
      queue_name: 'jobs',
      dead_letter_queue: 'jobs-dead',
      settings: { batch_size: 10, max_retries: 2, retry_delay: 3, visibility_timeout_ms: 5_000 },
    })
    expect((await all<{ queue_name: string }>(queues.list({ account_id }))).map((q) => q.queue_name)).toEqual(
      ['jobs', 'jobs-dead'],
    )
    const path = { account_id, queue_id }
    const id = consumer!.consumer_id
    const replaced = await queues.consumers.update(id, {
      ...path,
      type: 'http_pull',
      settings: { max_retries: 9 },
    })
    expect(replaced.settings.max_retries).toBe(9)
    expect(await queues.consumers.get(id, path)).toEqual(replaced)
    await queues.consumers.delete(id, path)
    expect(await all(queues.consumers.list(queue_id, { account_id }))).toEqual([])
  })

  test('messages are pushed alone and in batches, pulled with their content type, and acknowledged', async () => {
    const { fake, messages, account_id, queue_id, push, pull } = await startWithQueue()
    const { metadata } = await push({ job: 'job_1' })
    expect(metadata.metrics).toMatchObject({ backlog_count: 1, backlog_bytes: 115 })
    await messages.bulkPush(queue_id, {
      account_id,
      messages: [{ body: 'text as it is', content_type: 'text' }],
    })
    const pulled = await pull({ visibility_timeout_ms: 60_000 })
    expect(pulled.message_backlog_count).toBe(2)
    const [json, text] = pulled.messages
    expect(JSON.parse(atob(json.body))).toEqual({ job: 'job_1' })
    expect(json.metadata['CF-Content-Type']).toBe('json')
    expect(text).toMatchObject({
      body: 'text as it is',
      attempts: 1,
      metadata: { 'CF-Content-Type': 'text' },
    })
    const acks = [{ lease_id: json.lease_id }]
    const retries = [{ lease_id: text.lease_id, delay_seconds: 30 }]
    const settled = await messages.ack(queue_id, { account_id, acks, retries })
    expect(settled).toEqual({ ackCount: 1, retryCount: 1, warnings: {} })
    expect((await pull()).messages).toEqual([])
    fake.advance(30_000)
    expect((await pull()).messages).toMatchObject([{ id: text.id, attempts: 2 }])
  })

  test('messages are looked at without a lease, deleted one by one, and all at once', async () => {
    const { messages, queues, account_id, queue_id, push } = await startWithQueue()
    for (const job of ['a', 'b', 'c']) await push({ job })
    const seen = await messages.peek(queue_id, { account_id, batch_size: 2 })
    expect(seen.messages.map(({ attempts }: { attempts: number }) => attempts)).toEqual([0, 0])
    const { ref } = seen.messages[0]
    expect(await messages.purge(queue_id, { account_id, refs: [{ ref }] })).toEqual({
      errors: [],
      warnings: {},
    })
    expect(await queues.getMetrics(queue_id, { account_id })).toMatchObject({ backlog_count: 2 })
    await queues.purge.start(queue_id, { account_id, delete_messages_permanently: true })
    expect((await queues.purge.status(queue_id, { account_id })).completed).toBe('true')
    expect(await queues.getMetrics(queue_id, { account_id })).toMatchObject({ backlog_count: 0 })
  })

  test('refusals arrive as its own errors, with status and code', async () => {
    const { queues, messages, account_id, queue_id, push, pull } = await startWithQueue()
    const unknown = 'f'.repeat(32)
    const body = 'x'
    const batch = (count: number, size: number) =>
      messages.bulkPush(queue_id, {
        account_id,
        messages: Array.from({ length: count }, () => ({ body: 'x'.repeat(size), content_type: 'text' })),
      })
    const refusals = {
      unknownToQueues: await refusal(queues.get(unknown, { account_id })),
      unknownToGateway: await refusal(messages.pull(unknown, { account_id })),
      nameForId: await refusal(messages.push('jobs-dead', { account_id, body, content_type: 'text' })),
      taken: await refusal(queues.create({ account_id, queue_name: 'jobs' })),
      name: await refusal(queues.create({ account_id, queue_name: 'Not a name!' })),
      secondConsumer: await refusal(queues.consumers.create(queue_id, { account_id, type: 'http_pull' })),
      inUse: await refusal(queues.delete(queue_id, { account_id })),
      textAsJson: await refusal(messages.push(queue_id, { account_id, body, content_type: 'json' })),
      tooLarge: await refusal(push({ body: 'x'.repeat(128_000) })),
      batchTooLarge: await refusal(batch(3, 100_000)),
      batchTooLong: await refusal(batch(101, 1)),
      batchEmpty: await refusal(batch(0, 1)),
      delay: await refusal(messages.push(queue_id, { account_id, body: {}, delay_seconds: 43_201 })),
      otherAccount: await refusal(queues.list({ account_id: unknown }).then((page: unknown) => page)),
      visibility: await refusal(pull({ visibility_timeout_ms: 43_200_001 })),
    }
    expect(refusals).toEqual({
      unknownToQueues: { status: 404, code: 11_000 },
      unknownToGateway: { status: 404, code: 10_104 },
      nameForId: { status: 400, code: 10_107 },
      taken: { status: 409, code: 11_009 },
      name: { status: 400, code: 11_003 },
      secondConsumer: { status: 409, code: 11_004 },
      inUse: { status: 409, code: 11_005 },
      textAsJson: { status: 400, code: 10_207 },
      tooLarge: { status: 400, code: 10_204 },
      batchTooLarge: { status: 400, code: 10_205 },
      batchTooLong: { status: 400, code: 10_206 },
      batchEmpty: { status: 400, code: 10_206 },
      delay: { status: 400, code: 10_203 },
      otherAccount: { status: 403, code: 10_000 },
      visibility: { status: 400, code: 10_207 },
    })
  })

  test('a paused queue refuses to be pulled and takes messages all the same', async () => {
    const { queues, account_id, queue_id, push, pull } = await startWithQueue()
    await queues.edit(queue_id, { account_id, settings: { delivery_paused: true } })
    await push({ job: 'a' })
    expect(await refusal(pull())).toEqual({ status: 409, code: 0 })
    await queues.edit(queue_id, { account_id, settings: { delivery_paused: false } })
    expect((await pull()).messages).toHaveLength(1)
  })

  test('it comes again after a 429 that says when', async () => {
    const { fake, push } = await startWithQueue({ maxRetries: 1 })
    fake.inject({ kind: 'rateLimited', on: 'push', times: 1 })
    await push({ job: 'a' })
    const pushes = fake.requests.filter(({ operation }) => operation === 'push')
    expect(pushes.map(({ status }) => status)).toEqual([429, 200])
  })

  test('`success: false` under status 200 passes it by: who calls must look', async () => {
    const { fake, push } = await startWithQueue()
    fake.inject({ kind: 'unsuccessful', on: 'push', times: 1 })
    expect(await push({ job: 'a' })).toBeNull()
    expect(fake.depth('jobs')).toBe(0)
  })
})
