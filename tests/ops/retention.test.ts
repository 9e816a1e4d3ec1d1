import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, type Db, overPort, type Statement } from '#db/connect.ts'
import { firstIdAt, type IdPrefix } from '#src/ids.ts'
import { purgeRecords, retentionRules } from '#src/ops/retention.ts'
import { purgeTemporaryFiles, TEMPORARY_FILES_KEPT_MS } from '#src/ops/temporary-files.ts'
import { openDatabase } from '../queue/queued.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
const START = Date.UTC(2026, 10, 22, 10, 0)

let connection: Connection
let db: Db

beforeEach(async () => {
  connection = await openDatabase()
  db = connection.db
  await db.rows(
    `INSERT INTO users (id, name, email, created_at, updated_at) VALUES ('u', 'U', 'u@x', 1, 1)`,
    [],
  )
  await insert('documents', { id: 'doc_1', ...ROW, title: 'T', updated_at: 1 })
})

afterEach(() => connection.close())

const ROW = { project_id: 'prj_a', created_by: 'u', created_at: START }

async function insert(table: string, row: Record<string, unknown>) {
  const marks = Object.keys(row).map(() => '?')
  const sql = `INSERT INTO ${table} (${Object.keys(row)}) VALUES (${marks})`
  await db.rows(sql, Object.values(row) as never[])
}

let made = 0
const idAt = (prefix: IdPrefix, at: number) =>
  `${firstIdAt(prefix, at).slice(0, -6)}${String(++made).padStart(6, '0')}`

async function addJob(row: Record<string, unknown> = {}) {
  const id = idAt('job', START)
  const ended = { state: 'succeeded', due_at: null, finished_at: START }
  await insert('jobs', { ...ROW, id, kind: 'quick', input: '{}', ...ended, ...row })
  return id
}

async function addRun(state: string, finishedAt: number | null = START) {
  const id = idAt('run', START)
  const run = { document_id: 'doc_1', pipeline: 'generate_blog', source_ids: '[]', options: '{}' }
  await insert('runs', { ...ROW, ...run, id, state, finished_at: finishedAt })
  return id
}

const invocation = (jobId: string, key = jobId) =>
  insert('step_invocations', {
    project_id: 'prj_a',
    idempotency_key: key,
    operation: 'o',
    request_hash: 'h',
    job_id: jobId,
    answer: '{}',
    created_at: START,
  })

const count = async (table: string) => (await db.rows(`SELECT count(*) FROM ${table}`, []))[0]![0] as number

/** One row of each thing that is kept for a time, all of them ended at START. */
const planted: Record<string, () => Promise<unknown>> = {
  step_invocations: async () => invocation(await addJob({ state: 'queued', due_at: 1, finished_at: null })),
  events: async () => {
    for (const at of [START, Number.MAX_SAFE_INTEGER])
      await insert('events', { project_id: 'prj_a', type: 't', data: '{}', created_at: at })
  },
  jobs: () => addJob(),
  dead_letters: () => addJob({ state: 'dead' }),
  runs: () => addRun('failed'),
  invitations: () =>
    insert('invitations', {
      id: 'inv_1',
      project_id: 'prj_a',
      email: 'a@b',
      role: 'viewer',
      token_hash: 't',
      created_at: 1,
      expires_at: START,
    }),
  sessions: () =>
    insert('sessions', {
      id: 'ses_1',
      user_id: 'u',
      token_hash: 't',
      created_at: 1,
      updated_at: 1,
      expires_at: START,
    }),
  verifications: () =>
    insert('verifications', {
      id: 'vrf_1',
      identifier: 'i',
      value: 'v',
      expires_at: START,
      created_at: 1,
      updated_at: 1,
    }),
  job_keys: () => insert('job_keys', { project_id: 'prj_a', key: 'k', job_id: 'j', until: START }),
  job_lanes: () => insert('job_lanes', { lane: 'a:b', next_at: START }),
  alarms: () =>
    insert('alarms', { id: 'alm_1', name: 'n', subject: '', message: 'm', raised_at: 1, cleared_at: START }),
  consumers: () => insert('consumers', { id: 'w', started_at: 1, seen_at: START, slots: 1, running: 0 }),
}

test.each(retentionRules.map(({ name, keptMs }) => [name, keptMs] as const))(
  '%s are kept for their time to the millisecond, and not longer',
  async (name, keptMs) => {
    await planted[name]!()
    expect((await purgeRecords(db, { now: START + keptMs - 1 }))[name]).toBe(0)
    expect((await purgeRecords(db, { now: START + keptMs }))[name]).toBe(1)
  },
)

test('what has not ended is kept for ever: jobs that wait or run, runs on their way, the newest event', async () => {
  await addJob({ state: 'queued', due_at: START, ready: 1, finished_at: null })
  await addJob({ state: 'running', due_at: START, finished_at: null })
  const run = await addRun('running', null)
  await addJob({ run_id: run })
  await insert('events', { project_id: 'prj_a', type: 't', data: '{}', created_at: START })
  const deleted = await purgeRecords(db, { now: START + 1_000 * DAY_MS })
  expect(Object.values(deleted).every((rows) => rows === 0)).toBe(true)
  expect([await count('jobs'), await count('runs'), await count('events')]).toEqual([3, 1, 1])
})

