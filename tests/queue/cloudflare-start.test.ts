import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cloudflareApi } from '#src/queue/cloudflare-api.ts'
import { provision } from '#src/queue/cloudflare-provision.ts'
import { type FakeQueues, startCloudflareQueues } from '#tests/fakes/cloudflare-queues.ts'
import { CONSUMER, quill, serve, start, temporaryFolder } from '../processes/processes.ts'
import { queuesUrlOf, settingsOf } from './cloudflare.ts'

let fake: FakeQueues
let production: Record<string, string>

beforeAll(async () => {
  fake = await startCloudflareQueues()
  const { token, queueName, deadLetterName, queueUrl, accountId } = settingsOf(fake)
  const api = cloudflareApi({ queuesUrl: queuesUrlOf(fake), token })
  await provision(api, { queueName, deadLetterName, leaseMs: 60_000 })
  production = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'info',
    CF_ACCOUNT_ID: accountId,
    CF_API_TOKEN: token.reveal(),
    CF_QUEUE_NAME: queueName,
    CF_QUEUE_DLQ: deadLetterName,
    CF_QUEUE_URL: queueUrl,
  }
})

afterAll(() => fake.stop())

const about = async (origin: string) => (await (await fetch(`${origin}/api/v1`)).json()) as { queue: string }

describe('production starts on the queue that was chosen, or says what is missing', () => {
  test('with nothing set it names all that is missing, the right, the section and the way out', async () => {
    using folder = temporaryFolder()
    const { code, output } = await quill(folder, ['serve'], { NODE_ENV: 'production' })
    expect(code).toBe(1)
    expect(output.match(/CF_\w+ is missing/g)).toEqual([
      'CF_ACCOUNT_ID is missing',
      'CF_API_TOKEN is missing',
      'CF_QUEUE_NAME is missing',
    ])
    for (const part of ['Queues › Edit', 'docs/DEPLOYMENT.md#cloudflare-queues', 'QUEUE=inline'])
      expect(output).toContain(part)
    expect(output).not.toContain('    at ')
  }, 30_000)

  for (const name of ['CF_ACCOUNT_ID', 'CF_API_TOKEN', 'CF_QUEUE_NAME'])
    test(`without ${name} it says that this one is missing`, async () => {
      using folder = temporaryFolder()
      const { code, output } = await quill(folder, ['api'], { ...production, [name]: '' })
      expect([code, output.match(/CF_\w+ is missing/g)]).toEqual([1, [`${name} is missing`]])
    }, 30_000)

  test('a single machine is a choice that is made in one word', async () => {
    using folder = temporaryFolder()
    const { server, origin } = await serve(folder, 'serve', { NODE_ENV: 'production', QUEUE: 'inline' })
    await using _server = server
    expect(await about(origin)).toMatchObject({ queue: 'inline' })
  }, 30_000)

  test('on Cloudflare the API says so, a worker takes jobs there, and the token is seen nowhere', async () => {
    using folder = temporaryFolder()
    const { server, origin } = await serve(folder, 'api', production)
    await using _server = server
    expect(await about(origin)).toMatchObject({ queue: 'cloudflare' })
    await using worker = start(folder, [CONSUMER], production)
    await worker.line(/takes jobs from the queue "quill-jobs" at Cloudflare/)
    const doctor = await quill(folder, ['doctor'], production)
    expect(doctor).toMatchObject({ code: 0, output: expect.stringContaining('✓ Consumer of "quill-jobs"') })
    worker.signal('SIGTERM')
    expect(await worker.exited).toBe(0)
    const said = server.output() + worker.output() + doctor.output
    expect(said).not.toContain(production.CF_API_TOKEN!)
  }, 30_000)

  test('a token that Cloudflare refuses, and a queue that it does not have, stop the start', async () => {
    using folder = temporaryFolder()
    const refused = await quill(folder, ['api'], { ...production, CF_API_TOKEN: 'another-token' })
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('Queues › Edit')])
    expect(refused.output).not.toContain('another-token')
    const elsewhere = {
      CF_QUEUE_NAME: 'elsewhere',
      CF_QUEUE_URL: production.CF_QUEUE_URL!.replace('jobs', 'gone'),
    }
    const missing = await quill(folder, ['worker'], { ...production, ...elsewhere })
    expect([missing.code, missing.output]).toEqual([1, expect.stringContaining('cloudflare-setup.ts')])
  }, 30_000)

  test('commands that touch no queue need none', async () => {
    using folder = temporaryFolder()
    expect((await quill(folder, ['migrate'], { NODE_ENV: 'production' })).code).toBe(0)
  }, 30_000)
})
