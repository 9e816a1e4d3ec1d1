import { and, asc, desc, eq, getTableColumns, gte, lt, type SQL, sql } from 'drizzle-orm'
import { atomically, ConditionFailed, type Db } from '#db/connect.ts'
import { type jobStates, jobs } from '#db/schema/jobs.ts'
import { AppError, notFound } from '#src/errors.ts'
import { PAGE_SIZE_DEFAULT, readCursor, toCursor, toPage } from '#src/paging.ts'
import type { Queue } from '#src/queue/queue.ts'
import { tell } from './events.ts'
import { type Job, type JobRow, presentFullJob, presentJob } from './schemas.ts'

export const { input: _input, output: _output, ...summaryColumns } = getTableColumns(jobs)

/** How many jobs one page looks through for those that a filter asks for. */
export const JOBS_LOOKED_THROUGH_MAX = 5_000

export type JobFilter = { state?: (typeof jobStates)[number]; kind?: string; runId?: string }

/**
 * A page of a project's jobs, newest first. Of those of a run, and of those that run, each page is full; other filters
 * look through so many jobs a page and no more, so that a page may hold fewer than its limit, even none, and yet tell
 * where the next one begins.
 */
export async function listJobs(
  db: Db,
  projectId: string,
  query: JobFilter & { limit?: number; cursor?: string },
) {
  const limit = query.limit ?? PAGE_SIZE_DEFAULT
  const before = readCursor('job', query.cursor)
  const { holds, id, isWhole } = amongWhich(projectId, query)
  const among = and(holds, before ? lt(id, before) : undefined)
  const last = isWhole ? undefined : await lastLookedThrough(db, among)
  const rows = await db
    .select(summaryColumns)
    .from(jobs)
    .where(
      and(
        among,
        query.state && eq(jobs.state, query.state),
        query.kind ? eq(jobs.kind, query.kind) : undefined,
        last ? gte(jobs.id, last) : undefined,
      ),
    )
    .orderBy(desc(id))
    .limit(limit + 1)
  const page = toPage(rows, limit, presentJob)
  return { ...page, nextCursor: page.nextCursor ?? (last ? toCursor(last) : null) }
}

/** What a filter chooses from, and whether that may be read as a whole: few jobs, or each of them is chosen. */
type Among = { holds: SQL | undefined; id: SQL; isWhole: boolean }

// Said in the words of the index that holds it: a partial index serves its own condition as it stands there, and `+`
// keeps a column from choosing another index.
function amongWhich(projectId: string, { state, kind, runId }: JobFilter): Among {
  const ofProject = sql`+${jobs.projectId} = ${projectId}`
  const unordered = { id: sql`+${jobs.id}`, isWhole: true }
  if (runId !== undefined) return { holds: and(eq(jobs.runId, runId), ofProject), ...unordered }
  if (state === 'running') return { holds: and(isRunning(projectId), ofProject), ...unordered }
  const ordered = { id: sql`${jobs.id}`, isWhole: kind === undefined && (!state || state === 'dead') }
  return { holds: state === 'dead' ? deadOf(projectId) : eq(jobs.projectId, projectId), ...ordered }
}

// What a dead worker left stands among the ready ones, where the oldest of each lane come first.
const isRunning = (projectId: string) => sql`${jobs.id} IN (
  SELECT id FROM jobs WHERE ready = 0 AND state = 'running'
  UNION ALL SELECT id FROM (SELECT id, state FROM jobs WHERE ready = 1 AND project_id = ${projectId}
    ORDER BY lane, id LIMIT ${JOBS_LOOKED_THROUGH_MAX}) WHERE state = 'running')`

/** A project's dead letters, as the indexes that hold them alone say it. */
export const deadOf = (projectId: string) => and(eq(jobs.projectId, projectId), sql`${jobs.state} = 'dead'`)

async function lastLookedThrough(db: Db, among: SQL | undefined): Promise<string | undefined> {
  const last = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(among)
    .orderBy(desc(jobs.id))
    .limit(1)
    .offset(JOBS_LOOKED_THROUGH_MAX - 1)
    .get()
  return last?.id
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
    startedAt: null,
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
