import { type Fields, isFields, textField, wholeNumber } from './cloudflare-queues-fields.ts'
import { DELAY_SECONDS_MAX, PULL_MESSAGES_MAX, VISIBILITY_MS_MAX } from './cloudflare-queues-messages.ts'
import { Refusal } from './cloudflare-queues-refusals.ts'
import {
  type ConsumerRow,
  type FakeState,
  findConsumer,
  findQueue,
  findQueueByName,
  newId,
  type QueueRow,
} from './cloudflare-queues-state.ts'

const JURISDICTIONS = ['eu', 'us', 'fedramp']
const QUEUES_PER_PAGE = 20
const RETENTION_SECONDS_MIN = 60
const RETENTION_SECONDS = {
  paid: { otherwise: 345_600, max: 1_209_600 },
  free: { otherwise: 86_400, max: 86_400 },
}
const RETRIES_DEFAULT = 3
const RETRIES_MAX = 100
const PULL_MESSAGES_DEFAULT = 5
const VISIBILITY_MS_DEFAULT = 30_000

/** GET /queues, by `name` (which may be given several times) and by page. */
export function listQueues(state: FakeState, query: URLSearchParams) {
  const names = query.getAll('name')
  const page = Math.max(1, Number(query.get('page') ?? 1))
  const perPage = Math.min(100, Math.max(1, Number(query.get('per_page') ?? QUEUES_PER_PAGE)))
  const all = state.db.query<QueueRow, []>('SELECT * FROM queues ORDER BY created_at, rowid').all()
  const chosen = names.length ? all.filter(({ name }) => names.includes(name)) : all
  const rows = chosen.slice((page - 1) * perPage, page * perPage)
  const total = { total_count: chosen.length, total_pages: Math.ceil(chosen.length / perPage) }
  return {
    result: rows.map((row) => presentQueue(state, row)),
    result_info: { page, per_page: perPage, count: rows.length, ...total },
  }
}

/** POST /queues */
export function createQueue(state: FakeState, fields: Fields) {
  const name = readName(fields) ?? fail('queueName')
  const jurisdiction = textField(fields, 'jurisdiction', 'managementBody') ?? null
  if (jurisdiction !== null && !JURISDICTIONS.includes(jurisdiction)) throw new Refusal('managementBody')
  return presentQueue(state, insertQueue(state, name, jurisdiction))
}

/** PUT and PATCH /queues/{id}: the one replaces the settings, the other changes those that are named. */
export function changeQueue(
  state: FakeState,
  queue: QueueRow,
  fields: Fields,
  { merge }: { merge: boolean },
) {
  const name = readName(fields) ?? queue.name
  const other = findQueueByName(state, name)
  if (other && other.id !== queue.id) throw new Refusal('queueExists')
  const settings = settingsOf(fields)
  const { otherwise, max } = RETENTION_SECONDS[state.plan]
  const delay = wholeNumber(settings, 'delivery_delay', {
    min: 0,
    max: DELAY_SECONDS_MAX,
    otherwise: merge ? queue.delivery_delay : 0,
    refusal: 'managementBody',
  })
  const retention = wholeNumber(settings, 'message_retention_period', {
    min: RETENTION_SECONDS_MIN,
    max,
    otherwise: merge ? queue.retention_s : otherwise,
    refusal: 'managementBody',
  })
  const paused = settings.delivery_paused ?? (merge && queue.delivery_paused === 1)
  if (typeof paused !== 'boolean') throw new Refusal('managementBody')
  state.db
    .query(
      'UPDATE queues SET name = ?, delivery_delay = ?, delivery_paused = ?, retention_s = ?, modified_at = ? WHERE id = ?',
    )
    .run(name, delay, paused ? 1 : 0, retention, state.now(), queue.id)
  return presentQueue(state, findQueue(state, queue.id)!)
}

/** DELETE /queues/{id} */
export function deleteQueue(state: FakeState, queue: QueueRow) {
  if (findConsumer(state, queue.id)) throw new Refusal('queueHasConsumer')
  const others = state.db.query('SELECT 1 FROM consumers WHERE dead_letter_queue = ?').all(queue.name)
  if (others.length) throw new Refusal('queueIsDeadLetters')
  state.db.query('DELETE FROM messages WHERE queue_id = ?').run(queue.id)
  state.db.query('DELETE FROM queues WHERE id = ?').run(queue.id)
  return null
}

/** POST /queues/{id}/purge */
export function purgeQueue(state: FakeState, queue: QueueRow, fields: Fields) {
  if (fields.delete_messages_permanently !== true) throw new Refusal('managementBody')
  state.db.query('DELETE FROM messages WHERE queue_id = ?').run(queue.id)
  state.db.query('UPDATE queues SET purged_at = ? WHERE id = ?').run(state.now(), queue.id)
  state.billed.deletes++
  return presentQueue(state, findQueue(state, queue.id)!)
}

/** GET /queues/{id}/purge */
export const purgeStatus = ({ purged_at }: QueueRow) => ({
  completed: purged_at === null ? '' : 'true',
  started_at: purged_at === null ? '' : isoTime(purged_at),
})

