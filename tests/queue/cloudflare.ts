import { connect } from '#db/connect.ts'
import { createLog, type Log } from '#src/log.ts'
import type { Bell } from '#src/queue/bell.ts'
import { cloudflareQueue } from '#src/queue/cloudflare.ts'
import { cloudflareApi } from '#src/queue/cloudflare-api.ts'
import { provision } from '#src/queue/cloudflare-provision.ts'
import type { Queue } from '#src/queue/queue.ts'
import type { CloudflareSettings } from '#src/queue-settings.ts'
import { Secret } from '#src/secret.ts'
import { type FakeOptions, type FakeQueues, startCloudflareQueues } from '#tests/fakes/cloudflare-queues.ts'
import type { OpenQueue } from './queue-contract.ts'

const LEASE_MS = 60_000

type Opening = FakeOptions & { log?: Log; bell?: Bell }

export type OpenCloudflare = OpenQueue & {
  /** As another process sees it, with other settings where it has them. */
  another(others?: Partial<CloudflareSettings>): Promise<Queue>
  fake: FakeQueues
  /** The settings that lead to the fake. */
  settings: ReturnType<typeof settingsOf>
}

/** The backend over a fake of Cloudflare Queues with its queues made, whose clock both go by. Nothing is slept. */
export async function openCloudflare({ log = createLog('silent'), bell, ...options }: Opening = {}) {
  const fake = await startCloudflareQueues(options)
  const { db, close } = connect(':memory:')
  const settings = settingsOf(fake)
  const clock = {
    now: fake.now,
    sleep: async (ms: number) => fake.advance(ms),
  }
  const api = cloudflareApi({ queuesUrl: queuesUrlOf(fake), token: settings.token, clock })
  await provision(api, { queueName: 'quill-jobs', deadLetterName: 'quill-dead', leaseMs: LEASE_MS })
  fake.requests.length = 0
  const queues: Queue[] = []
  const another = async (others: Partial<CloudflareSettings> = {}) => {
    const queue = cloudflareQueue({ ...settings, ...others, log, bell, leaseMs: LEASE_MS, clock })
    queues.push(queue)
    return queue
  }
  const opened: OpenCloudflare = {
    db,
    fake,
    settings,
    queue: await another(),
    another,
    leaseMs: LEASE_MS,
    advance: fake.advance,
    async [Symbol.asyncDispose]() {
      for (const queue of queues) await queue.close()
      await fake.stop()
      close()
    },
  }
  return opened
}

export const queuesUrlOf = ({ url, accountId }: FakeQueues) => `${url}/accounts/${accountId}/queues`

/** How the settings would name the fake. */
export const settingsOf = (fake: FakeQueues) => ({
  accountId: fake.accountId,
  token: new Secret(fake.token),
  queueName: 'quill-jobs',
  deadLetterName: 'quill-dead',
  queueUrl: `${queuesUrlOf(fake)}/quill-jobs/messages`,
})

/** Ids of jobs, each as long as a real one. */
export const ids = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `job_${String(from + index).padStart(26, '0')}`)
