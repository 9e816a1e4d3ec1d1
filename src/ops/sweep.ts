import type { Db, Write } from '#db/connect.ts'
import { statement } from '#db/statement.ts'
import { type Kinds, kindOf, kindOfLane } from '#src/jobs/kinds.ts'
import { getRunRow, tellRunIfChanged } from '#src/pipelines/runs.ts'

/**
 * Clocks of several machines differ; what lies further ahead than it could was set by one that has gone back.
 */
const SKEW_MS = 60_000
/** How many rows one sweep moves, of each sort; the next one goes on. */
const ROWS_AT_ONCE = 200
/** How many lanes it looks at, those that open last first: most of them may be right. */
const LANES_SEEN_MAX = 10_000

const STALLED = {
  code: 'internal',
  message: 'The run stood still: none of its jobs was waiting or running. Resume it, or start another.',
}

/** How many of each sort were set going again. */
export type Swept = { runs: number; retries: number; sent: number; lanes: number }

/**
 * Finds what nothing would ever move again, and moves it: runs that stand still without a job of theirs being
 * on its way, and times that a clock set far ahead before it went back. What a dead worker held needs no
 * sweep: a consumer that looks for work finds it when its lease has run out.
 */
export async function sweepJobs(db: Db, { now, kinds }: { now: number; kinds: Kinds }): Promise<Swept> {
  return {
    runs: await failStalledRuns(db, now),
    retries: await hastenRetries(db, now, kinds),
    sent: await takeBackSent(db, now),
    lanes: await openLanes(db, now, kinds),
  }
}

// A job and what follows it are written in one batch: between two jobs of a run there is no moment without
// one.
const NOBODY_AT_WORK = `state IN ('queued', 'running') AND NOT EXISTS (
  SELECT 1 FROM jobs WHERE run_id = runs.id AND state IN ('queued', 'running'))`

async function failStalledRuns(db: Db, now: number): Promise<number> {
  const stalled = (await db.rows(`SELECT id, project_id FROM runs WHERE ${NOBODY_AT_WORK} LIMIT ?`, [
    ROWS_AT_ONCE,
  ])) as [string, string][]
  for (const [id, projectId] of stalled) {
    const run = await getRunRow(db, projectId, id)
    const change = { state: 'failed', error: STALLED, finishedAt: now } as const
    const fail: Write = statement(
      `UPDATE runs SET state = 'failed', error = ?, finished_at = ? WHERE id = ? AND ${NOBODY_AT_WORK}`,
      [JSON.stringify(STALLED), now, id],
    )
    await db.batch([fail, tellRunIfChanged(db, { ...run, ...change })])
  }
  return stalled.length
}

/** A retry waits no longer than the longest back-off of its kind. */
async function hastenRetries(db: Db, now: number, kinds: Kinds): Promise<number> {
  const shortest = Math.min(...Object.values(kinds).map(longestBackoffMs))
  const rows = (await db.rows(
    `SELECT id, kind, due_at FROM (SELECT id, kind, due_at, failures, dispatched_at FROM jobs
       WHERE ready = 0 AND state = 'queued' AND due_at > ? ORDER BY due_at DESC LIMIT ?)
     WHERE failures > 0 AND dispatched_at IS NULL`,
    [now + shortest + SKEW_MS, ROWS_AT_ONCE],
  )) as [string, string, number][]
  const late = rows.filter(([, kind, dueAt]) => dueAt > now + longestBackoffMs(kindOf(kind, kinds)) + SKEW_MS)
  if (late.length === 0) return 0
  const moved = await db.rows(
    `UPDATE jobs SET ready = 1, due_at = ?1 WHERE id IN (SELECT value FROM json_each(?2))
       AND state = 'queued' AND ready = 0 AND due_at > ?1 RETURNING 1`,
    [now, JSON.stringify(late.map(([id]) => id))],
  )
  return moved.length
}

const longestBackoffMs = ({ backoffMs: [, most] }: { backoffMs: readonly [number, number] }) => most

/** What was sent in the future is sent again: delivered twice, it still takes effect once. */
async function takeBackSent(db: Db, now: number): Promise<number> {
  const rows = await db.rows(
    `UPDATE jobs SET ready = 1, due_at = ?1, dispatched_at = NULL WHERE rowid IN (
       SELECT rowid FROM jobs
       WHERE state = 'queued' AND dispatched_at IS NOT NULL AND dispatched_at > ?2 LIMIT ?3)
     RETURNING 1`,
    [now, now + SKEW_MS, ROWS_AT_ONCE],
  )
  return rows.length
}

/** The next start in a lane is no further away than its rate spaces starts. */
async function openLanes(db: Db, now: number, kinds: Kinds): Promise<number> {
  const rows = (await db.rows(
    'SELECT lane, next_at FROM job_lanes WHERE next_at > ? ORDER BY next_at DESC LIMIT ?',
    [now + SKEW_MS, LANES_SEEN_MAX],
  )) as [string, number][]
  const isShut = ([lane, nextAt]: [string, number]) => {
    const { rate } = kindOf(kindOfLane(lane), kinds)
    return nextAt > now + SKEW_MS + (rate ? rate.perMs / rate.starts : 0)
  }
  const shut = rows.filter(isShut).slice(0, ROWS_AT_ONCE)
  if (shut.length === 0) return 0
  await db.rows('UPDATE job_lanes SET next_at = ? WHERE lane IN (SELECT value FROM json_each(?))', [
    now,
    JSON.stringify(shut.map(([lane]) => lane)),
  ])
  return shut.length
}
