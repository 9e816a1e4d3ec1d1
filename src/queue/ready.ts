import type { Db } from '#db/connect.ts'
import { isLimited, jobKinds, type Kinds, kindOf, kindOfLane, spacingOf } from '#src/jobs/kinds.ts'

/** How many lanes of projects are read at a time. */
const LANES_READ_MAX = 256
/** How often one look reads on where it finds nothing that may start; the next look goes on from there. */
const READS_MAX = 40
/** How many jobs one look lets become ready whose time has come. */
const DUE_TAKEN_MAX = 1_000
/** No lease is longer than this: an end that lies further ahead was set by another clock, or before it went back. */
const LEASE_MS_MAX = 600_000
const FEW_PROJECTS = 4
/**
 * Of this many turns of a project one is given to its oldest job: what is urgent goes first, but not for ever. It falls
 * by lot, because a count of looks could keep step with the number of projects, and always meet the same of them.
 */
const TURNS_TO_THE_OLDEST = 8
/** Sorts after every lane. */
const LAST_LANE = '\u{10ffff}'

export type Found = {
  ids: string[]
  /** When something more may become ready, unless somebody sends before; undefined when nothing is known of. */
  nextAt: number | undefined
}

type Lane = { projectId: string; lane: string; first: string; hasMore: boolean }
/** `room` is how many more of it may start. */
type OpenLane = Lane & { room: number }
type Place = { projectId: string; lane: string }

const BEGINNING: Place = { projectId: '', lane: '' }

/**
 * Finds jobs that may start now, by index walks that cost the same however many are waiting. Projects take turns,
 * whatever they have waiting; of one project the urgent kinds go before the others, but for one turn in eight, and of a
 * kind the oldest job.
 */
