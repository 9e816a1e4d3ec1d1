import { and, desc, eq, inArray, lt } from 'drizzle-orm'
import { atomically, ConditionFailed, type Db, type Write } from '#db/connect.ts'
import { runs } from '#db/schema/jobs.ts'
import { AppError, notFound } from '#src/errors.ts'
import { newId } from '#src/ids.ts'
import { tell, tellIfChanged } from '#src/jobs/events.ts'
import { listJobsOfRun } from '#src/jobs/jobs.ts'
import { enqueue, newJob } from '#src/jobs/new-job.ts'
import { cancelJobsOfRun, requeueJobsOfRun } from '#src/jobs/run-jobs.ts'
import type { JobRow } from '#src/jobs/schemas.ts'
import { PAGE_SIZE_DEFAULT, readCursor, toPage } from '#src/paging.ts'
import type { Queue } from '#src/queue/queue.ts'
import { presentRun, type RunRow } from './schemas.ts'
import { pipelines, type RunOptions } from './steps.ts'

export type PipelineName = keyof typeof pipelines

export const stepsOf = (run: Pick<RunRow, 'pipeline'>) => pipelines[run.pipeline as PipelineName]

export type NewRun = {
  projectId: string
  createdBy: string
  pipeline: PipelineName
  documentId: string
  sourceIds: string[]
  options: RunOptions
}

/** A run with the job of its first step, and the writes that start both. */
export function newRun(db: Db, spec: NewRun): { run: RunRow; job: JobRow; writes: Write[] } {
  const run: RunRow = {
    id: newId('run'),
    ...spec,
    state: 'queued',
    error: null,
    versionNumber: null,
    createdAt: Date.now(),
    startedAt: null,
    finishedAt: null,
  }
  const { projectId, createdBy } = spec
  const job = newJob({ projectId, createdBy, kind: stepsOf(run)[0]!, input: {}, runId: run.id })
  return { run, job, writes: [db.insert(runs).values(run), tellRun(db, run), ...enqueue(db, job)] }
}

export const tellRun = (db: Db, run: RunRow): Write =>
  tell(db, run.projectId, 'run.updated', presentRun(run, stepsOf(run)))

/** `tellRun` for a run that may have ended meanwhile: tells only when the write before it changed it. */
export const tellRunIfChanged = (db: Db, run: RunRow): Write =>
  tellIfChanged(db, run.projectId, 'run.updated', presentRun(run, stepsOf(run)))

/** A run with its jobs in the order they were made. Throws `not_found`. */
export async function getRun(db: Db, projectId: string, id: string) {
  const run = await getRunRow(db, projectId, id)
  return { ...presentRun(run, stepsOf(run)), jobs: await listJobsOfRun(db, id) }
}

export async function getRunRow(db: Db, projectId: string, id: string): Promise<RunRow> {
  const run = await db
    .select()
    .from(runs)
    .where(and(eq(runs.id, id), eq(runs.projectId, projectId)))
    .get()
  if (!run) throw notFound('run')
  return run
}

/** A page of a project's runs, or of one document's, newest first. */
export async function listRuns(
  db: Db,
  projectId: string,
  query: { documentId?: string; limit?: number; cursor?: string },
) {
  const limit = query.limit ?? PAGE_SIZE_DEFAULT
  const before = readCursor('run', query.cursor)
  const rows = await db
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.projectId, projectId),
        query.documentId ? eq(runs.documentId, query.documentId) : undefined,
        before ? lt(runs.id, before) : undefined,
      ),
    )
    .orderBy(desc(runs.id))
    .limit(limit + 1)
  return toPage(rows, limit, (run) => presentRun(run, stepsOf(run)))
}

/**
 * Cancels a run: what waits is cancelled at once, what runs is told to stop. What finished is kept, so that
 * the run can be resumed. A run that has ended stays as it is. Throws `not_found`.
 */
export async function cancelRun(db: Db, projectId: string, id: string) {
  const run = await getRunRow(db, projectId, id)
  const ended = { state: 'cancelled', finishedAt: Date.now() } as const
  const active = and(eq(runs.id, id), inArray(runs.state, ['queued', 'running']))
  try {
    await atomically(db, db.update(runs).set(ended).where(active), [
      tellRun(db, { ...run, ...ended }),
      ...(await cancelJobsOfRun(db, id)),
    ])
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
  }
  return getRun(db, projectId, id)
}

/**
 * Goes on with a failed or cancelled run where it stopped: steps that finished keep their results.
 * Throws `not_found`, and `conflict` for a run in another state.
 */
export async function resumeRun(db: Db, queue: Queue, { projectId, id }: { projectId: string; id: string }) {
  const run = await getRunRow(db, projectId, id)
  const ended = and(eq(runs.id, id), inArray(runs.state, ['failed', 'cancelled']))
  const running = { state: 'running', error: null, finishedAt: null } as const
  const { ids, writes } = await requeueJobsOfRun(db, id)
  try {
    await atomically(db, db.update(runs).set(running).where(ended), [
      tellRun(db, { ...run, ...running }),
      ...writes,
    ])
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    throw new AppError('conflict', `Only a failed or cancelled run can be resumed; this one is ${run.state}.`)
  }
  await queue.send(ids)
  return getRun(db, projectId, id)
}
