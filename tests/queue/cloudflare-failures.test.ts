import { describe, expect, test } from 'bun:test'
import { cloudflareApi } from '#src/queue/cloudflare-api.ts'
import { type Action, CloudflareError } from '#src/queue/cloudflare-errors.ts'
import { Secret } from '#src/secret.ts'
import type { FaultKind, Operation } from '#tests/fakes/cloudflare-queues-faults.ts'
import { type RefusalName, refusalNames } from '#tests/fakes/cloudflare-queues-refusals.ts'
import { ids, openCloudflare } from './cloudflare.ts'
import { pull } from './queue-contract.ts'

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
})

async function errorOf(work: Promise<unknown>): Promise<CloudflareError> {
  const error = await work.then(
    () => undefined,
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(CloudflareError)
  return error
}
