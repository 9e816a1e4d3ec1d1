import type { Db } from '#db/connect.ts'
import { statement } from '#db/statement.ts'
import { isLimited, jobKinds, type Kinds, kindOf, spacingOf } from '#src/jobs/kinds.ts'
import type { JobRow } from '#src/jobs/schemas.ts'

export type LeaseOptions = { worker: string; leaseMs: number }
type ClaimOptions = LeaseOptions & {
  kinds?: Kinds
  /** Jobs of other kinds are left alone. */
  only?: readonly string[]
}

/** How long a job rests whose lane is full, when nobody can say when a place will be free. */
const FULL_LANE_REST_MS = 1_000

const UNLIMITED = 1_000_000_000

const COLUMNS = [
  'id',
  'project_id',
  'kind',
  'run_id',
  'item_key',
  'input',
  'error',
  'due_at',
  'lease_token',
  'attempts',
  'failures',
  'cancel_requested_at',
  'created_by',
  'created_at',
  'started_at',
  'lane',
].join(', ')

// What a queue was told of may be claimed by its id; nothing that rests after a failure, and nothing that is held.
const CLAIMABLE = `(ready = 1 OR due_at <= ?3 OR (state = 'queued' AND dispatched_at IS NOT NULL))`

const TAKE = `UPDATE jobs SET state = 'running', ready = 0, dispatched_at = NULL, worker = ?1, due_at = ?2,
  lease_token = lease_token + 1, attempts = attempts + 1, started_at = coalesce(started_at, ?3)`

/**
 * Takes due jobs for this worker: `lease_token` becomes its fence, and `due_at` the end of its lease. Gives those it
 * got; another worker may have taken the others, or the limits of their kind do not let them start yet.
 */
export async function claimAll(db: Db, ids: readonly string[], options: ClaimOptions): Promise<JobRow[]> {
  if (ids.length === 0) return []
  const { worker, leaseMs, only } = options
  const kinds: Kinds = options.kinds ?? jobKinds
  const now = Date.now()
  const mine = (kind: string) => !only || only.includes(kind)
  const limited = Object.keys(kinds).filter((kind) => isLimited(kinds[kind]!) && mine(kind))
  const rows = await db.rows(
    `${TAKE} WHERE id IN (SELECT value FROM json_each(?4)) AND ${CLAIMABLE}
     ${limited.length ? 'AND kind NOT IN (SELECT value FROM json_each(?5))' : 'AND ?5 IS NOT NULL'}
     ${only ? 'AND kind IN (SELECT value FROM json_each(?6))' : ''} RETURNING ${COLUMNS}`,
    [
      worker,
      now + leaseMs,
      now,
      JSON.stringify(ids),
      JSON.stringify(limited),
      ...(only ? [JSON.stringify(only)] : []),
    ],
    // A claim that a power cut takes leaves a job that waits, and nobody who works on it.
    { durable: false },
  )
  const claimed = rows.map((row) => claimedRow(row, worker))
  if (limited.length && claimed.length < ids.length)
    claimed.push(...(await claimLimited(db, ids, { ...options, kinds, limited })))
  // Whoever delivered them put them in the order in which they are to begin.
  const byId = new Map(claimed.map((job) => [job.id, job]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** The same for one job; undefined when it was not to be had. */
export const claim = async (db: Db, id: string, options: ClaimOptions): Promise<JobRow | undefined> =>
  (await claimAll(db, [id], options))[0]

/** Each on its own, because whether one may start depends on those that were started before it. */
async function claimLimited(
  db: Db,
  ids: readonly string[],
  options: LeaseOptions & { kinds: Kinds; limited: string[] },
): Promise<JobRow[]> {
  const rows = (await db.rows(
    `SELECT id, kind, lane FROM jobs WHERE id IN (SELECT value FROM json_each(?1))
     AND kind IN (SELECT value FROM json_each(?2)) AND ${CLAIMABLE}`,
    [JSON.stringify(ids), JSON.stringify(options.limited), Date.now()],
  )) as [string, string, string][]
  const claimed: JobRow[] = []
  for (const [id, kind, lane] of rows) {
    const job = await claimInLane(db, { id, kind, lane }, options)
    if (job) claimed.push(job)
  }
  return claimed
}

async function claimInLane(
  db: Db,
  { id, kind, lane }: { id: string; kind: string; lane: string },
  { worker, leaseMs, kinds }: LeaseOptions & { kinds: Kinds },
): Promise<JobRow | undefined> {
  const now = Date.now()
  const { concurrency = UNLIMITED, rate } = kindOf(kind, kinds)
  const spacingMs = rate ? spacingOf(rate) : 0
  const [rows] = (await db.batch([
    statement(
      `${TAKE} WHERE id = ?4 AND ${CLAIMABLE}
       AND (SELECT count(*) FROM jobs WHERE ready = 0 AND state = 'running' AND lane = ?5) < ?6
       AND coalesce((SELECT next_at FROM job_lanes WHERE lane = ?5), 0) NOT BETWEEN ?3 + 1 AND ?7
       RETURNING ${COLUMNS}`,
      // What lies beyond a whole spacing was written by a clock that has gone back since.
      [worker, now + leaseMs, now, id, lane, concurrency, now + spacingMs],
    ),
    statement(
      `INSERT INTO job_lanes (lane, next_at) SELECT ?, ? WHERE changes() > 0 AND ?
       ON CONFLICT (lane) DO UPDATE SET next_at = excluded.next_at`,
      [lane, now + spacingMs, spacingMs],
    ),
    // One that may not start now steps aside: it would be found first again and again.
    statement(
      `UPDATE jobs SET ready = 0, dispatched_at = NULL, due_at =
         coalesce((SELECT min(next_at, ?1) FROM job_lanes WHERE lane = ?2 AND next_at > ?3), ?5)
       WHERE id = ?4 AND state = 'queued' AND ${CLAIMABLE}`,
      [now + spacingMs, lane, now, id, now + FULL_LANE_REST_MS],
    ),
  ])) as unknown as unknown[][][]
  return rows![0] && claimedRow(rows![0], worker)
}

function claimedRow(values: unknown[], worker: string): JobRow {
  const [id, projectId, kind, runId, itemKey, input, error, dueAt, leaseToken, attempts, failures, ...rest] =
    values
  const [cancelRequestedAt, createdBy, createdAt, startedAt, lane] = rest
  return {
    id,
    projectId,
    kind,
    state: 'running',
    runId,
    itemKey,
    input: JSON.parse(input as string),
    output: null,
    error: error === null ? null : JSON.parse(error as string),
    dueAt,
    leaseToken,
    worker,
    attempts,
    failures,
    cancelRequestedAt,
    createdBy,
    createdAt,
    startedAt,
    finishedAt: null,
    ready: 0,
    lane,
    dispatchedAt: null,
    errorGroup: null,
    // The statement names the columns in this order, and the table is STRICT.
  } as JobRow
}
