import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const runStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export const jobStates = ['queued', 'running', 'succeeded', 'dead', 'cancelled'] as const

/** Why a job or a run ended badly, in words a person can act on. */
export type Failure = { code: string; message: string }

export const runs = sqliteTable('runs', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  documentId: text('document_id').notNull(),
  pipeline: text().notNull(),
  state: text({ enum: runStates }).notNull(),
  sourceIds: text('source_ids', { mode: 'json' }).$type<string[]>().notNull(),
  options: text({ mode: 'json' }).notNull(),
  error: text({ mode: 'json' }).$type<Failure>(),
  versionNumber: integer('version_number'),
  createdBy: text('created_by').notNull(),
  createdAt: integer('created_at').notNull(),
  startedAt: integer('started_at'),
  finishedAt: integer('finished_at'),
})

export const jobs = sqliteTable('jobs', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  kind: text().notNull(),
  state: text({ enum: jobStates }).notNull(),
  runId: text('run_id'),
  itemKey: text('item_key').notNull().default(''),
  input: text({ mode: 'json' }).notNull(),
  output: text({ mode: 'json' }),
  error: text({ mode: 'json' }).$type<Failure>(),
  dueAt: integer('due_at'),
  leaseToken: integer('lease_token').notNull().default(0),
  worker: text(),
  attempts: integer().notNull().default(0),
  failures: integer().notNull().default(0),
  cancelRequestedAt: integer('cancel_requested_at'),
  createdBy: text('created_by').notNull(),
  createdAt: integer('created_at').notNull(),
  startedAt: integer('started_at'),
  finishedAt: integer('finished_at'),
  ready: integer().notNull().default(0),
  lane: text().notNull().default(''),
  dispatchedAt: integer('dispatched_at'),
  errorGroup: text('error_group'),
})

export const jobLanes = sqliteTable('job_lanes', {
  lane: text().primaryKey(),
  nextAt: integer('next_at').notNull(),
})

export const jobKeys = sqliteTable(
  'job_keys',
  {
    projectId: text('project_id').notNull(),
    key: text().notNull(),
    jobId: text('job_id').notNull(),
    until: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.key] })],
)

export const queuePauses = sqliteTable('queue_pauses', {
  queue: text().primaryKey(),
  since: integer().notNull(),
})

export const consumers = sqliteTable('consumers', {
  id: text().primaryKey(),
  startedAt: integer('started_at').notNull(),
  seenAt: integer('seen_at').notNull(),
  slots: integer().notNull(),
  running: integer().notNull(),
})

export const stepInvocations = sqliteTable(
  'step_invocations',
  {
    projectId: text('project_id').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    operation: text().notNull(),
    requestHash: text('request_hash').notNull(),
    jobId: text('job_id').notNull(),
    answer: text({ mode: 'json' }).notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.idempotencyKey] })],
)

export const events = sqliteTable('events', {
  id: integer().primaryKey(),
  projectId: text('project_id').notNull(),
  type: text().notNull(),
  data: text().notNull(),
  createdAt: integer('created_at').notNull(),
})
