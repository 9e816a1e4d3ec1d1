import type { Log } from '#src/log.ts'
import type { CloudflareSettings } from '#src/queue-settings.ts'
import type { Bell } from './bell.ts'
import { queueAddress } from './cloudflare-address.ts'
import { cloudflareApi } from './cloudflare-api.ts'
import { type QueueCalls, queueCalls, type Settled } from './cloudflare-calls.ts'
import { type Clock, realClock } from './cloudflare-clock.ts'
import { CloudflareError } from './cloudflare-errors.ts'
import { queueFinder } from './cloudflare-finder.ts'
import { type Idle, idleness } from './cloudflare-idle.ts'
import { decodeMessage, delaySeconds, encodeMessage, type PulledMessage } from './cloudflare-messages.ts'
import type { Delivery, PullOptions, Queue } from './queue.ts'

/**
 * How long a message stays with who pulled it. A lease cannot be prolonged, so it is longer than any kind of job may
 * take; a worker that died is noticed sooner, by the lease in the row of its job.
 */
export const DELIVERY_LEASE_MS = 30 * 60_000
/** How long a message that could not be delivered stays with who looks at it. */
const DEAD_LETTER_LEASE_MS = 5 * 60_000

export type CloudflareQueueOptions = CloudflareSettings & {
  log: Log
  /** How long a delivery that nobody settles stays away; up to 12 hours. */
  leaseMs?: number
  /** Rung when messages were sent: workers on this machine need not wait for their next look. */
  bell?: Bell
  clock?: Clock
}

type Parts = { jobs: QueueCalls; idle: Idle; clock: Clock; log: Log; leaseMs: number }

/**
 * Cloudflare Queues over its REST API, https://developers.cloudflare.com/queues/. Names are looked up at the
 * first call, and again when a queue was made anew. Failures are CloudflareErrors, which say what to do.
 */
export function cloudflareQueue(options: CloudflareQueueOptions): Queue {
  const { log, token, bell, leaseMs = DELIVERY_LEASE_MS, clock = realClock } = options
  const { queuesUrl, queue, deadLetters } = queueAddress(options)
  const api = cloudflareApi({ queuesUrl, token, clock })
  const jobs = queueCalls(api, queueFinder(api, queue, { clock, log }))
  const letters = deadLetters && queueCalls(api, queueFinder(api, deadLetters, { clock, log }))
  const idle = idleness(clock)
  const stopListening = bell?.listen(idle.stir)
  const parts: Parts = { jobs, idle, clock, log, leaseMs }

  return {
    name: 'cloudflare',
    async send(jobIds, { delayMs = 0 } = {}) {
      const now = clock.now()
      await jobs.push(jobIds.map((id) => encodeMessage(id, { delayMs, now })))
      if (delayMs > 0 || jobIds.length === 0) return
      idle.stir()
      bell?.ring()
    },
    pull: (wish) => pullWhen(parts, wish),
    async settle({ acknowledged = [], retried = [] }) {
      const retries = retried.map(({ delivery: { receipt }, delayMs }) => ({
        lease_id: receipt,
        delay_seconds: delaySeconds(delayMs),
      }))
      await jobs.settle([...acknowledged.map(toAck), ...retries])
      if (retried.some(({ delayMs }) => delayMs === 0)) idle.stir()
    },
    undeliverable: {
      async pull(max) {
        if (!letters) return []
        const messages = await letters.pull({ max, leaseMs: DEAD_LETTER_LEASE_MS })
        return toDeliveries(messages, { ...parts, jobs: letters })
      },
      async acknowledge(deliveries) {
        await letters?.settle(deliveries.map(toAck))
      },
    },
    depth: () => jobs.depth(clock.now()),
    pause: () => jobs.setPaused(true),
    async resume() {
      await jobs.setPaused(false)
      idle.stir()
    },
    isPaused: jobs.isPaused,
    async close() {
      stopListening?.()
      idle.close()
      const reason = new Error('The queue was closed before it could pass this on.')
      jobs.close(reason)
      letters?.close(reason)
    },
  }
}

/** Looks, and looks again at growing intervals until something comes or the wait is over. */
async function pullWhen(parts: Parts, { max, waitMs, signal }: PullOptions): Promise<Delivery[]> {
  const { idle, clock } = parts
  const deadline = clock.now() + waitMs
  while (!idle.isClosed() && !signal.aborted) {
    if (waitMs === 0 || idle.nextLookAt() <= clock.now()) {
      const deliveries = await look(parts, max)
      if (deliveries.length) return deliveries
    }
    const now = clock.now()
    if (now >= deadline) break
    await idle.rest(Math.min(deadline, idle.nextLookAt()) - now, signal)
  }
  return []
}

/** Looks once. While the queue is paused, or Cloudflare wants to be left alone, there is nothing. */
async function look(parts: Parts, max: number): Promise<Delivery[]> {
  const { jobs, idle, log, leaseMs } = parts
  let messages: PulledMessage[]
  try {
    messages = await jobs.pull({ max, leaseMs })
  } catch (error) {
    if (!(error instanceof CloudflareError) || error.action !== 'later') throw error
    if (!error.isPause) log.warn({ code: error.code, docs: error.docs }, error.message)
    idle.tire(error.retryAfterMs)
    return []
  }
  if (messages.length) idle.stir()
  else idle.tire()
  return toDeliveries(messages, parts)
}

/**
 * Drops what is no message of Quill's and what says the same as another, and puts back what is due later than one
 * delay can reach.
 */
async function toDeliveries(messages: PulledMessage[], { jobs, clock, log }: Parts): Promise<Delivery[]> {
  const now = clock.now()
  const settled: Settled[] = []
  const deliveries = new Map<string, Delivery>()
  for (const message of messages) {
    const { lease_id, attempts = 1 } = message
    const content = decodeMessage(message)
    const earlyMs = (content?.dueAt ?? now) - now
    if (!content) {
      log.warn({ metadata: message.metadata }, 'a message that is not of Quill was taken off the queue')
      settled.push({ lease_id })
    } else if (earlyMs > 0) settled.push({ lease_id, delay_seconds: delaySeconds(earlyMs) })
    else if (deliveries.has(content.jobId)) settled.push({ lease_id })
    else deliveries.set(content.jobId, { jobId: content.jobId, receipt: lease_id, attempts })
  }
  // What cannot be put in order now comes again; the deliveries beside it must not wait for that.
  await jobs.settle(settled).catch((error) => log.warn({ err: error }, 'messages could not be set aside'))
  return [...deliveries.values()]
}

const toAck = ({ receipt }: Delivery): Settled => ({ lease_id: receipt })
