import { type Fields, isFields, listField, textField, wholeNumber } from './cloudflare-queues-fields.ts'
import { Refusal } from './cloudflare-queues-refusals.ts'
import {
  backlog,
  type ConsumerRow,
  type FakeState,
  findConsumer,
  findQueueByName,
  type MessageRow,
  newId,
  type QueueRow,
} from './cloudflare-queues-state.ts'

/** Cloudflare counts a kilobyte as 1,000 bytes, and about 100 bytes of metadata with each message. */
const MESSAGE_BYTES_MAX = 128_000
const BATCH_BYTES_MAX = 256_000
const BATCH_MESSAGES_MAX = 100
const METADATA_BYTES = 100
/** The documentation says 12 hours on one page and 24 on another; the fake holds callers to the stricter one. */
export const DELAY_SECONDS_MAX = 43_200
export const VISIBILITY_MS_MAX = 43_200_000
export const PULL_MESSAGES_MAX = 100
const PULL_MESSAGES_DEFAULT = 5
/** What is billed as one operation. */
const OPERATION_BYTES = 64_000

/** What may go wrong with a delivery without anybody being told. */
export type Delivery = { duplicate: boolean; reorder: boolean }

type Draft = { body: string; contentType: 'json' | 'text'; bytes: number; delaySeconds: number }

/** POST …/messages */
export function push(state: FakeState, queue: QueueRow, fields: Fields) {
  const draft = readMessage(fields, queue.delivery_delay)
  store(state, queue, [draft])
  return { metadata: { metrics: backlog(state, queue.id) } }
}

/** POST …/messages/batch: all of it or nothing. */
export function pushBatch(state: FakeState, queue: QueueRow, fields: Fields) {
  const messages = listField(fields, 'messages', 'bodyInvalid')
  if (messages.length === 0 || messages.length > BATCH_MESSAGES_MAX) throw new Refusal('batchCount')
  const delay = { min: 0, max: DELAY_SECONDS_MAX, otherwise: queue.delivery_delay } as const
  const batchDelay = wholeNumber(fields, 'delay_seconds', { ...delay, refusal: 'batchDelay' })
  const drafts = messages.map((message) => readMessage(message, batchDelay))
  if (drafts.reduce((sum, { bytes }) => sum + bytes, 0) > BATCH_BYTES_MAX) throw new Refusal('batchSize')
  store(state, queue, drafts)
  return { metadata: { metrics: backlog(state, queue.id) } }
}

/** POST …/messages/pull: leases up to `batch_size` messages; none is an answer too. */
export function pull(state: FakeState, queue: QueueRow, fields: Fields, delivery: Delivery) {
  const consumer = findConsumer(state, queue.id)
  if (consumer?.type !== 'http_pull') throw new Refusal('notPullable')
  if (queue.delivery_paused) throw new Refusal('paused')
  const max = wholeNumber(fields, 'batch_size', {
    min: 1,
    max: PULL_MESSAGES_MAX,
    otherwise: consumer.batch_size,
    refusal: 'bodyInvalid',
  })
  const visibilityMs = wholeNumber(fields, 'visibility_timeout_ms', {
    min: 0,
    max: VISIBILITY_MS_MAX,
    otherwise: consumer.visibility_timeout_ms,
    refusal: 'bodyInvalid',
  })
  sweep(state, queue, consumer)
  const due = dueMessages(state, queue, max)
  if (delivery.reorder) due.sort(() => state.random() - 0.5)
  const until = delivery.duplicate ? state.now() : state.now() + visibilityMs
  const messages = due.map((row) => deliver(state, row, { until, counted: !delivery.duplicate }))
  state.billed.reads += due.length ? operations(due) : 1
  const metrics = backlog(state, queue.id)
  return { message_backlog_count: metrics.backlog_count, messages, metadata: { metrics } }
}

/**
 * POST …/messages/ack. Permissive as the real one: an acknowledgement counts after its lease ran out, and when
 * somebody else holds the message by then. A retry counts only from the holder.
 */
