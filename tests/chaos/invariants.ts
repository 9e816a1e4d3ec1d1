import type { Database } from 'bun:sqlite'
import type { Acknowledged } from './clients.ts'

type Invariant = { name: string; broken: string }

/** What holds at any moment; each statement finds what breaks it. */
const ALWAYS: readonly Invariant[] = [
  {
    name: 'a job has one version',
    broken: `SELECT job_id FROM document_versions WHERE job_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1`,
  },
  {
    name: 'a run has one version',
    broken: `SELECT run_id FROM document_versions WHERE run_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1`,
  },
  {
    name: 'what a job did came with its end',
    broken: `SELECT jobs.id FROM jobs LEFT JOIN document_versions AS made ON made.job_id = jobs.id
      WHERE kind = 'document.persist' AND (state = 'succeeded') <> (made.id IS NOT NULL)`,
  },
  {
    name: 'a job succeeds once',
    broken: `SELECT data ->> 'id' FROM events WHERE type = 'job.updated' AND data ->> 'state' = 'succeeded'
      GROUP BY 1 HAVING count(*) > 1`,
  },
  {
    name: 'what was cancelled is not begun',
    broken: `SELECT data ->> 'id' FROM events WHERE type = 'job.updated'
      GROUP BY 1 HAVING max(id) > max(CASE WHEN data ->> 'state' = 'cancelled' THEN id END)`,
  },
  {
    name: 'a key is one job',
    broken: `SELECT coalesce(input ->> 'title', input ->> 'reason') FROM jobs
      WHERE run_id IS NULL AND kind IN ('seo.generate', 'document.persist') GROUP BY 1 HAVING count(*) > 1`,
  },
  {
    name: 'a tick of the schedule is one job',
    broken: `SELECT kind FROM jobs WHERE created_by = 'schedule' GROUP BY kind, input HAVING count(*) > 1`,
  },
  {
    name: 'a version is whole',
    broken: `SELECT id FROM document_versions AS version WHERE json_array_length(outline) = 0
      OR json_array_length(outline) <> (SELECT count(*) FROM sections WHERE version_id = version.id)`,
  },
  {
    name: 'a document knows its versions',
    broken: `SELECT id FROM documents AS document WHERE current_version <>
      (SELECT count(*) FROM document_versions WHERE document_id = document.id)`,
  },
]

/** What holds once nobody asks for anything more. */
const AT_REST: readonly Invariant[] = [
  {
    name: 'all work is done',
    broken: `SELECT id || ' is ' || state FROM jobs WHERE state NOT IN ('succeeded', 'cancelled')`,
  },
  {
    name: 'nobody holds a lease',
    broken: `SELECT id FROM jobs WHERE due_at IS NOT NULL OR ready = 1`,
  },
  {
    name: 'the outbox is empty',
    broken: `SELECT id FROM jobs WHERE state = 'queued' AND dispatched_at IS NOT NULL`,
  },
  {
    name: 'every run has succeeded',
    broken: `SELECT id || ' is ' || state FROM runs WHERE state <> 'succeeded'`,
  },
  {
    name: 'a run has one version',
    broken: `SELECT id FROM runs WHERE (SELECT count(*) FROM document_versions WHERE run_id = runs.id) <> 1`,
  },
  {
    name: 'a run performed each step once',
    broken: `SELECT id FROM runs WHERE (SELECT count(DISTINCT kind) FROM jobs WHERE run_id = runs.id) <> 7
      OR (SELECT count(*) FROM jobs WHERE run_id = runs.id AND kind = 'section.write') <>
        (SELECT count(*) FROM sections JOIN document_versions AS version ON version.id = version_id
         WHERE version.run_id = runs.id)`,
  },
  {
    name: 'every success was told',
    broken: `SELECT id FROM jobs WHERE state = 'succeeded' AND id NOT IN
      (SELECT data ->> 'id' FROM events WHERE type = 'job.updated' AND data ->> 'state' = 'succeeded')`,
  },
  { name: 'the file is whole', broken: `SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'` },
  { name: 'every reference leads somewhere', broken: `SELECT "table" FROM pragma_foreign_key_check` },
]

/** What is broken now, each with how often and one case. */
export const brokenNow = (database: Database): string[] => find(database, ALWAYS)

/** What is broken at the end, when all that was acknowledged is known. */
export function brokenAtRest(database: Database, acknowledged: Iterable<Acknowledged>): string[] {
  return [...find(database, [...ALWAYS, ...AT_REST]), ...promisesBroken(database, acknowledged)]
}

function promisesBroken(database: Database, acknowledged: Iterable<Acknowledged>): string[] {
  const states = new Map(
    database
      .query<{ id: string; state: string }, []>('SELECT id, state FROM jobs')
      .all()
      .map((row) => [row.id, row.state]),
  )
  const runs = new Set(
    database
      .query<{ id: string }, []>('SELECT id FROM runs')
      .all()
      .map(({ id }) => id),
  )
  const broken: string[] = []
  for (const { jobId, runId, cancelled } of acknowledged) {
    const state = states.get(jobId)
    if (!state || (runId && !runs.has(runId))) broken.push(`an acknowledged job is there: ${jobId} was lost`)
    else if (cancelled === 'yes' && state !== 'cancelled')
      broken.push(`what was cancelled is not begun: ${jobId} is ${state}`)
    else if (cancelled === 'no' && state === 'cancelled')
      broken.push(`only what was asked to is cancelled: ${jobId}`)
  }
  return broken
}

const find = (database: Database, invariants: readonly Invariant[]): string[] =>
  invariants.flatMap(({ name, broken }) => {
    const rows = database.query(broken).values()
    return rows.length ? [`${name}: not so ${rows.length} times, for example ${rows[0]![0]}`] : []
  })
