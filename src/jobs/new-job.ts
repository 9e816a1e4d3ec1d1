import type { Db, Write } from '#db/connect.ts'
import { statement } from '#db/statement.ts'
import { newId } from '#src/ids.ts'
import { tell, tellIfChanged } from './events.ts'
import { jobKinds, type Kinds, kindOf, laneOf, type Uniqueness } from './kinds.ts'
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

/**
 * The writes that enqueue a job: part of the batch of the work that asks for it. Of a kind whose jobs are unique
 * nothing is written while another has its key.
 */
export function enqueue(db: Db, job: JobRow, kinds: Kinds = jobKinds): [Write, ...Write[]] {
  const { unique } = kindOf(job.kind, kinds)
  if (unique) return enqueueOnce(db, job, unique)
  return [
    statement(`INSERT INTO jobs (${COLUMNS}) VALUES (${MARKS})`, valuesOf(job)),
    tell(db, job.projectId, 'job.updated', presentJob(job)),
  ]
}

function enqueueOnce(db: Db, job: JobRow, { key, windowMs }: Uniqueness): [Write, ...Write[]] {
  const { id, projectId, kind, createdAt } = job
  const taken = `${kind} ${key(job.input)}`
  return [
    statement(
      `INSERT INTO job_keys (project_id, key, job_id, until) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (project_id, key) DO UPDATE SET job_id = excluded.job_id, until = excluded.until
       WHERE until <= ?5`,
      [projectId, taken, id, createdAt + windowMs, createdAt],
    ),
    enqueueWhere(job, `EXISTS (SELECT 1 FROM job_keys WHERE project_id = ? AND key = ? AND job_id = ?)`, [
      projectId,
      taken,
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