export function acknowledge(state: FakeState, queue: QueueRow, fields: Fields) {
  const warnings: Record<string, string> = {}
  const acks = listField(fields, 'acks', 'bodyInvalid').map(leaseOf)
  const retries = listField(fields, 'retries', 'bodyInvalid').map((retry) => ({
    lease: leaseOf(retry),
    delaySeconds: retry.delay_seconds === undefined ? undefined : readDelay(retry, 0),
  }))
  const consumer = findConsumer(state, queue.id)
  let ackCount = 0
  let retryCount = 0
  for (const lease of acks) {
    const row = leased(state, queue, lease)
    if (!row && !isLease(lease)) warnings[lease] = 'lease id is malformed'
    else ackCount++
    if (row) remove(state, row)
  }
  for (const { lease, delaySeconds } of retries) {
    const row = leased(state, queue, lease)
    if (row?.lease === lease) {
      putBack(state, row, { consumer, delaySeconds })
      retryCount++
    } else warnings[lease] = 'lease id is no longer held'
  }
  return { ackCount, retryCount, warnings }
}

/** POST …/messages/peek: what is there, without a lease. */
export function peek(state: FakeState, queue: QueueRow, fields: Fields) {
  const range = { min: 1, max: PULL_MESSAGES_MAX, otherwise: PULL_MESSAGES_DEFAULT } as const
  const max = wholeNumber(fields, 'batch_size', { ...range, refusal: 'bodyInvalid' })
  const messages = dueMessages(state, queue, max).map((row) => ({ ...present(row), ref: `ref.${row.id}` }))
  return { messages }
}

/** POST …/messages/purge: deletes single messages by the refs that peek gave. */
export function purgeByRef(state: FakeState, queue: QueueRow, fields: Fields) {
  const warnings: Record<string, string> = {}
  for (const fieldsOfRef of listField(fields, 'refs', 'bodyInvalid')) {
    const ref = textField(fieldsOfRef, 'ref', 'bodyInvalid') ?? ''
    const { changes } = state.db
      .query('DELETE FROM messages WHERE queue_id = ? AND id = ?')
      .run(queue.id, ref.replace(/^ref\./, ''))
    if (changes === 0) warnings[ref] = 'message not found'
  }
  return { errors: [], warnings }
}

/** Ends what time has ended: messages past their retention, and those whose last lease ran out. */
export function sweep(state: FakeState, queue: QueueRow, consumer = findConsumer(state, queue.id)) {
  state.db
    .query('DELETE FROM messages WHERE queue_id = ? AND entered_at <= ?')
    .run(queue.id, state.now() - queue.retention_s * 1000)
  if (!consumer) return
  const spent = state.db
    .query<MessageRow, [string, number, number]>(
      'SELECT * FROM messages WHERE queue_id = ? AND visible_at <= ? AND attempts > ?',
    )
    .all(queue.id, state.now(), consumer.max_retries)
  for (const row of spent) bury(state, row, consumer)
}

function readMessage(fields: Fields, delaySeconds: number): Draft {
  if (fields.body === undefined) throw new Refusal('bodyInvalid', { detail: 'Required at "body"' })
  const contentType = fields.content_type ?? 'json'
  if (contentType !== 'json' && contentType !== 'text')
    throw new Refusal('messageMetadata', { detail: 'content_type must be text or json' })
  const expected = contentType === 'json' ? 'object' : 'string'
  const fits = contentType === 'json' ? isFields(fields.body) : typeof fields.body === 'string'
  if (!fits)
    throw new Refusal('bodyInvalid', {
      detail: `Expected ${expected}, received ${typeof fields.body} at "body"`,
    })
  const body = contentType === 'json' ? JSON.stringify(fields.body) : (fields.body as string)
  const bytes = Buffer.byteLength(body) + METADATA_BYTES
  if (bytes > MESSAGE_BYTES_MAX) throw new Refusal('messageSize')
  return { body, contentType, bytes, delaySeconds: readDelay(fields, delaySeconds) }
}

function readDelay(fields: Fields, otherwise: number): number {
  return wholeNumber(fields, 'delay_seconds', {
    min: 0,
    max: DELAY_SECONDS_MAX,
    otherwise,
    refusal: 'messageMetadata',
  })
}