export function readyFinder(
  db: Db,
  { kinds = jobKinds, now = Date.now }: { kinds?: Kinds; now?(): number } = {},
) {
  const lanesAfter = laneReader(db)
  let place = BEGINNING
  let farLease = { end: 0, seenAt: 0 }
  const hasLimits = Object.values(kinds).some(isLimited)

  return async function find(max: number, only?: readonly string[]): Promise<Found> {
    const dueAt = await letDueBecomeReady()
    if (dueAt === 'paused') return { ids: [], nextAt: undefined }
    let nextAt = dueAt
    let after = place
    let begin: Place | undefined
    for (let reads = 0; reads < READS_MAX; reads++) {
      // Reading is done without letting go of the thread.
      if (reads > 0) await new Promise(setImmediate)
      const lanes = await lanesAfter(after)
      const open = await withoutFull(lanes.filter(({ lane }) => !only || only.includes(kindOfLane(lane))))
      nextAt = earliest(nextAt, open.nextAt)
      const ids = await takeTurns(open.lanes, max)
      if (ids.length || lanes.length < LANES_READ_MAX || wentRound(lanes, begin)) return { ids, nextAt }
      begin ??= lanes[0]
      after = lanes.at(-1)!
    }
    place = after
    return { ids: [], nextAt }
  }

  /** What was put off and what a dead worker held becomes ready once its time has come. Returns when more will. */
  async function letDueBecomeReady(): Promise<number | undefined | 'paused'> {
    const at = now()
    const [[later, leased, lastLease, paused]] = (await db.rows(SITUATION, [])) as [
      [number, number, number, number],
    ]
    if (paused) return 'paused'
    if (lastLease > at + LEASE_MS_MAX) await endFarLeases(lastLease, at)
    for (const [state, dueAt] of [
      ['queued', later],
      ['running', leased],
    ] as const)
      if (dueAt !== null && dueAt <= at) await db.rows(BECOME_READY[state], [at])
    return earliest(later > at ? later : undefined, leased > at ? leased : undefined)
  }

  /** Leases that end too far ahead are those of the dead once nobody has renewed the last of them for long. */
  async function endFarLeases(end: number, at: number) {
    if (end !== farLease.end || at < farLease.seenAt) farLease = { end, seenAt: at }
    else if (at - farLease.seenAt >= LEASE_MS_MAX) await db.rows(END_FAR_LEASES, [at, at + LEASE_MS_MAX])
  }

  /** Leaves out the lanes whose limits let nothing start, and says when the first of them may again. */
  async function withoutFull(lanes: Lane[]): Promise<{ lanes: OpenLane[]; nextAt?: number }> {
    const limited = hasLimits ? lanes.filter(({ lane }) => isLimited(kindOf(kindOfLane(lane), kinds))) : []
    if (limited.length === 0) return { lanes: lanes.map((lane) => ({ ...lane, room: Infinity })) }
    const names = [...new Set(limited.map(({ lane }) => lane))]
    const rows = (await db.rows(ROOM, [JSON.stringify(names)])) as [string, number, number | null][]
    const room = new Map<string, number>()
    let nextAt: number | undefined
    for (const [lane, running, startsAt] of rows) {
      const { concurrency = Infinity, rate } = kindOf(kindOfLane(lane), kinds)
      const aheadMs = (startsAt ?? 0) - now()
      // What lies beyond a whole spacing was written by a clock that has gone back since.
      const waits = rate !== undefined && aheadMs > 0 && aheadMs <= spacingOf(rate)
      if (waits) nextAt = earliest(nextAt, startsAt!)
      room.set(lane, waits ? 0 : Math.min(rate ? 1 : Infinity, concurrency - running))
    }
    const open = lanes.map((lane) => ({ ...lane, room: room.get(lane.lane) ?? Infinity }))
    return { lanes: open.filter((lane) => lane.room > 0), nextAt }
  }

  /** Up to `max` jobs, of each project as many as of any other, from the lane whose turn it is. */
  async function takeTurns(lanes: OpenLane[], max: number): Promise<string[]> {
    const best = new Map<string, OpenLane>()
    const byAge = new Set<string>()
    for (const lane of lanes) {
      const { projectId } = lane
      const known = best.get(projectId)
      if (!known && Math.random() * TURNS_TO_THE_OLDEST < 1) byAge.add(projectId)
      if (!known || goesBefore(lane, known, byAge.has(projectId))) best.set(projectId, lane)
    }
    const projects = [...best.values()]
    // Of few projects each is asked for all that it has: the others may have less than their share.
    const each = projects.length <= FEW_PROJECTS ? max : Math.ceil(max / projects.length)
    const firstWillDo = each === 1 || !projects.some(({ hasMore }) => hasMore)
    const jobsOf = firstWillDo ? projects.map(({ first }) => [first]) : await oldestOf(db, projects, each)
    const ids = inTurns(
      projects.map((lane, index) => ({ ...lane, ids: jobsOf[index]! })),
      max,
    )
    if (ids.length)
      place = { projectId: projects[(ids.length - 1) % projects.length]!.projectId, lane: LAST_LANE }
    return ids
  }

  function goesBefore(a: Lane, b: Lane, byAge: boolean): boolean {
    const urgency = ({ lane }: Lane) => kindOf(kindOfLane(lane), kinds).priority
    const apart = byAge ? 0 : urgency(a) - urgency(b)
    return apart === 0 ? a.first < b.first : apart < 0
  }
}

const SITUATION = `SELECT
  (SELECT min(due_at) FROM jobs WHERE ready = 0 AND state = 'queued'),
  (SELECT min(due_at) FROM jobs WHERE ready = 0 AND state = 'running'),
  (SELECT max(due_at) FROM jobs WHERE ready = 0 AND state = 'running'),
  EXISTS (SELECT 1 FROM queue_pauses WHERE queue = 'jobs')`

const END_FAR_LEASES = `UPDATE jobs SET ready = 1, due_at = ?1
  WHERE ready = 0 AND state = 'running' AND due_at > ?2`

const becomeReady = (state: string) => `UPDATE jobs SET ready = 1 WHERE rowid IN (
  SELECT rowid FROM jobs WHERE ready = 0 AND state = '${state}' AND due_at <= ? ORDER BY due_at LIMIT ${DUE_TAKEN_MAX})`
const BECOME_READY = { queued: becomeReady('queued'), running: becomeReady('running') }

const ROOM = `SELECT value,
  (SELECT count(*) FROM jobs WHERE ready = 0 AND state = 'running' AND lane = value),
  (SELECT next_at FROM job_lanes WHERE lane = value) FROM json_each(?)`

