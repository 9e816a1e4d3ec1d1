import type { Db } from '#db/connect.ts'
import { tell } from '#src/jobs/events.ts'
import type { JobRow } from '#src/jobs/schemas.ts'

/** Tells a job's text as it is written: each piece with its offset, so that a listener sees what it missed. */
export function textTeller(db: Db, job: JobRow, told: () => void): (delta: string) => Promise<void> {
  let offset = 0
  return async (text) => {
    const { id: jobId, runId, itemKey: key, attempts: attempt } = job
    await tell(db, job.projectId, 'section.text', { jobId, runId, key, attempt, offset, text })
    offset += text.length
    told()
  }
}
