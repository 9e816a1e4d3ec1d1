import { and, eq, type SQL, sql } from 'drizzle-orm'
import { asConditionFailed, ConditionFailed, conditionHeld, type Db, type Write } from '#db/connect.ts'
import { type Failure, jobs } from '#db/schema/jobs.ts'
import { countedStatement, statement } from '#db/statement.ts'
import { errorGroupOf } from '#src/jobs/error-group.ts'
import { type EventType, tell, tellIfChanged } from '#src/jobs/events.ts'
import { type JobRow, presentJob } from '#src/jobs/schemas.ts'

/** Only the worker that took the job last may change it: a stalled one that wakes holds an old token. */
const HELD = `id = ? AND lease_token = ? AND state = 'running'`

/** Tells something of a job, unless another worker has taken it since: an old snapshot must not come last. */
export const tellIfHeld = (job: JobRow, type: EventType, data: object): Write =>
  statement(
    `INSERT INTO events (project_id, type, data, created_at) SELECT ?, ?, ?, ?
     WHERE EXISTS (SELECT 1 FROM jobs WHERE ${HELD})`,
    [job.projectId, type, JSON.stringify(data), Date.now(), job.id, job.leaseToken],
  )

/** What became of a lease at a heartbeat. */
export type LeaseState = 'held' | 'cancelled' | 'lost'

/**
 * Keeps leases alive, each until `leaseMs` from now. Says of every job whether it is still this worker's, and
 * whether somebody asked it to stop.
 */
export async function renew(
  db: Db,
  held: readonly JobRow[],
  leaseMs: number,
): Promise<Map<string, LeaseState>> {
  const tokens = JSON.stringify(held.map((job) => [job.id, job.leaseToken]))
  const rows = (await db.rows(
    `UPDATE jobs SET due_at = ?, ready = 0 FROM json_each(?) AS held
     WHERE jobs.id = held.value ->> 0 AND lease_token = held.value ->> 1 AND state = 'running'
     RETURNING jobs.id, cancel_requested_at`,
    [Date.now() + leaseMs, tokens],
    { durable: false },
  )) as [string, number | null][]
  const cancelled = new Map(rows)
  return new Map(
    held.map(({ id }) => [
      id,
      !cancelled.has(id) ? 'lost' : cancelled.get(id) === null ? 'held' : 'cancelled',
    ]),
  )
}

/** Those of the jobs that somebody asked to stop: a look at an index that is nearly always empty. */
export async function askedToStop(db: Db): Promise<string[]> {
  const rows = await db.rows(
    `SELECT id FROM jobs WHERE state = 'running' AND cancel_requested_at IS NOT NULL`,
    [],
  )
  return rows.map(([id]) => id as string)
}

/** Completes a job together with its effects, if it is still this worker's and nobody asked it to stop. */
export async function succeed(
  db: Db,
  job: JobRow,
  { output, writes }: { output: unknown; writes: Write[] },
): Promise<boolean> {
  const finishedAt = Date.now()
  const change = { state: 'succeeded', output, error: null, dueAt: null, finishedAt } as const
  const completion = countedStatement(
    `UPDATE jobs SET state = 'succeeded', ready = 0, output = ?, error = NULL, due_at = NULL, finished_at = ?
     WHERE ${HELD} AND cancel_requested_at IS NULL`,
    [output === undefined ? null : JSON.stringify(output), finishedAt, job.id, job.leaseToken],
  )
  const told = presentJob({ ...job, ...change })
  if (writes.length > 0)
    return whole(db, [completion, conditionHeld(db), ...writes, tell(db, job.projectId, 'job.updated', told)])
  const [changed] = await db.batch([completion, tellIfChanged(db, job.projectId, 'job.updated', told)])
  const [[count]] = changed as unknown as [[number]]
  return count > 0
}

/** Puts a job back after a failure, to be tried again at `dueAt`. */
export const postpone = (db: Db, job: JobRow, { error, dueAt }: { error: Failure; dueAt: number }) =>
  commit(db, job, { state: 'queued', worker: null, error, dueAt, failures: job.failures + 1 })

/** Ends a job for good with the reason a person can act on. `cause` is what was thrown: its group may come of it. */
export const bury = (
  db: Db,
  job: JobRow,
  { error, cause, writes }: { error: Failure; cause?: unknown; writes: Write[] },
) =>
  commit(
    db,
    job,
    {
      state: 'dead',
      error,
      errorGroup: errorGroupOf(job, error, cause),
      dueAt: null,
      finishedAt: Date.now(),
      failures: job.failures + 1,
    },
    { writes },
  )

/** Ends a job that somebody asked to stop. */
export const stop = (db: Db, job: JobRow) =>
  commit(
    db,
    job,
    { state: 'cancelled', dueAt: null, finishedAt: Date.now() },
    { when: sql`${jobs.cancelRequestedAt} IS NOT NULL` },
  )

/** Hands a job back untouched, for another worker to take at once. */
export const release = (db: Db, job: JobRow) =>
  commit(db, job, { state: 'queued', worker: null, dueAt: Date.now(), ready: 1, attempts: job.attempts - 1 })

type Guarded = { when?: SQL; writes?: Write[] }

/** Returns false, with nothing written, when the lease was lost or `when` did not hold. */
const commit = (db: Db, job: JobRow, change: Partial<JobRow>, { when, writes = [] }: Guarded = {}) =>
  whole(db, [
    db
      .update(jobs)
      .set({ ready: 0, ...change })
      .where(and(eq(jobs.id, job.id), eq(jobs.leaseToken, job.leaseToken), eq(jobs.state, 'running'), when)),
    conditionHeld(db),
    ...writes,
    tell(db, job.projectId, 'job.updated', presentJob({ ...job, ...change })),
  ])

async function whole(db: Db, writes: [Write, ...Write[]]): Promise<boolean> {
  try {
    await db.batch(writes)
    return true
  } catch (error) {
    if (asConditionFailed(error) instanceof ConditionFailed) return false
    throw error
  }
}
