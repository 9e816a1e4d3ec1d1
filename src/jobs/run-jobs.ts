import { and, eq, inArray } from 'drizzle-orm'
import type { Db, Write } from '#db/connect.ts'
import { jobs } from '#db/schema/jobs.ts'
import { tellIfChanged } from './events.ts'
import { requeued } from './jobs.ts'
import { type JobRow, presentJob } from './schemas.ts'

/** The writes that stop the jobs of a run: what waits is cancelled, what runs is told to stop. */
export async function cancelJobsOfRun(db: Db, runId: string): Promise<Write[]> {
  const now = Date.now()
  const waiting = and(eq(jobs.runId, runId), eq(jobs.state, 'queued'))
  const performed = and(eq(jobs.runId, runId), eq(jobs.state, 'running'))
  const cancelled = { state: 'cancelled', dueAt: null, ready: 0, finishedAt: now } as const
  return [
    ...changeEach(db, await db.select().from(jobs).where(waiting), cancelled),
    // A job may have begun to wait since the rows were read.
    db.update(jobs).set(cancelled).where(waiting),
    db.update(jobs).set({ cancelRequestedAt: now }).where(performed),
  ]
}

/** The writes that make the stopped jobs of a run wait again, and the ids of those there are now. */
export async function requeueJobsOfRun(db: Db, runId: string): Promise<{ ids: string[]; writes: Write[] }> {
  const stopped = and(eq(jobs.runId, runId), inArray(jobs.state, ['dead', 'cancelled']))
  const again = requeued()
  const rows = await db.select().from(jobs).where(stopped)
  const writes = [
    ...changeEach(db, rows, again),
    db.update(jobs).set(again).where(stopped),
    db.update(jobs).set({ cancelRequestedAt: null }).where(eq(jobs.runId, runId)),
  ]
  return { ids: rows.map((row) => row.id), writes }
}

/** Changes the jobs that are still in the state they were read in, and tells of each. */
const changeEach = (db: Db, rows: JobRow[], change: Partial<JobRow>): Write[] =>
  rows.flatMap((row) => [
    db
      .update(jobs)
      .set(change)
      .where(and(eq(jobs.id, row.id), eq(jobs.state, row.state))),
    tellIfChanged(db, row.projectId, 'job.updated', presentJob({ ...row, ...change })),
  ])
