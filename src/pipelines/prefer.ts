import type { Db } from '#db/connect.ts'
import { AppError, type ErrorCode, errorStatus } from '#src/errors.ts'
import { getJobRow, hasEnded } from '#src/jobs/jobs.ts'
import type { JobRow } from '#src/jobs/schemas.ts'

export const WAIT_SECONDS_MAX = 60
const LOOK_MS = 20

/** The seconds of `Prefer: wait=N` (RFC 7240). Throws `invalid_request` when N is not from 1 to the limit. */
export function readWait(prefer: string | undefined): number | undefined {
  const match = prefer?.match(/(?:^|[,;])\s*wait\s*=\s*"?([^",;]*)/i)
  if (!match) return undefined
  const seconds = /^\d{1,3}$/.test(match[1]!.trim()) ? Number(match[1]) : 0
  if (seconds < 1 || seconds > WAIT_SECONDS_MAX)
    throw new AppError(
      'invalid_request',
      `Prefer: wait must be a whole number of seconds from 1 to ${WAIT_SECONDS_MAX}.`,
      [{ path: 'prefer', message: `wait must be from 1 to ${WAIT_SECONDS_MAX}` }],
    )
  return seconds
}

type Wait = { projectId: string; id: string; seconds: number; signal: AbortSignal }

/** The job once it has ended, or as it is when the time is up or the caller has gone. */
export async function waitForJob(db: Db, { projectId, id, seconds, signal }: Wait): Promise<JobRow> {
  const deadline = Date.now() + seconds * 1000
  while (true) {
    if ((await hasEnded(db, id)) || Date.now() >= deadline || signal.aborted)
      return getJobRow(db, projectId, id)
    await Bun.sleep(LOOK_MS)
  }
}

/** Throws what a job that ended badly failed with. */
export function refuseFailed(row: JobRow) {
  if (row.state === 'cancelled') throw new AppError('conflict', 'The job was cancelled.')
  if (row.state !== 'dead') return
  const { code, message } = row.error ?? { code: 'internal', message: 'The job failed.' }
  throw new AppError(code in errorStatus ? (code as ErrorCode) : 'internal', message)
}
