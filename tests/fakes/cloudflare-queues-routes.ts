import type { Fields } from './cloudflare-queues-fields.ts'
import * as manage from './cloudflare-queues-manage.ts'
import * as messages from './cloudflare-queues-messages.ts'
import { Refusal } from './cloudflare-queues-refusals.ts'
import { backlog, type FakeState, findQueue, type QueueRow } from './cloudflare-queues-state.ts'

const ID_LENGTH_MAX = 32

export type Answer = { result: unknown; result_info?: object }

export type RoutedCall = {
  method: string
  pathname: string
  searchParams: URLSearchParams
  /** The body's fields. Throws when it is no JSON object. */
  fields(): Fields
  delivery: messages.Delivery
  /** Counts messages of a queue against its limit of each second. */
  count(queueId: string, messages: number): void
}

/** Finds who answers a call below `/client/v4/accounts/{account}`. Throws a refusal. */
export function route(state: FakeState, call: RoutedCall): Answer {
  const [, , , , , collection, id, ...rest] = call.pathname.split('/')
  if (collection !== 'queues') throw new Refusal('noRoute')
  if (id === undefined) return account(state, call)
  const room = rest[0] === 'messages' ? ('gateway' as const) : ('management' as const)
  const queue = requireQueue(state, decodeURIComponent(id), room)
  messages.sweep(state, queue)
  return { result: state.db.transaction(() => ofQueue(state, call, { queue, rest }))() }
}

function account(state: FakeState, { method, searchParams, fields }: RoutedCall): Answer {
  if (method === 'GET') return manage.listQueues(state, searchParams)
  if (method === 'POST') return { result: manage.createQueue(state, fields()) }
  throw new Refusal('methodNotAllowed')
}

function ofQueue(state: FakeState, call: RoutedCall, { queue, rest }: { queue: QueueRow; rest: string[] }) {
  const [room, name] = rest
  if (room === 'messages') return ofMessages(state, call, { queue, action: name ?? 'push' })
  if (room === 'consumers') return ofConsumers(state, call, { queue, id: name })
  const { method, fields } = call
  switch (`${method} ${rest.join('/')}`) {
    case 'GET ':
      return manage.presentQueue(state, queue)
    case 'PUT ':
      return manage.changeQueue(state, queue, fields(), { merge: false })
    case 'PATCH ':
      return manage.changeQueue(state, queue, fields(), { merge: true })
    case 'DELETE ':
      return manage.deleteQueue(state, queue)
    case 'GET metrics':
      return backlog(state, queue.id)
    case 'POST purge':
      return manage.purgeQueue(state, queue, fields())
    case 'GET purge':
      return manage.purgeStatus(queue)
    default:
      throw new Refusal('noRoute')
  }
}

function ofMessages(
  state: FakeState,
  { method, fields, delivery, count }: RoutedCall,
  { queue, action }: { queue: QueueRow; action: string },
) {
  if (method !== 'POST') throw new Refusal('methodNotAllowed')
  switch (action) {
    case 'push':
      count(queue.id, 1)
      return messages.push(state, queue, fields())
    case 'batch':
      count(queue.id, messagesIn(fields().messages))
      return messages.pushBatch(state, queue, fields())
    case 'pull': {
      const answer = messages.pull(state, queue, fields(), delivery)
      count(queue.id, answer.messages.length)
      return answer
    }
    case 'ack':
      count(queue.id, messagesIn(fields().acks) + messagesIn(fields().retries))
      return messages.acknowledge(state, queue, fields())
    case 'peek':
      return messages.peek(state, queue, fields())
    case 'purge':
      return messages.purgeByRef(state, queue, fields())
    default:
      throw new Refusal('noRoute')
  }
}

function ofConsumers(
  state: FakeState,
  { method, fields }: RoutedCall,
  { queue, id }: { queue: QueueRow; id: string | undefined },
) {
  if (id === undefined) {
    if (method === 'GET') return manage.listConsumers(state, queue)
    if (method === 'POST') return manage.setConsumer(state, queue, fields())
  } else {
    if (method === 'GET') return manage.getConsumer(state, queue, id)
    if (method === 'PUT') return manage.setConsumer(state, queue, fields(), id)
    if (method === 'DELETE') return manage.deleteConsumer(state, queue, id)
  }
  throw new Refusal('methodNotAllowed')
}

function requireQueue(state: FakeState, id: string, room: 'gateway' | 'management'): QueueRow {
  if (!/^[0-9a-zA-Z]+$/.test(id) || id.length > ID_LENGTH_MAX) throw new Refusal('queueIdMalformed')
  const queue = findQueue(state, id)
  if (!queue) throw new Refusal(room === 'gateway' ? 'gatewayQueueUnknown' : 'queueUnknown')
  return queue
}

const messagesIn = (value: unknown) => (Array.isArray(value) ? value.length : 0)