test('a run keeps the jobs it can be resumed from, and takes all of them along when it goes', async () => {
  const run = await addRun('failed')
  const done = await addJob({ run_id: run, kind: 'a' })
  await addJob({ run_id: run, kind: 'b', state: 'dead' })
  await invocation(done)
  await purgeRecords(db, { now: START + 90 * DAY_MS - 1 })
  expect(await count('jobs')).toBe(2)
  await purgeRecords(db, { now: START + 90 * DAY_MS })
  expect([await count('runs'), await count('jobs'), await count('step_invocations')]).toEqual([0, 0, 0])
})

test('an old job that was retried is as old as its new end', async () => {
  await addJob({ finished_at: START + 29 * DAY_MS })
  expect((await purgeRecords(db, { now: START + 58 * DAY_MS })).jobs).toBe(0)
  expect((await purgeRecords(db, { now: START + 59 * DAY_MS })).jobs).toBe(1)
})

test('a clock that went back deletes nothing', async () => {
  for (const plant of Object.values(planted)) await plant()
  const deleted = await purgeRecords(db, { now: START - 2 * DAY_MS })
  expect(Object.values(deleted).every((rows) => rows === 0)).toBe(true)
})

test('thousands go in small commits, between which others get their turn; it ends when it is told to', async () => {
  const events = Array.from({ length: 3_000 }, () => ({ project: 'prj_a' }))
  await db.rows(
    `INSERT INTO events (project_id, type, data, created_at) SELECT value ->> 'project', 't', '{}', 1 FROM json_each(?)`,
    [JSON.stringify(events)],
  )
  for (let index = 0; index < 300; index++) await addJob()
  const statements: Statement[] = []
  const { port } = connection
  const watched = overPort({
    ...port,
    all: (statement) => {
      statements.push(statement)
      return port.all(statement)
    },
  })
  let turns = 0
  let over = false
  const takeTurn = () => {
    turns++
    if (!over) setImmediate(takeTurn)
  }
  takeTurn()
  const deleted = await purgeRecords(watched, { now: START + 100 * DAY_MS })
  over = true
  expect(deleted).toMatchObject({ events: 2_999, jobs: 300 })
  expect(turns).toBeGreaterThan(20)
  expect(statements.filter(({ sql }) => /^DELETE/.test(sql)).length).toBeGreaterThan(20)

  await planted.events!()
  await planted.jobs!()
  const signal = AbortSignal.abort()
  await purgeRecords(db, { now: START + 100 * DAY_MS, signal })
  expect(await count('jobs')).toBe(1)
})

test('each batch finds its rows by an index, and what goes along with them too', async () => {
  const statements = new Map<string, Statement>()
  const { port } = connection
  const watched = overPort({
    ...port,
    all: (statement) => {
      statements.set(statement.sql, statement)
      return port.all(statement)
    },
  })
  for (const plant of Object.values(planted)) await plant()
  await purgeRecords(watched, { now: START + 100 * DAY_MS })
  statements.set('cascade of a run', { sql: 'DELETE FROM jobs WHERE run_id = ?', params: ['run_1'] })
  statements.set('cascade of a job', { sql: 'DELETE FROM step_invocations WHERE job_id = ?', params: ['j'] })
  expect(statements.size).toBeGreaterThanOrEqual(retentionRules.length + 2)
  const steps: string[] = []
  for (const { sql, params } of statements.values()) {
    const plan = await port.all({ sql: `EXPLAIN QUERY PLAN ${sql}`, params })
    steps.push(...plan.map((row) => String(row[3])))
  }
  // Events go from the first one on; there are as many consumers as processes.
  const walks = steps.filter(
    (step) => /^SCAN/.test(step) && !/^SCAN (json_each|events$|consumers$)/.test(step),
  )
  expect(walks).toEqual([])
  expect(steps.filter((step) => /TEMP B-TREE/.test(step))).toEqual([])
})

test('unfinished files are deleted after a day, and no others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quill-temporary-'))
  expect(await purgeTemporaryFiles(folder, START)).toBe(0)
  mkdirSync(join(folder, 'mail'))
  for (const name of ['old.tmp', 'young.tmp', 'kept.eml']) writeFileSync(join(folder, 'mail', name), '')
  const at = new Date(START)
  for (const name of ['old.tmp', 'kept.eml']) utimesSync(join(folder, 'mail', name), at, at)
  const young = new Date(START + 1_000)
  utimesSync(join(folder, 'mail', 'young.tmp'), young, young)
  expect(await purgeTemporaryFiles(folder, START + TEMPORARY_FILES_KEPT_MS)).toBe(1)
  expect(readdirSync(join(folder, 'mail')).toSorted()).toEqual(['kept.eml', 'young.tmp'])
  rmSync(folder, { recursive: true })
})

test('what is promised in docs/operations.md is what the rules do', async () => {
  const text = await Bun.file(join(import.meta.dir, '../../docs/operations.md')).text()
  const promised = [...text.matchAll(/^\| `([a-z_]+)` \|.*\| (at once|\d+ (?:hours|days)) \|$/gm)].map(
    ([, name, kept]) => [name, kept],
  )
  const inWords = (ms: number) =>
    ms === 0 ? 'at once' : ms % DAY_MS || ms < 3 * DAY_MS ? `${ms / HOUR_MS} hours` : `${ms / DAY_MS} days`
  expect(promised).toEqual(retentionRules.map(({ name, keptMs }) => [name, inWords(keptMs)]))
})
