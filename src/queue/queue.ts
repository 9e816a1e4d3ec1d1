/**
 * Delivers the ids of jobs that are due. It may deliver an id more than once, or to two consumers: the row
 * of the job is the truth, and its claim decides who performs it.
 */
export type Queue = {
  name: 'inline'
  /** Says that these jobs were written; a consumer hears of them at once where the backend can tell it. */
  send(jobIds: string[]): Promise<void>
  /** Up to `max` ids of due jobs, none when nothing came within `waitMs`. Returns early when aborted. */
  pull(options: { max: number; waitMs: number; signal: AbortSignal }): Promise<string[]>
}