// Each step seeks the first job of the next lane of the project, or else of the next project: a comparison of both at
// once would walk every job of the lane that it leaves.
const NEXT_LANE = (projectId: string, lane: string) => `coalesce(
  (SELECT rowid FROM jobs WHERE ready = 1 AND project_id = ${projectId} AND lane > ${lane} ORDER BY lane, id LIMIT 1),
  (SELECT rowid FROM jobs WHERE ready = 1 AND project_id > ${projectId} ORDER BY project_id, lane, id LIMIT 1))`

/** The first jobs of the lanes behind a place (project ?1, lane ?2), up to ?3 of them, and whether each has more. */
export const LANES = `SELECT project_id, lane, id, due_at, EXISTS (SELECT 1 FROM jobs WHERE ready = 1
    AND project_id = lanes.project_id AND lane = lanes.lane AND id > lanes.id) AS has_more FROM (
  WITH RECURSIVE lanes (project_id, lane, id, due_at) AS (
    SELECT project_id, lane, id, due_at FROM jobs WHERE rowid = ${NEXT_LANE('?1', '?2')}
    UNION ALL
    SELECT next.project_id, next.lane, next.id, next.due_at FROM lanes
    JOIN jobs AS next ON next.rowid = ${NEXT_LANE('lanes.project_id', 'lanes.lane')}
    LIMIT ?3)
  SELECT project_id, lane, id, due_at FROM lanes) AS lanes`

const OLDEST = `SELECT place.key, (SELECT json_group_array(id) FROM (
    SELECT id FROM jobs WHERE ready = 1 AND project_id = place.value ->> 0 AND lane = place.value ->> 1
    ORDER BY id LIMIT ?2))
  FROM json_each(?1) AS place`

// The database says what lies behind a place: it compares the bytes of names, and JavaScript their UTF-16 units.
const LANES_COMPARED = `SELECT project_id, lane, id, has_more, (project_id, lane) > (?4, ?5) FROM (${LANES})`

/** Reads up to `max` lanes with jobs that are ready: those behind a place, then those from the beginning. */
export function laneReader(db: Db, max = LANES_READ_MAX) {
  let areMany = false

  return async function lanesAfter(place: Place): Promise<Lane[]> {
    if (!areMany) {
      const all = await read(BEGINNING, max, place)
      areMany = all.length === max
      const split = all.findIndex((lane) => lane.isBehind)
      if (!areMany) return split > 0 ? [...all.slice(split), ...all.slice(0, split)] : all
    }
    const behind = await read(place, max, place)
    const before = await read(BEGINNING, max - behind.length, place)
    const lanes = [...behind, ...before.filter((lane) => !lane.isBehind)]
    areMany = lanes.length === max
    return lanes
  }

  async function read(from: Place, count: number, place: Place): Promise<(Lane & { isBehind: boolean })[]> {
    if (count <= 0) return []
    const params = [from.projectId, from.lane, count, place.projectId, place.lane]
    const rows = (await db.rows(LANES_COMPARED, params)) as [string, string, string, number, number][]
    return rows.map(([projectId, lane, first, hasMore, isBehind]) => ({
      projectId,
      lane,
      first,
      hasMore: hasMore === 1,
      isBehind: isBehind === 1,
    }))
  }
}

/** Whether a look has come to where it began. */
const wentRound = (lanes: Lane[], begin: Place | undefined): boolean =>
  begin !== undefined &&
  lanes.some(({ projectId, lane }) => projectId === begin.projectId && lane === begin.lane)

async function oldestOf(db: Db, lanes: Lane[], max: number): Promise<string[][]> {
  const places = JSON.stringify(lanes.map(({ projectId, lane }) => [projectId, lane]))
  const rows = (await db.rows(OLDEST, [places, max])) as [number, string][]
  return rows.toSorted(([a], [b]) => a - b).map(([, ids]) => JSON.parse(ids))
}

/** One of each project, then the second of each, and so on, but no more of a lane than it has room for. */
function inTurns(projects: (OpenLane & { ids: string[] })[], max: number): string[] {
  const taken: string[] = []
  const room = new Map(projects.map((project) => [project.lane, project.room]))
  const rounds = Math.max(0, ...projects.map(({ ids }) => ids.length))
  for (let round = 0; round < rounds; round++)
    for (const { lane, ids } of projects) {
      const left = room.get(lane)!
      if (round >= ids.length || left <= 0 || taken.length >= max) continue
      room.set(lane, left - 1)
      taken.push(ids[round]!)
    }
  return taken
}

const earliest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)
