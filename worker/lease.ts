import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { asConditionFailed, ConditionFailed, conditionHeld, type Db, type Write } from '#db/connect.ts'
import { type Failure, jobs } from '#db/schema/jobs.ts'
import { type EventType, tell, tellWhere } from '#src/jobs/events.ts'
import { type JobRow, presentJob } from '#src/jobs/schemas.ts'

export type LeaseOptions = { worker: string; leaseMs: number }

/**
 * Takes a due job for this worker: `lease_token` becomes its fence, and `due_at` the end of its lease.
 * Returns undefined when another worker took it first.
 */
export async function claim(
  db: Db,
  id: string,
  { worker, leaseMs }: LeaseOptions,
): Promise<JobRow | undefined> {
  const now = Date.now()
  const [job] = await db
    .update(jobs)
    .set({
      state: 'running',
      worker,
      dueAt: now + leaseMs,
      leaseToken: sql`lease_token + 1`,
      attempts: sql`attempts + 1`,
      startedAt: sql`coalesce(started_at, ${now})`,
    })
    .where(and(eq(jobs.id, id), sql`${jobs.dueAt} <= ${now}`))
    .returning()
  return job
}

/** Tells something of a job, unless another worker has taken it since: an old snapshot must not come last. */
export const tellIfHeld = (db: Db, job: JobRow, type: EventType, data: object): Write =>
  tellWhere(db, job.projectId, type, {
    data,
    condition: sql`EXISTS (SELECT 1 FROM ${jobs} WHERE ${held(job)})`,
  })

/** Keeps a lease alive. Says whether the job is still this worker's, and whether somebody asked it to stop. */
export async function renew(db: Db, job: JobRow, leaseMs: number): Promise<'held' | 'cancelled' | 'lost'> {
  const [row] = await db
    .update(jobs)
    .set({ dueAt: Date.now() + leaseMs })
    .where(held(job))
    .returning({ cancelRequestedAt: jobs.cancelRequestedAt })
  if (!row) return 'lost'
  return row.cancelRequestedAt === null ? 'held' : 'cancelled'
}

/** Completes a job together with its effects, if it is still this worker's and nobody asked it to stop. */
export const succeed = (db: Db, job: JobRow, { output, writes }: { output: unknown; writes: Write[] }) =>
  commit(
    db,
    job,
    { state: 'succeeded', output, error: null, dueAt: null, finishedAt: Date.now() },
    {
      when: isNull(jobs.cancelRequestedAt),
      writes,
    },
  )

/** Puts a job back after a failure, to be tried again at `dueAt`. */
export const postpone = (db: Db, job: JobRow, { error, dueAt }: { error: Failure; dueAt: number }) =>
  commit(db, job, { state: 'queued', worker: null, error, dueAt, failures: job.failures + 1 })

/** Ends a job for good with the reason a person can act on. */
export const bury = (db: Db, job: JobRow, { error, writes }: { error: Failure; writes: Write[] }) =>
  commit(
    db,
    job,
    { state: 'dead', error, dueAt: null, finishedAt: Date.now(), failures: job.failures + 1 },
    { writes },
  )

/** Ends a job that somebody asked to stop. */
export const stop = (db: Db, job: JobRow) =>
  commit(
    db,
    job,
    { state: 'cancelled', dueAt: null, finishedAt: Date.now() },
    {
      when: sql`${jobs.cancelRequestedAt} IS NOT NULL`,
    },
  )

/** Hands a job back untouched, for another worker to take at once. */
export const release = (db: Db, job: JobRow) =>
  commit(db, job, { state: 'queued', worker: null, dueAt: Date.now(), attempts: job.attempts - 1 })

type Guarded = { when?: SQL; writes?: Write[] }

/** Returns false, with nothing written, when the lease was lost or `when` did not hold. */
async function commit(
  db: Db,
  job: JobRow,
  change: Partial<JobRow>,
  { when, writes = [] }: Guarded = {},
): Promise<boolean> {
  try {
    await db.batch([
      db
        .update(jobs)
        .set(change)
        .where(and(held(job), when)),
      conditionHeld(db),
      ...writes,
      tell(db, job.projectId, 'job.updated', presentJob({ ...job, ...change })),
    ])
    return true
  } catch (error) {
    if (asConditionFailed(error) instanceof ConditionFailed) return false
    throw error
  }
}

/** Only the worker that took the job last may change it: a stalled one that wakes holds an old token. */
const held = (job: JobRow) =>
  and(eq(jobs.id, job.id), eq(jobs.leaseToken, job.leaseToken), eq(jobs.state, 'running'))
