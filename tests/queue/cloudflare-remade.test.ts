import { expect, test } from 'bun:test'
import { cloudflareApi } from '#src/queue/cloudflare-api.ts'
import { CloudflareError } from '#src/queue/cloudflare-errors.ts'
import { LOOK_AGAIN_MS } from '#src/queue/cloudflare-finder.ts'
import { provision } from '#src/queue/cloudflare-provision.ts'
import { ids, openCloudflare, queuesUrlOf } from './cloudflare.ts'
import { pull } from './queue-contract.ts'

type Opened = Awaited<ReturnType<typeof openCloudflare>>

/** Deletes every queue with its consumer, as a person does in the dashboard. */
async function deleteQueues({ fake }: Opened) {
  const call = async (method: string, path: string) => {
    const headers = { authorization: `Bearer ${fake.token}` }
    return (await (await fetch(queuesUrlOf(fake) + path, { method, headers })).json()) as {
      result: { queue_id: string; consumers: { consumer_id: string }[] }[]
    }
  }
  const { result: queues } = await call('GET', '')
  for (const { queue_id, consumers } of queues)
    for (const { consumer_id } of consumers) await call('DELETE', `/${queue_id}/consumers/${consumer_id}`)
  for (const { queue_id } of queues) await call('DELETE', `/${queue_id}`)
}

const makeQueues = ({ fake, settings, leaseMs }: Opened) =>
  provision(cloudflareApi({ queuesUrl: queuesUrlOf(fake), token: settings.token }), {
    queueName: settings.queueName,
    deadLetterName: settings.deadLetterName,
    leaseMs,
  })

/** How often the queues were listed, since the last time. */
function lookUps({ fake }: Opened): number {
  const listed = fake.requests.filter(({ method, path }) => method === 'GET' && path.endsWith('/queues'))
  fake.requests.length = 0
  return listed.length
}

test('a queue that was deleted and made anew is found again without a restart, by whoever is first for all', async () => {
  await using opened = await openCloudflare()
  const { queue } = opened
  await queue.send(ids(1))
  await queue.undeliverable.pull(1)
  await deleteQueues(opened)
  await makeQueues(opened)
  await opened.advance(LOOK_AGAIN_MS)
  lookUps(opened)
  await Promise.all([queue.send(ids(2)), queue.depth(), queue.isPaused()])
  expect(lookUps(opened)).toBe(1)
  expect((await pull(queue)).map(({ jobId }) => jobId)).toEqual(ids(2))
  expect(await queue.undeliverable.pull(1)).toEqual([])
  expect(lookUps(opened)).toBe(1)
})

test('one that is gone is looked for twice a minute at most, and used as soon as it is there', async () => {
  await using opened = await openCloudflare()
  const { queue } = opened
  await queue.send(ids(1))
  await deleteQueues(opened)
  lookUps(opened)
  for (let seconds = 0; seconds < 300; seconds++) {
    const error = await pull(queue).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(CloudflareError)
    await opened.advance(1_000)
  }
  expect(lookUps(opened)).toBeLessThanOrEqual(300_000 / LOOK_AGAIN_MS)
  await makeQueues(opened)
  await opened.advance(LOOK_AGAIN_MS)
  await queue.send(ids(1))
  expect(await pull(queue)).toHaveLength(1)
})

test('a queue that is named by its id alone is not sought under another', async () => {
  await using opened = await openCloudflare()
  await opened.queue.send(ids(1))
  const { path } = opened.fake.requests.find(({ operation }) => operation === 'push')!
  const [, queueId] = /queues\/(\w+)\//.exec(path)!
  const named = await opened.another({ queueId })
  await deleteQueues(opened)
  await makeQueues(opened)
  await opened.advance(LOOK_AGAIN_MS)
  lookUps(opened)
  await expect(named.send(ids(1))).rejects.toThrow('code 10104')
  expect(lookUps(opened)).toBe(0)
})

test('whatever else is refused is no reason to look again', async () => {
  await using opened = await openCloudflare()
  await opened.queue.send(ids(1))
  await opened.advance(LOOK_AGAIN_MS)
  lookUps(opened)
  for (const kind of ['notPullable', 'unauthorized', 'internal', 'noRoute'] as const) {
    opened.fake.inject({ kind, on: 'pull', times: 1 })
    await expect(pull(opened.queue)).rejects.toThrow(CloudflareError)
  }
  expect(lookUps(opened)).toBe(0)
})
