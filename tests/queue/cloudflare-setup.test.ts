import { afterEach, describe, expect, test } from 'bun:test'
import { setUp } from '#scripts/cloudflare-setup.ts'
import { examineCloudflare } from '#src/queue/cloudflare-examine.ts'
import { Secret } from '#src/secret.ts'
import { type FakeOptions, type FakeQueues, startCloudflareQueues } from '#tests/fakes/cloudflare-queues.ts'
import { settingsOf } from './cloudflare.ts'

const running: FakeQueues[] = []
afterEach(async () => {
  for (const fake of running.splice(0)) await fake.stop()
})

async function start(options: FakeOptions = {}) {
  const fake = await startCloudflareQueues(options)
  running.push(fake)
  const settings = settingsOf(fake)
  const env = {
    CF_ACCOUNT_ID: settings.accountId,
    CF_API_TOKEN: settings.token.reveal(),
    CF_QUEUE_NAME: settings.queueName,
    CF_QUEUE_DLQ: settings.deadLetterName,
    CF_QUEUE_URL: settings.queueUrl,
  }
  const setup = async (args: string[] = [], changes: Record<string, string> = {}) => {
    const lines: string[] = []
    const code = await setUp(args, { ...env, ...changes }, (line) => lines.push(line))
    return { code, text: lines.join('\n') }
  }
  const call = async (method: string, path: string, body?: object) => {
    const url = `${fake.url}/accounts/${fake.accountId}/queues${path}`
    const headers = { authorization: `Bearer ${fake.token}` }
    const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) })
    return ((await answer.json()) as { result: Queue[] }).result
  }
  return { fake, settings, setup, call }
}

type Queue = { queue_id: string; queue_name: string; consumers: { consumer_id: string }[] }

const written = (fake: FakeQueues) => fake.requests.filter(({ method }) => method !== 'GET').length

describe('the setup makes what is missing, once', () => {
  test('queue, dead letter queue and a consumer for each; a second run writes nothing', async () => {
    const { fake, setup, settings } = await start()
    const first = await setup()
    expect(first.code).toBe(0)
    expect(first.text.match(/^created/gm)).toHaveLength(4)
    expect(written(fake)).toBe(4)
    const second = await setup()
    expect(second.text.match(/^found/gm)).toHaveLength(4)
    expect(written(fake)).toBe(4)
    expect((await examineCloudflare(settings)).filter(({ problem }) => problem)).toEqual([])
  })

  test('--dry-run says what would be done, and does nothing', async () => {
    const { fake, setup, call } = await start()
    expect((await setup(['--dry-run'])).text.match(/^would create/gm)).toHaveLength(4)
    expect(written(fake)).toBe(0)
    expect(await call('GET', '')).toEqual([])
  })

  test('a consumer with other settings is changed', async () => {
    const { setup, call } = await start()
    await setup()
    const queue = (await call('GET', '')).find(({ queue_name }) => queue_name === 'quill-jobs')!
    const consumer = `/${queue.queue_id}/consumers/${queue.consumers[0]!.consumer_id}`
    await call('PUT', consumer, { type: 'http_pull', settings: { max_retries: 1 } })
    expect((await setup(['--dry-run'])).text).toContain('would change  http_pull consumer of "quill-jobs"')
    expect((await setup()).text).toMatch(/changed +http_pull consumer of "quill-jobs"/)
    expect((await setup()).text).not.toContain('changed')
  })

  test('a queue that belongs to a Worker is refused with the way out', async () => {
    const { setup, call } = await start()
    await call('POST', '', { queue_name: 'quill-jobs' })
    const [queue] = await call('GET', '')
    await call('POST', `/${queue!.queue_id}/consumers`, { type: 'worker', script_name: 'edge' })
    await expect(setup()).rejects.toThrow('wrangler queues consumer worker remove quill-jobs')
  })

  test('dead letters get a name of their own when none is set, and what is missing is listed', async () => {
    const { setup } = await start()
    expect((await setup([], { CF_QUEUE_DLQ: '' })).text).toContain('Now set CF_QUEUE_DLQ=quill-jobs-dead')
    const { code, text } = await setup([], { CF_API_TOKEN: '', CF_QUEUE_NAME: '' })
    expect(code).toBe(1)
    expect(text).toMatch(/CF_API_TOKEN is missing[\s\S]+CF_QUEUE_NAME is missing/)
    expect((await setup(['--help'])).text).toStartWith('Usage:')
    expect((await setup(['--destroy'])).code).toBe(2)
  })
})

describe('the examination finds what is wrong with the account', () => {
  const problemsOf = async (settings: Parameters<typeof examineCloudflare>[0]) =>
    (await examineCloudflare(settings)).flatMap(({ what, problem }) =>
      problem ? [`${what}: ${problem}`] : [],
    )

  test('all is well after the setup, and nothing is changed by looking', async () => {
    const { fake, settings, setup } = await start()
    await setup()
    const before = fake.requests.length
    const findings = await examineCloudflare(settings)
    expect(findings.map(({ what }) => what)).toEqual([
      'Cloudflare queue "quill-jobs"',
      'API token',
      'Consumer of "quill-jobs"',
      'Dead letter queue "quill-dead"',
      'Consumer of "quill-dead"',
    ])
    expect(findings.filter(({ problem }) => problem)).toEqual([])
    const writes = fake.requests.slice(before).filter(({ method }) => method !== 'GET')
    expect(writes.map(({ operation }) => operation)).toEqual(['ack'])
  })

  test('a queue, a token, a right, a consumer or dead letters that are missing', async () => {
    const { settings, setup, call } = await start({ tokens: { 'a-writing-token': 'write', reader: 'read' } })
    expect(await problemsOf(settings)).toEqual([expect.stringContaining('no queue of this name')])
    await setup()
    expect(await problemsOf({ ...settings, token: new Secret('nobody') })).toEqual([
      expect.stringContaining('Account › Queues › Edit'),
    ])
    expect(await problemsOf({ ...settings, token: new Secret('reader') })).toEqual([
      expect.stringMatching(/^API token: .*Queues › Edit/),
    ])
    expect(await problemsOf({ ...settings, deadLetterName: 'elsewhere' })).toEqual([
      expect.stringContaining('CF_QUEUE_DLQ is "elsewhere"'),
      expect.stringContaining('no queue of this name'),
    ])
    for (const queue of await call('GET', ''))
      await call('DELETE', `/${queue.queue_id}/consumers/${queue.consumers[0]!.consumer_id}`)
    expect(await problemsOf(settings)).toEqual([
      expect.stringContaining('Consumer of "quill-jobs": missing'),
      expect.stringContaining('Consumer of "quill-dead": missing'),
    ])
  })

  test('a queue that is paused is to be mended, and keeps nobody from starting', async () => {
    const { settings, setup, call } = await start()
    await setup()
    const queue = (await call('GET', '')).find(({ queue_name }) => queue_name === 'quill-jobs')!
    await call('PATCH', `/${queue.queue_id}`, { settings: { delivery_paused: true } })
    expect((await examineCloudflare(settings)).filter(({ problem }) => problem)).toMatchObject([
      {
        what: 'Cloudflare queue "quill-jobs"',
        problem: expect.stringContaining('quill queue resume'),
        isPassing: true,
      },
    ])
  })

  test('a Cloudflare that cannot be reached is told from one that refuses', async () => {
    const { fake, settings, setup } = await start()
    await setup()
    fake.inject({ kind: 'refused' })
    const clock = { now: fake.now, sleep: async (ms: number) => fake.advance(ms) }
    expect(await examineCloudflare(settings, clock)).toMatchObject([{ isPassing: true }])
  })
})
