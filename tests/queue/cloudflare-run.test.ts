import { expect, test } from 'bun:test'
import { createLog } from '#src/log.ts'
import { cloudflareQueue } from '#src/queue/cloudflare.ts'
import { cloudflareApi } from '#src/queue/cloudflare-api.ts'
import { provision } from '#src/queue/cloudflare-provision.ts'
import { startCloudflareQueues } from '#tests/fakes/cloudflare-queues.ts'
import { talk } from '../material.ts'
import {
  CONSUMER,
  clientFor,
  serve,
  start,
  startRun,
  temporaryFolder,
  untilSucceeded,
} from '../processes/processes.ts'
import { queuesUrlOf, settingsOf } from './cloudflare.ts'
import { pull } from './queue-contract.ts'

test('a post is written by two workers that hear of its jobs through Cloudflare, lost answers and all', async () => {
  using folder = temporaryFolder()
  await using fake = await startCloudflareQueues()
  const { token, queueName, deadLetterName, queueUrl, accountId } = settingsOf(fake)
  const api = cloudflareApi({ queuesUrl: queuesUrlOf(fake), token })
  await provision(api, { queueName, deadLetterName, leaseMs: 60_000 })
  for (const kind of ['lost-answer', 'duplicate', 'internal'] as const)
    fake.inject({ kind, on: kind === 'duplicate' ? 'pull' : 'push', chance: 0.2 })
  const env = {
    USE_INLINE_QUEUE: 'false',
    CF_ACCOUNT_ID: accountId,
    CF_API_TOKEN: token.reveal(),
    CF_QUEUE_NAME: queueName,
    CF_QUEUE_DLQ: deadLetterName,
    CF_QUEUE_URL: queueUrl,
  }
  const { server, origin } = await serve(folder, 'api', env)
  await using _server = server
  await using first = start(folder, [CONSUMER], env)
  await using second = start(folder, [CONSUMER], env)
  await Promise.all([first, second].map((worker) => worker.line(/takes jobs from the queue/)))
  const call = await clientFor(folder, origin)
  const { runId, documentId } = await startRun(call, talk)
  await untilSucceeded(call, runId)
  const versions = await call('GET', `/api/v1/documents/${documentId}/versions`)
  expect(versions.body.items).toHaveLength(1)
  for (const worker of [first, second]) worker.signal('SIGTERM')
  expect(await Promise.all([first.exited, second.exited])).toEqual([0, 0])
  // What is left are second messages of jobs that were done meanwhile; none is held by a worker that has gone.
  fake.heal()
  const queue = cloudflareQueue({ ...settingsOf(fake), log: createLog('silent') })
  const left = await pull(queue, 100)
  await queue.settle({ acknowledged: left })
  expect([fake.depth(queueName), fake.depth(deadLetterName)]).toEqual([0, 0])
  for (const { jobId } of left)
    expect((await call('GET', `/api/v1/jobs/${jobId}`)).body.state).toBe('succeeded')
}, 60_000)
