import { Type } from '@sinclair/typebox'
import type { CloudflareSettings } from '#src/queue-settings.ts'
import { findQueueId, type QueueRef, queueAddress } from './cloudflare-address.ts'
import { type CloudflareApi, cloudflareApi } from './cloudflare-api.ts'
import { queueCalls } from './cloudflare-calls.ts'
import { type Clock, realClock } from './cloudflare-clock.ts'
import { CloudflareError } from './cloudflare-errors.ts'
import { listConsumers } from './cloudflare-provision.ts'

/** One thing that was looked at: with what is wrong, or with what was found. */
export type Finding = {
  what: string
  problem?: string
  detail?: string
  /** It keeps nobody from starting: Cloudflare could not be asked, or somebody paused the queue. */
  isPassing?: boolean
}

const PAUSED = 'paused, so that it delivers nothing. Run `quill queue resume`, or resume it in the dashboard.'
const SETUP = 'Run `bun scripts/cloudflare-setup.ts`.'

/** Asks Cloudflare itself whether the queue can be used: token, queue, consumer, dead letters. Changes nothing. */
export async function examineCloudflare(
  settings: CloudflareSettings,
  clock: Clock = realClock,
): Promise<Finding[]> {
  const { queuesUrl, queue, deadLetters } = queueAddress(settings)
  const api = cloudflareApi({ queuesUrl, token: settings.token, clock })
  const { queueName: name, deadLetterName } = settings
  const found = await examineQueue(api, queue, { what: `Cloudflare queue "${name}"`, clock })
  if (!('id' in found)) return [found]
  const { id, ...finding } = found
  const token = await attempt('API token', () => examineToken(api, id))
  if (token.problem) return [finding, token]
  const consumer = await examineConsumer(api, { id, name, deadLetterName })
  return [finding, token, consumer, ...(await examineDeadLetters(api, deadLetters, clock))]
}

/** A queue with its id, or why it has none. */
function examineQueue(api: CloudflareApi, ref: QueueRef, { what, clock }: { what: string; clock: Clock }) {
  return attempt(what, async () => {
    const id = await findQueueId(api, ref)
    const calls = queueCalls(api, (use) => use(id))
    const { waiting } = await calls.depth(clock.now())
    const pause = (await calls.isPaused()) ? { problem: PAUSED, isPassing: true } : {}
    return { what, detail: `${id}, ${waiting} messages`, id, ...pause }
  })
}

/** Acknowledging nothing needs the right to write and does nothing. */
async function examineToken(api: CloudflareApi, id: string): Promise<Finding> {
  const body = { acks: [], retries: [] }
  const path = `/${id}/messages/ack`
  await api.call({ to: 'acknowledge nothing, as a test', path, body, result: Type.Unknown() })
  return { what: 'API token', detail: 'may read and write queues' }
}

type Expected = { id: string; name: string; deadLetterName?: string }

async function examineConsumer(
  api: CloudflareApi,
  { id, name, deadLetterName = '' }: Expected,
): Promise<Finding> {
  const what = `Consumer of "${name}"`
  return attempt(what, async () => {
    const [consumer] = await listConsumers(api, { id, name })
    if (!consumer) return { what, problem: `missing. ${SETUP}` }
    if (consumer.type !== 'http_pull')
      return { what, problem: `a Worker, and a queue has one consumer: remove it. ${SETUP}` }
    const { dead_letter_queue = '', settings } = consumer
    if (deadLetterName && dead_letter_queue !== deadLetterName)
      return {
        what,
        problem: `its dead letters go to "${dead_letter_queue}", but CF_QUEUE_DLQ is "${deadLetterName}". ${SETUP}`,
      }
    return { what, detail: `http_pull, ${settings?.max_retries ?? '?'} retries` }
  })
}

async function examineDeadLetters(
  api: CloudflareApi,
  ref: QueueRef | undefined,
  clock: Clock,
): Promise<Finding[]> {
  if (!ref) return [{ what: 'Dead letter queue', detail: 'none: CF_QUEUE_DLQ is not set' }]
  const name = 'name' in ref ? ref.name : ref.id
  const found = await examineQueue(api, ref, { what: `Dead letter queue "${name}"`, clock })
  if (!('id' in found)) return [found]
  const { id, ...finding } = found
  return [finding, await examineConsumer(api, { id, name })]
}

/** What `look` found, or why it could not. */
async function attempt<T extends Finding>(what: string, look: () => Promise<T>): Promise<T | Finding> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof CloudflareError)) throw error
    return { what, problem: error.message, isPassing: error.action === 'again' || error.action === 'later' }
  }
}
