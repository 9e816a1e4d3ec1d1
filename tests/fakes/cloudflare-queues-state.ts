import { Database } from 'bun:sqlite'

export type QueueRow = {
  id: string
  name: string
  jurisdiction: string | null
  created_at: number
  modified_at: number
  delivery_delay: number
  delivery_paused: number
  retention_s: number
  purged_at: number | null
}

export type ConsumerRow = {
  id: string
  queue_id: string
  type: 'http_pull' | 'worker'
  script_name: string | null
  dead_letter_queue: string
  batch_size: number
  max_retries: number
  retry_delay: number
  visibility_timeout_ms: number
  created_at: number
}

export type MessageRow = {
  seq: number
  id: string
  queue_id: string
  body: string
  content_type: 'json' | 'text'
  bytes: number
  timestamp_ms: number
  /** When it entered this queue: its retention counts from here. */
  entered_at: number
  /** When it may be delivered: the end of its delay, or of the lease it is under. */
  visible_at: number
  attempts: number
  lease: string | null
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS queues (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, jurisdiction TEXT, created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL, delivery_delay INTEGER NOT NULL, delivery_paused INTEGER NOT NULL,
    retention_s INTEGER NOT NULL, purged_at INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS consumers (
    id TEXT PRIMARY KEY, queue_id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, script_name TEXT,
    dead_letter_queue TEXT NOT NULL, batch_size INTEGER NOT NULL, max_retries INTEGER NOT NULL,
    retry_delay INTEGER NOT NULL, visibility_timeout_ms INTEGER NOT NULL, created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, queue_id TEXT NOT NULL, body TEXT NOT NULL,
    content_type TEXT NOT NULL, bytes INTEGER NOT NULL, timestamp_ms INTEGER NOT NULL,
    entered_at INTEGER NOT NULL, visible_at INTEGER NOT NULL, attempts INTEGER NOT NULL, lease TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_due ON messages (queue_id, visible_at, bytes, timestamp_ms);`

export type FakeState = {
  db: Database
  /** The fake's own clock: the real one, moved by whoever tests. */
  now(): number
  /** 0 ≤ x < 1, the same sequence for the same seed. */
  random(): number
  plan: 'paid' | 'free'
  messagesPerSecondMax: number
  backlogBytesMax: number
  /** Operations billed: a write, a read and a delete for each message, and a read for a pull that finds none. */
  billed: { writes: number; reads: number; deletes: number }
}

/** Opens the fake's memory: a file outlives a killed process, `:memory:` ends with it. */
export function openState(file: string): Database {
  const db = new Database(file, { create: true })
  db.run('PRAGMA journal_mode = WAL')
  db.run('PRAGMA synchronous = OFF')
  db.run(SCHEMA)
  return db
}

export const newId = () => crypto.randomUUID().replaceAll('-', '')

export const findQueue = ({ db }: FakeState, id: string) =>
  db.query<QueueRow, [string]>('SELECT * FROM queues WHERE id = ?').get(id)

export const findQueueByName = ({ db }: FakeState, name: string) =>
  db.query<QueueRow, [string]>('SELECT * FROM queues WHERE name = ?').get(name)

export const findConsumer = ({ db }: FakeState, queueId: string) =>
  db.query<ConsumerRow, [string]>('SELECT * FROM consumers WHERE queue_id = ?').get(queueId)

/** Best effort at the real service, exact here: what is unacknowledged, leased and delayed messages included. */
export function backlog({ db }: FakeState, queueId: string) {
  const { count, bytes, oldest } = db
    .query<{ count: number; bytes: number | null; oldest: number | null }, [string]>(
      'SELECT count(*) AS count, sum(bytes) AS bytes, min(timestamp_ms) AS oldest FROM messages WHERE queue_id = ?',
    )
    .get(queueId)!
  return { backlog_count: count, backlog_bytes: bytes ?? 0, oldest_message_timestamp_ms: oldest ?? 0 }
}