function store(state: FakeState, queue: QueueRow, drafts: Draft[]) {
  if (backlog(state, queue.id).backlog_bytes >= state.backlogBytesMax) throw new Refusal('storageFull')
  const insert = state.db.query(`
    INSERT INTO messages (id, queue_id, body, content_type, bytes, timestamp_ms, entered_at, visible_at, attempts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`)
  const now = state.now()
  state.db.transaction(() => {
    for (const { body, contentType, bytes, delaySeconds } of drafts)
      insert.run(newId(), queue.id, body, contentType, bytes, now, now, now + delaySeconds * 1000)
  })()
  state.billed.writes += operations(drafts)
}

const dueMessages = ({ db, now }: FakeState, queue: QueueRow, max: number) =>
  db
    .query<MessageRow, [string, number, number]>(
      'SELECT * FROM messages WHERE queue_id = ? AND visible_at <= ? ORDER BY visible_at, seq LIMIT ?',
    )
    .all(queue.id, now(), max)

function deliver(
  { db }: FakeState,
  row: MessageRow,
  { until, counted }: { until: number; counted: boolean },
) {
  const attempts = row.attempts + 1
  const lease = `lease.${row.id}.${newId()}`
  db.query('UPDATE messages SET attempts = ?, lease = ?, visible_at = ? WHERE seq = ?').run(
    counted ? attempts : row.attempts,
    lease,
    until,
    row.seq,
  )
  return { ...present({ ...row, attempts }), lease_id: lease }
}

/** JSON travels as base64, text as it is. */
const present = ({ id, body, content_type, attempts, timestamp_ms }: MessageRow) => ({
  id,
  body: content_type === 'json' ? Buffer.from(body).toString('base64') : body,
  attempts,
  timestamp_ms,
  metadata: { 'CF-Content-Type': content_type, 'CF-sourceMessageSource': 'http' },
})

function putBack(
  state: FakeState,
  row: MessageRow,
  { consumer, delaySeconds }: { consumer: ConsumerRow | null; delaySeconds: number | undefined },
) {
  if (consumer && row.attempts > consumer.max_retries) return bury(state, row, consumer)
  const visibleAt = state.now() + (delaySeconds ?? consumer?.retry_delay ?? 0) * 1000
  state.db.query('UPDATE messages SET lease = NULL, visible_at = ? WHERE seq = ?').run(visibleAt, row.seq)
}

/** Moves a message to the dead letter queue, with its id and its time, or deletes it where there is none. */
function bury(state: FakeState, row: MessageRow, consumer: ConsumerRow) {
  const letters = consumer.dead_letter_queue && findQueueByName(state, consumer.dead_letter_queue)
  if (!letters) return remove(state, row)
  state.db
    .query(
      'UPDATE messages SET queue_id = ?, entered_at = ?, visible_at = ?, attempts = 0, lease = NULL WHERE seq = ?',
    )
    .run(letters.id, state.now(), state.now() + letters.delivery_delay * 1000, row.seq)
  state.billed.writes += operations([row])
}

function remove(state: FakeState, row: MessageRow) {
  state.db.query('DELETE FROM messages WHERE seq = ?').run(row.seq)
  state.billed.deletes += operations([row])
}

function leased({ db }: FakeState, queue: QueueRow, lease: string): MessageRow | null {
  const [, id = ''] = lease.split('.')
  return db
    .query<MessageRow, [string, string]>('SELECT * FROM messages WHERE queue_id = ? AND id = ?')
    .get(queue.id, id)
}

function leaseOf(fields: Fields): string {
  const lease = textField(fields, 'lease_id', 'bodyInvalid')
  if (lease === undefined) throw new Refusal('bodyInvalid', { detail: 'Required at "lease_id"' })
  return lease
}

const isLease = (text: string) => /^lease\.[0-9a-f]{32}\.[0-9a-f]{32}$/.test(text)

const operations = (messages: { bytes: number }[]) =>
  messages.reduce((sum, { bytes }) => sum + Math.max(1, Math.ceil(bytes / OPERATION_BYTES)), 0)
