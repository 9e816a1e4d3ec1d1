import type { Db } from '#db/connect.ts'
import { firstIdAt, type IdPrefix } from '#src/ids.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

/** Answers that are given again to a request that comes again with its Idempotency-Key. */
export const STEP_INVOCATIONS_KEPT_MS = 48 * HOUR_MS
/** What a live stream can resume from; the newest event is always kept. */
export const EVENTS_KEPT_MS = 3 * DAY_MS
/** Jobs of no run, after they succeeded or were cancelled. */
export const FINISHED_JOBS_KEPT_MS = 30 * DAY_MS
/** Dead letters of no run, after they died. */
export const DEAD_LETTERS_KEPT_MS = 90 * DAY_MS
/** Runs with all their jobs, after they ended. Until then a run that failed can be resumed. */
export const RUNS_KEPT_MS = 90 * DAY_MS
/** Invitations, accepted or not, after they expired. */
export const INVITATIONS_KEPT_MS = 30 * DAY_MS
/** Sessions and proofs (links and codes), after they expired. */
export const SESSIONS_KEPT_MS = 0
/** Keys of jobs that exist once, after their window. */
export const JOB_KEYS_KEPT_MS = 0
/** Lanes with a rate, after the last start in them let the next one. Without a row the next start is let at once. */
export const JOB_LANES_KEPT_MS = DAY_MS
/** Alarms, after they cleared. */
export const ALARMS_KEPT_MS = 90 * DAY_MS
/** Consumers that died without a word, after their last one; who purges is a consumer that lives. */
export const CONSUMERS_KEPT_MS = DAY_MS

/** So that no other writer waits for long. */
const ROWS_AT_ONCE = 200
/** A row of these may hold what a step made, or take many others along. */
const JOBS_AT_ONCE = 50
const RUNS_AT_ONCE = 5

type Rule = { name: string; keptMs: number } & (
  | {
      /** Deletes up to `?2` rows that are older than `?1`, found by an index on their age. */ delete: string
    }
  | Walk
)

/**
 * For tables without an index on the age of what has ended, whose upkeep each job would pay for: their ids
 * sort by the time they were made, and nothing has ended before that.
 */
type Walk = {
  table: string
  prefix: IdPrefix
  /** Which of those that were made before `?1` are older than that. */
  where: string
  atOnce: number
}

const byAge = (table: string, column: string) =>
  `DELETE FROM ${table} WHERE rowid IN (
    SELECT rowid FROM ${table} WHERE ${column} <= ?1 LIMIT ?2) RETURNING 1`

/** What is deleted for its age alone, in whichever room it belongs. */
export const retentionRules: readonly Rule[] = [
  {
    name: 'step_invocations',
    keptMs: STEP_INVOCATIONS_KEPT_MS,
    delete: byAge('step_invocations', 'created_at'),
  },
  {
    name: 'events',
    keptMs: EVENTS_KEPT_MS,
    // In the order of their ids, up to the first ones that are younger.
    delete: `DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?2) AND created_at <= ?1
      AND id < (SELECT max(id) FROM events) RETURNING 1`,
  },
  {
    name: 'jobs',
    keptMs: FINISHED_JOBS_KEPT_MS,
    table: 'jobs',
    prefix: 'job',
    where: `run_id IS NULL AND state IN ('succeeded', 'cancelled') AND finished_at <= ?1`,
    atOnce: JOBS_AT_ONCE,
  },
  {
    name: 'dead_letters',
    keptMs: DEAD_LETTERS_KEPT_MS,
    table: 'jobs',
    prefix: 'job',
    where: `run_id IS NULL AND state = 'dead' AND finished_at <= ?1`,
    atOnce: JOBS_AT_ONCE,
  },
  {
    name: 'runs',
    keptMs: RUNS_KEPT_MS,
    table: 'runs',
    prefix: 'run',
    where: `state IN ('succeeded', 'failed', 'cancelled') AND finished_at <= ?1`,
    atOnce: RUNS_AT_ONCE,
  },
  { name: 'invitations', keptMs: INVITATIONS_KEPT_MS, delete: byAge('invitations', 'expires_at') },
  { name: 'sessions', keptMs: SESSIONS_KEPT_MS, delete: byAge('sessions', 'expires_at') },
  { name: 'verifications', keptMs: SESSIONS_KEPT_MS, delete: byAge('verifications', 'expires_at') },
  { name: 'job_keys', keptMs: JOB_KEYS_KEPT_MS, delete: byAge('job_keys', 'until') },
  { name: 'job_lanes', keptMs: JOB_LANES_KEPT_MS, delete: byAge('job_lanes', 'next_at') },
  { name: 'alarms', keptMs: ALARMS_KEPT_MS, delete: byAge('alarms', 'cleared_at') },
  { name: 'consumers', keptMs: CONSUMERS_KEPT_MS, delete: byAge('consumers', 'seen_at') },
]

type Options = { now: number; signal?: AbortSignal }

/**
 * Deletes what has outlived its time at `now`, in milliseconds: a few rows at a time, each a commit of its
 * own, between which others get their turn. Ends early once aborted. Returns how many rows each rule deleted.
 */
export async function purgeRecords(db: Db, { now, signal }: Options): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {}
  for (const rule of retentionRules) {
    const batches = 'delete' in rule ? byIndex(db, rule, now) : byId(db, rule, now)
    deleted[rule.name] = 0
    for await (const count of batches) {
      deleted[rule.name]! += count
      if (signal?.aborted) return deleted
      await othersTurn()
    }
  }
  return deleted
}

async function* byIndex(db: Db, rule: { keptMs: number; delete: string }, now: number) {
  let count: number
  do {
    count = (await db.rows(rule.delete, [now - rule.keptMs, ROWS_AT_ONCE])).length
    yield count
  } while (count > 0)
}

async function* byId(
  db: Db,
  { keptMs, table, prefix, where, atOnce }: Walk & { keptMs: number },
  now: number,
) {
  const cutoff = now - keptMs
  const end = firstIdAt(prefix, cutoff + 1)
  let after = ''
  while (true) {
    const rows = await db.rows(`SELECT id FROM ${table} WHERE id > ? AND id < ? ORDER BY id LIMIT ?`, [
      after,
      end,
      atOnce,
    ])
    if (rows.length === 0) return
    after = rows.at(-1)![0] as string
    const ids = JSON.stringify(rows.map(([id]) => id))
    const old = await db.rows(
      `DELETE FROM ${table} WHERE id IN (SELECT value FROM json_each(?2)) AND ${where} RETURNING 1`,
      [cutoff, ids],
    )
    yield old.length
  }
}

const othersTurn = () => new Promise((resolve) => setImmediate(resolve))
