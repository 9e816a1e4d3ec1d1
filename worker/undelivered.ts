import { and, eq } from 'drizzle-orm'
import { atomically, ConditionFailed, type Db } from '#db/connect.ts'
import { jobs } from '#db/schema/jobs.ts'
import { errorGroupOf } from '#src/jobs/error-group.ts'
import { tell } from '#src/jobs/events.ts'
import { type JobRow, presentJob } from '#src/jobs/schemas.ts'
import type { Log } from '#src/log.ts'
import { getRunRow } from '#src/pipelines/runs.ts'
import { putBack } from '#src/queue/put-back.ts'
import type { Queue } from '#src/queue/queue.ts'
import { failRun } from './advance-run.ts'

const AT_ONCE_MAX = 100
const ERROR = {
  code: 'undeliverable',
  message: 'The queue gave this job up: it was delivered too often in vain.',
}

/**
 * Marks the jobs whose messages the queue gave up as dead, where they were still waiting; then it may forget them. One
 * that was never begun cannot be what its workers died of: it is sent again.
 */
export async function buryUndelivered({ db, queue, log }: { db: Db; queue: Queue; log: Log }): Promise<void> {
  try {
    const deliveries = await queue.undeliverable.pull(AT_ONCE_MAX)
    for (const { jobId } of deliveries) await buryWaiting(db, jobId, log)
    if (deliveries.length) await queue.undeliverable.acknowledge(deliveries)
  } catch (error) {
    log.error({ err: error }, 'what the queue gave up could not be looked at')
  }
}

/** What is performed, or has ended, is none of the queue's business any more. */
async function buryWaiting(db: Db, id: string, log: Log): Promise<void> {
  const job = await db.select().from(jobs).where(eq(jobs.id, id)).get()
  if (job?.state !== 'queued') return
  if (job.attempts === 0) {
    const again = await putBack(db, [id])
    if (again.length)
      log.warn(
        { jobId: id, kind: job.kind },
        'the queue gave up a job that nobody has begun; it is sent again',
      )
    return
  }
  const change: Partial<JobRow> = {
    state: 'dead',
    ready: 0,
    dueAt: null,
    dispatchedAt: null,
    error: ERROR,
    errorGroup: errorGroupOf(job, ERROR),
    finishedAt: Date.now(),
  }
  const same = and(eq(jobs.id, id), eq(jobs.state, 'queued'), eq(jobs.leaseToken, job.leaseToken))
  const run = job.runId ? await getRunRow(db, job.projectId, job.runId) : undefined
  try {
    await atomically(db, db.update(jobs).set(change).where(same), [
      tell(db, job.projectId, 'job.updated', presentJob({ ...job, ...change })),
      ...(run ? await failRun(db, run, ERROR) : []),
    ])
  } catch (error) {
    // A worker took it at this moment after all.
    if (!(error instanceof ConditionFailed)) throw error
  }
}
