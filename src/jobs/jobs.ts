import { and, asc, desc, eq, getTableColumns, lt } from 'drizzle-orm'
import { atomically, ConditionFailed, type Db } from '#db/connect.ts'
import { type jobStates, jobs } from '#db/schema/jobs.ts'
import { AppError, notFound } from '#src/errors.ts'
import { PAGE_SIZE_DEFAULT, readCursor, toPage } from '#src/paging.ts'
import type { Queue } from '#src/queue/queue.ts'
import { tell } from './events.ts'
import { type Job, type JobRow, presentFullJob, presentJob } from './schemas.ts'

export const { input: _input, output: _output, ...summaryColumns } = getTableColumns(jobs)

export type JobFilter = { state?: (typeof jobStates)[number]; kind?: string; runId?: string }

/** A page of a project's jobs, newest first. */
export async function listJobs(
  db: Db,
  projectId: string,
  query: JobFilter & { limit?: number; cursor?: string },
) {
  const limit = query.limit ?? PAGE_SIZE_DEFAULT
  const before = readCursor('job', query.cursor)
  const rows = await db
    .select(summaryColumns)
    .from(jobs)
    .where(
      and(
        eq(jobs.projectId, projectId),
        query.state && eq(jobs.state, query.state),
        query.kind ? eq(jobs.kind, query.kind) : undefined,
        query.runId ? eq(jobs.runId, query.runId) : undefined,
        before ? lt(jobs.id, before) : undefined,
      ),
    )
    .orderBy(desc(jobs.id))
    .limit(limit + 1)
  return toPage(rows, limit, presentJob)
}

/** The jobs of a run in the order they were made. */
export async function listJobsOfRun(db: Db, runId: string): Promise<Job[]> {
  const rows = await db.select(summaryColumns).from(jobs).where(eq(jobs.runId, runId)).orderBy(asc(jobs.id))
  return rows.map(presentJob)
}

/** Whether a job has ended, without reading what it made. */
export async function hasEnded(db: Db, id: string): Promise<boolean> {
  const row = await db.select({ dueAt: jobs.dueAt }).from(jobs).where(eq(jobs.id, id)).get()
  return row?.dueAt === null
}

/** A job's row. Throws `not_found`. */
export async function getJobRow(db: Db, projectId: string, id: string): Promise<JobRow> {
  const row = await db
    .select()
    .from(jobs)
    .where(and(eq(jobs.id, id), eq(jobs.projectId, projectId)))
    .get()
  if (!row) throw notFound('job')
  return row
}

/**
 * Cancels a job: at once while it waits, at its next heartbeat while it runs. A job that has ended stays as it
 * is. Throws `not_found`, and `conflict` for a job of a run, which is cancelled as a whole.
 */
export async function cancelJob(db: Db, projectId: string, id: string): Promise<Job> {
  const row = await getJobRow(db, projectId, id)
  refusePartOfRun(row, 'cancel')
  const now = Date.now()
  if (row.state === 'queued') {
    const cancelled = { state: 'cancelled', dueAt: null, ready: 0, finishedAt: now } as const
    await changeFrom(db, row, cancelled)
  } else if (row.state === 'running') await changeFrom(db, row, { cancelRequestedAt: now })
  return presentFullJob(await getJobRow(db, projectId, id))
}

/**
 * Queues a dead or cancelled job again, with its failures forgotten.
 * Throws `not_found`, `conflict` for a job in another state, or for one of a run, which is resumed as a whole.
 */
export async function retryJob(
  db: Db,
  queue: Queue,
  { projectId, id }: { projectId: string; id: string },
): Promise<Job> {
  const row = await getJobRow(db, projectId, id)
  refusePartOfRun(row, 'resume')
  if (row.state !== 'dead' && row.state !== 'cancelled')
    throw new AppError('conflict', `Only a dead or cancelled job can be retried; this one is ${row.state}.`)
  await changeFrom(db, row, requeued())
  await queue.send([id])
  return presentFullJob(await getJobRow(db, projectId, id))
}

/** What makes a job that ended wait again, as if it had never failed. */
export const requeued = () =>
  ({
    state: 'queued',
    dueAt: Date.now(),
    ready: 1,
    dispatchedAt: null,
    error: null,
    errorGroup: null,
    failures: 0,
    attempts: 0,
    cancelRequestedAt: null,
    finishedAt: null,
  }) as const

// A worker may have changed the row since it was read: then nothing is written and the caller reads it again.
async function changeFrom(db: Db, row: JobRow, change: Partial<JobRow>) {
  const same = and(eq(jobs.id, row.id), eq(jobs.state, row.state), eq(jobs.leaseToken, row.leaseToken))
  try {
    await atomically(db, db.update(jobs).set(change).where(same), [
      tell(db, row.projectId, 'job.updated', presentJob({ ...row, ...change })),
    ])
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    throw new AppError('conflict', 'The job changed at this moment. Look at it again.')
  }
}

function refusePartOfRun(row: JobRow, verb: 'cancel' | 'resume') {
  if (row.runId) throw new AppError('conflict', `This job is part of a run: ${verb} the run ${row.runId}.`)
}
