import { Type } from '@sinclair/typebox'
import type { CloudflareSettings } from '#src/queue-settings.ts'
import type { CloudflareApi } from './cloudflare-api.ts'
import { CloudflareError } from './cloudflare-errors.ts'

const API_URL = 'https://api.cloudflare.com/client/v4'
const QUEUES_PER_PAGE = 100
/** An account holds 10,000 queues at most. */
const PAGES_MAX = 100

/** A queue by its id where that is known, by its name where it must be looked up. */
export type QueueRef = { id: string } | { name: string }

export type QueueAddress = { queuesUrl: string; queue: QueueRef; deadLetters: QueueRef | undefined }

export const Queues = Type.Array(
  Type.Object({
    queue_id: Type.String(),
    queue_name: Type.String(),
    settings: Type.Optional(Type.Object({ delivery_paused: Type.Optional(Type.Boolean()) })),
  }),
)

/** Where the queue and its dead letters are. Without CF_QUEUE_URL that is Cloudflare. */
export function queueAddress(settings: CloudflareSettings): QueueAddress {
  const { accountId, queueName, queueUrl, queueId, deadLetterName } = settings
  const url = queueUrl ? splitQueueUrl(queueUrl) : undefined
  const last = url?.queue ?? queueName
  return {
    queuesUrl: url?.queuesUrl ?? `${API_URL}/accounts/${accountId}/queues`,
    queue: queueId ? { id: queueId } : isQueueId(last) ? { id: last } : { name: last },
    deadLetters: deadLetterName ? { name: deadLetterName } : undefined,
  }
}

/** The parts of a CF_QUEUE_URL; undefined when it is none. */
export function splitQueueUrl(text: string): { queuesUrl: string; queue: string } | undefined {
  const end = text.indexOf('/queues/')
  if (end < 0 || !URL.canParse(text)) return undefined
  const [queue = '', last = 'messages', ...more] = text.slice(end + '/queues/'.length).split('/')
  if (!/^[\w-]+$/.test(queue) || last !== 'messages' || more.length) return undefined
  return { queuesUrl: text.slice(0, end + '/queues'.length), queue }
}

export const isQueueId = (text: string) => /^[0-9a-f]{32}$/.test(text)

/** Looks the id up where the address has a name. Throws CloudflareError when the account has no such queue. */
export async function findQueueId(api: CloudflareApi, ref: QueueRef): Promise<string> {
  if ('id' in ref) return ref.id
  const queue = await findQueue(api, ref.name)
  if (queue) return queue.queue_id
  throw new CloudflareError(`find the queue "${ref.name}"`, {
    status: 404,
    code: 11_000,
    text: 'the account has no queue of this name',
  })
}

/** The queue of a name, if the account has it. Pages are read on in case the API does not filter by name. */
export async function findQueue(api: CloudflareApi, name: string) {
  for (let page = 1; page <= PAGES_MAX; page++) {
    const queues = await api.call({
      to: `find the queue "${name}"`,
      method: 'GET',
      path: `?page=${page}&per_page=${QUEUES_PER_PAGE}&name=${encodeURIComponent(name)}`,
      result: Queues,
    })
    const found = queues.find(({ queue_name }) => queue_name === name)
    if (found || queues.length < QUEUES_PER_PAGE) return found
  }
}
