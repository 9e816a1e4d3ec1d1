import { Type } from '@sinclair/typebox'
import type { CloudflareApi } from './cloudflare-api.ts'
import { inBatches } from './cloudflare-batches.ts'
import type { WithQueue } from './cloudflare-finder.ts'
import type { PulledMessage, PushedMessage } from './cloudflare-messages.ts'
import type { Depth } from './queue.ts'

/** Messages a call: the limit of pushes and of pulls. */
const MESSAGES_MAX = 100

const Nothing = Type.Unknown()
const Pulled = Type.Object({
  messages: Type.Array(
    Type.Object({
      body: Type.Optional(Type.Unknown()),
      lease_id: Type.String(),
      attempts: Type.Optional(Type.Integer()),
      metadata: Type.Optional(Type.Unknown()),
    }),
  ),
})
const Metrics = Type.Object({ backlog_count: Type.Number(), oldest_message_timestamp_ms: Type.Number() })
const Settings = Type.Object({ settings: Type.Object({ delivery_paused: Type.Optional(Type.Boolean()) }) })

/** An acknowledgement, or with a delay the wish to have it again. */
export type Settled = { lease_id: string; delay_seconds?: number }

export type QueueCalls = {
  push(messages: readonly PushedMessage[]): Promise<void>
  pull(options: { max: number; leaseMs: number }): Promise<PulledMessage[]>
  settle(settled: readonly Settled[]): Promise<void>
  depth(now: number): Promise<Depth>
  isPaused(): Promise<boolean>
  setPaused(paused: boolean): Promise<void>
  close(reason: Error): void
}

/** What can be asked of one queue. Pushes and settlements are gathered into as few calls as there need be. */
export function queueCalls(api: CloudflareApi, withQueue: WithQueue): QueueCalls {
  const pushes = inBatches<PushedMessage>({ max: MESSAGES_MAX, pass: push })
  const settlements = inBatches<Settled>({ max: MESSAGES_MAX, pass: settle })

  return {
    push: pushes.add,
    settle: settlements.add,
    pull,
    async depth(now) {
      const to = 'tell the depth of the queue'
      const metrics = await withQueue((id) =>
        api.call({ to, method: 'GET', path: `/${id}/metrics`, result: Metrics }),
      )
      const oldestAt = metrics.oldest_message_timestamp_ms
      return { waiting: metrics.backlog_count, oldestAgeMs: oldestAt && Math.max(0, now - oldestAt) }
    },
    async isPaused() {
      const to = 'tell whether the queue is paused'
      const { settings } = await withQueue((id) =>
        api.call({ to, method: 'GET', path: `/${id}`, result: Settings }),
      )
      return settings.delivery_paused ?? false
    },
    async setPaused(paused) {
      const to = paused ? 'pause the queue' : 'resume the queue'
      const body = { settings: { delivery_paused: paused } }
      await withQueue((id) => api.call({ to, method: 'PATCH', path: `/${id}`, body, result: Nothing }))
    },
    close(reason) {
      pushes.close(reason)
      settlements.close(reason)
    },
  }

  async function push(messages: PushedMessage[]) {
    const body = { messages }
    await withQueue((id) =>
      api.call({ to: 'take messages', path: `/${id}/messages/batch`, body, result: Nothing }),
    )
  }

  // Not repeated: a lost answer has leased messages that nobody knows of, and a second pull would lease others.
  async function pull({ max, leaseMs }: { max: number; leaseMs: number }) {
    const { messages } = await withQueue((id) =>
      api.call({
        to: 'deliver messages',
        path: `/${id}/messages/pull`,
        body: { batch_size: Math.min(max, MESSAGES_MAX), visibility_timeout_ms: leaseMs },
        result: Pulled,
        once: true,
        uncounted: true,
      }),
    )
    return messages
  }

  async function settle(settled: Settled[]) {
    const retries = settled.filter(({ delay_seconds }) => delay_seconds !== undefined)
    const acks = settled.filter(({ delay_seconds }) => delay_seconds === undefined)
    await withQueue((id) =>
      api.call({
        to: 'settle deliveries',
        path: `/${id}/messages/ack`,
        body: { acks, retries },
        result: Nothing,
        uncounted: true,
      }),
    )
  }
}
