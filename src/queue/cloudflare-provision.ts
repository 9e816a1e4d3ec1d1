import { type Static, Type } from '@sinclair/typebox'
import { findQueue } from './cloudflare-address.ts'
import type { CloudflareApi } from './cloudflare-api.ts'

/**
 * How often Cloudflare delivers a message before it gives up: as often as it can. The row of a job decides sooner
 * whether it is dead, and a message that a worker of other kinds hands back counts as a delivery too.
 */
const RETRIES_MAX = 100
const BATCH_SIZE = 100

export type Plan = {
  queueName: string
  deadLetterName: string
  /** How long a delivery stays with who pulled it, unless the pull says otherwise. */
  leaseMs: number
}

/** What was found or done about one part of the plan. */
export type Step = { what: string; did: 'found' | 'created' | 'changed' | 'would create' | 'would change' }

export const Consumers = Type.Array(
  Type.Object({
    consumer_id: Type.String(),
    type: Type.Optional(Type.String()),
    dead_letter_queue: Type.Optional(Type.String()),
    settings: Type.Optional(
      Type.Object({
        batch_size: Type.Optional(Type.Number()),
        max_retries: Type.Optional(Type.Number()),
        visibility_timeout_ms: Type.Optional(Type.Number()),
      }),
    ),
  }),
)
export type Consumer = Static<typeof Consumers>[number]

const Created = Type.Object({ queue_id: Type.String() })

type Ensuring = { api: CloudflareApi; dryRun: boolean; steps: Step[] }

/**
 * Makes queue, dead letter queue and their http_pull consumers as planned, and leaves alone what is as planned. With
 * `dryRun` nothing is written. Throws CloudflareError, and an Error when a queue belongs to a Worker.
 */
export async function provision(api: CloudflareApi, plan: Plan, { dryRun = false } = {}): Promise<Step[]> {
  const steps: Step[] = []
  const ensuring = { api, dryRun, steps }
  const { queueName, deadLetterName, leaseMs } = plan
  const settings = { batch_size: BATCH_SIZE, max_retries: RETRIES_MAX, visibility_timeout_ms: leaseMs }
  const letters = await ensureQueue(ensuring, deadLetterName)
  await ensureConsumer(ensuring, { name: deadLetterName, id: letters, wanted: { settings } })
  const jobs = await ensureQueue(ensuring, queueName)
  const wanted = { dead_letter_queue: deadLetterName, settings }
  await ensureConsumer(ensuring, { name: queueName, id: jobs, wanted })
  return steps
}

export function listConsumers(api: CloudflareApi, { id, name }: { id: string; name: string }) {
  const path = `/${id}/consumers`
  return api.call({ to: `list the consumers of "${name}"`, method: 'GET', path, result: Consumers })
}

/** The queue's id; undefined when it would have to be made. */
async function ensureQueue({ api, dryRun, steps }: Ensuring, name: string): Promise<string | undefined> {
  const what = `queue "${name}"`
  const found = await findQueue(api, name)
  if (found) {
    steps.push({ what, did: 'found' })
    return found.queue_id
  }
  steps.push({ what, did: dryRun ? 'would create' : 'created' })
  if (dryRun) return undefined
  const body = { queue_name: name }
  return (await api.call({ to: `create the queue "${name}"`, path: '', body, result: Created })).queue_id
}

type Wanted = { dead_letter_queue?: string; settings: NonNullable<Consumer['settings']> }

async function ensureConsumer(
  { api, dryRun, steps }: Ensuring,
  { name, id, wanted }: { name: string; id: string | undefined; wanted: Wanted },
) {
  const what = `http_pull consumer of "${name}"`
  const [current] = id ? await listConsumers(api, { id, name }) : []
  if (current && current.type !== 'http_pull')
    throw new Error(
      `The queue "${name}" belongs to a Worker, and a queue has one consumer: remove it with ` +
        `\`wrangler queues consumer worker remove ${name} <worker>\`, or name another queue.`,
    )
  if (current && isAsWanted(current, wanted)) {
    steps.push({ what, did: 'found' })
    return
  }
  if (dryRun || !id) {
    steps.push({ what, did: current ? 'would change' : 'would create' })
    return
  }
  await api.call({
    to: `set the consumer of "${name}"`,
    method: current ? 'PUT' : 'POST',
    path: `/${id}/consumers${current ? `/${current.consumer_id}` : ''}`,
    body: { type: 'http_pull', ...wanted },
    result: Type.Unknown(),
  })
  steps.push({ what, did: current ? 'changed' : 'created' })
}

function isAsWanted({ dead_letter_queue = '', settings = {} }: Consumer, wanted: Wanted): boolean {
  const { batch_size, max_retries, visibility_timeout_ms } = wanted.settings
  return (
    dead_letter_queue === (wanted.dead_letter_queue ?? '') &&
    settings.batch_size === batch_size &&
    settings.max_retries === max_retries &&
    settings.visibility_timeout_ms === visibility_timeout_ms
  )
}