/** POST /queues/{id}/consumers, and PUT with the id of the consumer that is replaced. */
export function setConsumer(state: FakeState, queue: QueueRow, fields: Fields, replacing?: string) {
  const current = findConsumer(state, queue.id)
  if (replacing ? current?.id !== replacing : current)
    throw new Refusal(replacing ? 'consumerUnknown' : 'consumerExists')
  const { type } = fields
  if (type !== 'http_pull' && type !== 'worker') throw new Refusal('managementBody')
  const script = textField(fields, 'script_name', 'managementBody') ?? null
  if ((type === 'worker') !== (script !== null)) throw new Refusal('managementBody')
  const row: ConsumerRow = {
    id: current?.id ?? newId(),
    queue_id: queue.id,
    type,
    script_name: script,
    dead_letter_queue: textField(fields, 'dead_letter_queue', 'managementBody') ?? '',
    ...consumerSettings(settingsOf(fields)),
    created_at: current?.created_at ?? state.now(),
  }
  makeDeadLetterQueue(state, queue, row.dead_letter_queue)
  state.db
    .query('INSERT OR REPLACE INTO consumers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(...(Object.values(row) as string[]))
  return presentConsumer(queue, row)
}

/** GET and DELETE /queues/{id}/consumers/{consumer}; GET /queues/{id}/consumers. */
export function getConsumer(state: FakeState, queue: QueueRow, id: string) {
  const row = findConsumer(state, queue.id)
  if (row?.id !== id) throw new Refusal('consumerUnknown')
  return presentConsumer(queue, row)
}

export function deleteConsumer(state: FakeState, queue: QueueRow, id: string) {
  getConsumer(state, queue, id)
  state.db.query('DELETE FROM consumers WHERE id = ?').run(id)
  return null
}

export function listConsumers(state: FakeState, queue: QueueRow) {
  const row = findConsumer(state, queue.id)
  return row ? [presentConsumer(queue, row)] : []
}

export function presentQueue(state: FakeState, row: QueueRow) {
  const consumers = listConsumers(state, row)
  return {
    queue_id: row.id,
    queue_name: row.name,
    created_on: isoTime(row.created_at),
    modified_on: isoTime(row.modified_at),
    ...(row.jurisdiction ? { jurisdiction: row.jurisdiction } : {}),
    producers: [],
    producers_total_count: 0,
    consumers,
    consumers_total_count: consumers.length,
    settings: {
      delivery_delay: row.delivery_delay,
      delivery_paused: row.delivery_paused === 1,
      message_retention_period: row.retention_s,
    },
  }
}

function presentConsumer(queue: QueueRow, row: ConsumerRow) {
  const { batch_size, max_retries, retry_delay, visibility_timeout_ms } = row
  const settings = { batch_size, max_retries, retry_delay }
  return {
    consumer_id: row.id,
    created_on: isoTime(row.created_at),
    queue_name: queue.name,
    dead_letter_queue: row.dead_letter_queue,
    ...(row.type === 'worker'
      ? { type: row.type, script_name: row.script_name, settings }
      : { type: row.type, settings: { ...settings, visibility_timeout_ms } }),
  }
}

function consumerSettings(settings: Fields) {
  const refusal = 'managementBody'
  const range = { min: 0, refusal } as const
  return {
    batch_size: wholeNumber(settings, 'batch_size', {
      min: 1,
      max: PULL_MESSAGES_MAX,
      otherwise: PULL_MESSAGES_DEFAULT,
      refusal,
    }),
    max_retries: wholeNumber(settings, 'max_retries', {
      ...range,
      max: RETRIES_MAX,
      otherwise: RETRIES_DEFAULT,
    }),
    retry_delay: wholeNumber(settings, 'retry_delay', { ...range, max: DELAY_SECONDS_MAX, otherwise: 0 }),
    visibility_timeout_ms: wholeNumber(settings, 'visibility_timeout_ms', {
      ...range,
      max: VISIBILITY_MS_MAX,
      otherwise: VISIBILITY_MS_DEFAULT,
    }),
  }
}

/** The service makes the dead letter queue that a consumer names; one of another jurisdiction it refuses. */
function makeDeadLetterQueue(state: FakeState, queue: QueueRow, name: string) {
  if (!name) return
  const letters = findQueueByName(state, name) ?? insertQueue(state, name, queue.jurisdiction)
  if (letters.jurisdiction !== queue.jurisdiction) throw new Refusal('managementBody')
}

function insertQueue(state: FakeState, name: string, jurisdiction: string | null): QueueRow {
  if (findQueueByName(state, name)) throw new Refusal('queueExists')
  const id = newId()
  const now = state.now()
  state.db
    .query('INSERT INTO queues VALUES (?, ?, ?, ?, ?, 0, 0, ?, NULL)')
    .run(id, name, jurisdiction, now, now, RETENTION_SECONDS[state.plan].otherwise)
  return findQueue(state, id)!
}

function readName(fields: Fields): string | undefined {
  const name = textField(fields, 'queue_name', 'queueName')
  if (name !== undefined && !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) throw new Refusal('queueName')
  return name
}

function settingsOf({ settings = {} }: Fields): Fields {
  if (!isFields(settings)) throw new Refusal('managementBody')
  return settings
}

function fail(name: 'queueName'): never {
  throw new Refusal(name)
}

const isoTime = (ms: number) => new Date(ms).toISOString()
