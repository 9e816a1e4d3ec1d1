import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import type { Db, Write } from '#db/connect.ts'
import { type Failure, jobs } from '#db/schema/jobs.ts'
import { notFound } from '#src/errors.ts'
import { PAGE_SIZE_DEFAULT, readCursor, toPage } from '#src/paging.ts'
import { isoTime } from '#src/time.ts'
import { tellIfChanged } from './events.ts'
import { deadOf, getJobRow, requeued, summaryColumns } from './jobs.ts'
import {
  type DeadLetter,
  type ErrorGroup,
  type JobRow,
  type JobSummaryRow,
  presentFullJob,
  presentJob,
} from './schemas.ts'

/** One call retries or discards this many; whoever has more calls again. */
export const DEAD_LETTERS_AT_ONCE_MAX = 500
const GROUPS_MAX = 100
/** The newest of a project's dead letters are counted, up to this many. */
export const DEAD_LETTERS_COUNTED_MAX = 5_000

/** Some by their ids, or those of one error group. */
export type Which = { ids: string[] } | { group: string }

/** A page of a project's dead letters, newest first. */
export async function listDeadLetters(
  db: Db,
  projectId: string,
  query: { group?: string; limit?: number; cursor?: string },
) {
  const limit = query.limit ?? PAGE_SIZE_DEFAULT
  const before = readCursor('job', query.cursor)
  const rows = await db
    .select(summaryColumns)
    .from(jobs)
    .where(
      and(
        deadOf(projectId),
        query.group === undefined ? undefined : eq(jobs.errorGroup, query.group),
        before ? lt(jobs.id, before) : undefined,
      ),
    )
    .orderBy(desc(jobs.id))
    .limit(limit + 1)
  return toPage(rows, limit, presentLetter)
}

/** A dead letter with its input. Throws `not_found`, also for a job that is not dead. */
export async function getDeadLetter(db: Db, projectId: string, id: string): Promise<DeadLetter> {
  const row = await getJobRow(db, projectId, id)
  if (row.state !== 'dead') throw notFound('dead letter')
  return { ...presentLetter(row), ...presentFullJob(row), input: row.input }
}

/** What the newest of a project's dead letters died of, the most frequent first. */
export async function listErrorGroups(db: Db, projectId: string): Promise<ErrorGroup[]> {
  const rows = (await db.rows(
    `SELECT letters.*, runs.document_id FROM (
       SELECT error_group, kind, count(*) AS letters, error, min(finished_at), max(finished_at), count(run_id),
         iif(count(run_id) = count(*) AND min(run_id) = max(run_id), run_id, NULL) AS run_id FROM (
         SELECT error_group, kind, error, finished_at, run_id FROM jobs WHERE state = 'dead' AND project_id = ?
         ORDER BY id DESC LIMIT ?
       ) WHERE error_group IS NOT NULL GROUP BY error_group ORDER BY letters DESC LIMIT ?
     ) AS letters LEFT JOIN runs ON runs.id = letters.run_id ORDER BY letters DESC`,
    [projectId, DEAD_LETTERS_COUNTED_MAX, GROUPS_MAX],
  )) as [string, string, number, string | null, number, number, number, string | null, string | null][]
  return rows.map(([group, kind, count, error, first, last, ofRuns, runId, documentId]) => ({
    group,
    kind,
    count,
    ...(error ? { error: JSON.parse(error) as Failure } : {}),
    firstAt: isoTime(first),
    lastAt: isoTime(last),
    ofRuns,
    ...(runId && documentId ? { run: { id: runId, documentId } } : {}),
  }))
}

/**
 * Queues dead letters again, with their failures forgotten, and gives their ids. Those that are part of a run are left
 * as they are, and the runs are given: a run is resumed as a whole. Throws `not_found` for a job that is not there.
 */
export async function retryDeadLetters(
  db: Db,
  projectId: string,
  which: Which,
): Promise<{ ids: string[]; runIds: string[] }> {
  const rows = await findDead(db, projectId, which)
  const alone = rows.filter((row) => row.runId === null)
  await changeDead(db, alone, requeued())
  const runIds = new Set(rows.flatMap((row) => row.runId ?? []))
  return { ids: alone.map((row) => row.id), runIds: [...runIds] }
}

/**
 * Takes dead letters off the list: they are cancelled. Returns how many there were. Throws `not_found`. Whoever
 * resumes the run that one of them is part of has it performed again.
 */
export async function discardDeadLetters(db: Db, projectId: string, which: Which): Promise<number> {
  const rows = await findDead(db, projectId, which)
  await changeDead(db, rows, { state: 'cancelled', finishedAt: Date.now() })
  return rows.length
}

async function findDead(db: Db, projectId: string, which: Which): Promise<JobSummaryRow[]> {
  const chosen = 'ids' in which ? isOneOf(which.ids) : eq(jobs.errorGroup, which.group)
  if ('ids' in which) await requireJobs(db, projectId, which.ids)
  return db
    .select(summaryColumns)
    .from(jobs)
    .where(and(deadOf(projectId), chosen))
    .limit(DEAD_LETTERS_AT_ONCE_MAX)
}

/** Somebody else may have retried one of them by now; that there is no such job is another matter. */
async function requireJobs(db: Db, projectId: string, ids: string[]): Promise<void> {
  const found = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(isOneOf(ids), eq(jobs.projectId, projectId)))
  if (found.length < ids.length) throw notFound('job')
}

const isOneOf = (ids: string[]): SQL =>
  sql`${jobs.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`

/** Changes those that are dead still, and tells of each. */
async function changeDead(db: Db, rows: JobSummaryRow[], change: Partial<JobRow>): Promise<void> {
  const writes = rows.flatMap((row): Write[] => [
    db
      .update(jobs)
      .set(change)
      .where(and(eq(jobs.id, row.id), eq(jobs.state, 'dead'))),
    tellIfChanged(db, row.projectId, 'job.updated', presentJob({ ...row, ...change })),
  ])
  const [first, ...others] = writes
  if (first) await db.batch([first, ...others])
}

const presentLetter = (row: JobSummaryRow): DeadLetter => ({
  ...presentJob(row),
  group: row.errorGroup ?? '',
  failures: row.failures,
})
