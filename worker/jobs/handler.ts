import type { Db, Write } from '#db/connect.ts'
import type { JobRow } from '#src/jobs/schemas.ts'

/** What a handler computed. It writes nothing itself: the consumer commits all of it, or none. */
export type JobResult = {
  output: unknown
  /** Written together with the job's completion. */
  effects?: Write[]
}

export type JobContext = {
  db: Db
  signal: AbortSignal
  /** Tells the project's listeners a piece of text at its offset; told anew from 0 when the job is tried again. */
  onText(delta: string): Promise<void>
}

export type JobHandler = (job: JobRow, input: unknown, context: JobContext) => Promise<JobResult>
