import type { Db } from '#db/connect.ts'
import type { JobRow } from '#src/jobs/schemas.ts'
import { tellIfHeld } from './lease.ts'

/**
 * Tells a job's text as it is written: each piece with its offset, so that a listener sees what it missed.
 * `attempt` grows with every telling, and only the worker that holds the job is heard.
 */
export function textTeller(db: Db, job: JobRow, told: () => void): (delta: string) => Promise<void> {
  let offset = 0
  return async (text) => {
    const { id: jobId, runId, itemKey: key, leaseToken: attempt } = job
    await db.batch([tellIfHeld(job, 'section.text', { jobId, runId, key, attempt, offset, text })])
    offset += text.length
    told()
  }
}
