import type { Db, Write } from '#db/connect.ts'
import { jobs } from '#db/schema/jobs.ts'
import { newId } from '#src/ids.ts'
import { tell } from './events.ts'
import { type JobRow, presentJob } from './schemas.ts'

export type JobSpec = {
  projectId: string
  kind: string
  createdBy: string
  input: unknown
  runId?: string
  itemKey?: string
}

/** A job's row as it is when it is asked for. */
export function newJob(spec: JobSpec): JobRow {
  const now = Date.now()
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
    dueAt: now,
    leaseToken: 0,
    worker: null,
    attempts: 0,
    failures: 0,
    cancelRequestedAt: null,
    createdBy: spec.createdBy,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
  }
}

/** The writes that enqueue a job: part of the batch of the work that asks for it. */
export const enqueue = (db: Db, job: JobRow): Write[] => [
  db.insert(jobs).values(job),
  tell(db, job.projectId, 'job.updated', presentJob(job)),
]
