import type { Db, Write } from '#db/connect.ts'
import { statement } from '#db/statement.ts'
import { newId } from '#src/ids.ts'
import { tell, tellIfChanged } from './events.ts'
import { jobKinds, type Kinds, laneOf } from './kinds.ts'
import { type JobRow, presentJob } from './schemas.ts'

export type JobSpec = {
  projectId: string
  kind: string
  createdBy: string
  input: unknown
  runId?: string
  itemKey?: string
  /** When it may start, in milliseconds since 1970; at once unless told. */
  dueAt?: number
}

/** While a key is taken by a job of the project, no other is enqueued under it: until it is `windowMs` old. */
export type Uniqueness = { key: string; windowMs: number }

const COLUMNS = `id, project_id, kind, state, run_id, item_key, input, due_at, ready, lane, created_by, created_at`
const MARKS = COLUMNS.replace(/\w+/g, '?')

/** A job's row as it is when it is asked for. */
export function newJob(spec: JobSpec, kinds: Kinds = jobKinds): JobRow {
  const now = Date.now()
  const dueAt = spec.dueAt ?? now
  return {
    id: newId('job'),
    projectId: spec.projectId,
    kind: spec.kind,
    state: 'queued',
    runId: spec.runId ?? null,
    itemKey: spec.itemKey ?? '',
    input: spec.input,
    output: null,
    error: null,
    dueAt,
    leaseToken: 0,
    worker: null,
    attempts: 0,
    failures: 0,
    cancelRequestedAt: null,
    createdBy: spec.createdBy,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    ready: dueAt <= now ? 1 : 0,
    lane: laneOf(spec.kind, spec.input, kinds),
    dispatchedAt: null,
    errorGroup: null,
  }
}

/** The writes that enqueue a job: part of the batch of the work that asks for it. */
export const enqueue = (db: Db, job: JobRow): Write[] => [
  statement(`INSERT INTO jobs (${COLUMNS}) VALUES (${MARKS})`, valuesOf(job)),
  tell(db, job.projectId, 'job.updated', presentJob(job)),
]

/** The same for a job that is asked for again and again: nothing is written while its key is taken. */
export function enqueueOnce(db: Db, job: JobRow, { key, windowMs }: Uniqueness): Write[] {
  const { id, projectId, createdAt } = job
  return [
    statement(
      `INSERT INTO job_keys (project_id, key, job_id, until) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (project_id, key) DO UPDATE SET job_id = excluded.job_id, until = excluded.until
       WHERE until <= ?5`,
      [projectId, key, id, createdAt + windowMs, createdAt],
    ),
    enqueueWhere(job, `EXISTS (SELECT 1 FROM job_keys WHERE project_id = ? AND key = ? AND job_id = ?)`, [
      projectId,
      key,
      id,
    ]),
    tellIfChanged(db, projectId, 'job.updated', presentJob(job)),
  ]
}

/** A write that enqueues a job where a condition holds, and is not there yet. */
export const enqueueWhere = (job: JobRow, condition: string, params: unknown[]): Write =>
  statement(`INSERT OR IGNORE INTO jobs (${COLUMNS}) SELECT ${MARKS} WHERE ${condition}`, [
    ...valuesOf(job),
    ...params,
  ])

const valuesOf = (job: JobRow): unknown[] => [
  job.id,
  job.projectId,
  job.kind,
  job.state,
  job.runId,
  job.itemKey,
  JSON.stringify(job.input),
  job.dueAt,
  job.ready,
  job.lane,
  job.createdBy,
  job.createdAt,
]
