import { expect, test } from 'bun:test'
import type { Queue } from '#src/queue/queue.ts'
import type { FaultKind } from '#tests/fakes/cloudflare-queues-faults.ts'
import { type OpenCloudflare, openCloudflare } from './cloudflare.ts'
import { pull } from './queue-contract.ts'

const JOBS = 240
const SEEDS = [1, 2, 3, 4]
const ROUNDS_MAX = 2_000
const KINDS: FaultKind[] = [
  'lost-answer',
  'refused',
  'internal',
  'bad-gateway',
  'unsuccessful',
  'rateLimited',
  'overloaded',
  'disabled',
  'duplicate',
  'reorder',
]

for (const seed of SEEDS)
  test(`with every fault at once nothing is lost, and what is done stays done (seed ${seed})`, async () => {
    await using opened = await openCloudflare({ seed })
    for (const kind of KINDS) opened.fake.inject({ kind, chance: 0.08 })
    const [producer, consumer] = [opened.queue, await opened.another()]
    const sent = await sendAll(producer)
    const delivered = await takeAll(consumer, opened, sent.size)
    expect(delivered).toEqual(sent)
    opened.fake.heal()
    await settleRest(consumer, opened)
    expect([opened.fake.depth('quill-jobs'), opened.fake.depth('quill-dead')]).toEqual([0, 0])
  })

/** Sends in groups of every size, each again until it is known to have arrived. */
async function sendAll(queue: Queue): Promise<Set<string>> {
  const ids = Array.from({ length: JOBS }, (_, index) => `job_${index}`)
  for (let from = 0, size = 1; from < ids.length; from += size, size = (size * 2) % 127)
    await again(() => queue.send(ids.slice(from, from + size)))
  return new Set(ids)
}

/** Pulls and acknowledges until every job was seen; time passes where nothing comes. */
async function takeAll(queue: Queue, opened: OpenCloudflare, count: number): Promise<Set<string>> {
  const seen = new Set<string>()
  for (let rounds = 0; seen.size < count && rounds < ROUNDS_MAX; rounds++) {
    const deliveries = await pull(queue, 7).catch(() => [])
    for (const { jobId } of deliveries) seen.add(jobId)
    if (rounds % 5 > 0) await queue.settle({ acknowledged: deliveries }).catch(() => {})
    if (deliveries.length === 0) await opened.advance(opened.leaseMs / 10)
  }
  return seen
}

/** What was acknowledged into the void comes again, and is acknowledged once more. */
async function settleRest(queue: Queue, opened: OpenCloudflare) {
  for (let rounds = 0; opened.fake.depth('quill-jobs') > 0 && rounds < ROUNDS_MAX; rounds++) {
    await queue.settle({ acknowledged: await pull(queue, 100) })
    await opened.advance(opened.leaseMs)
  }
}

async function again(work: () => Promise<void>) {
  for (let tries = 0; tries < ROUNDS_MAX; tries++)
    if (
      await work().then(
        () => true,
        () => false,
      )
    )
      return
}
