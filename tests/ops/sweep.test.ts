import { afterEach, beforeEach, expect, test } from 'bun:test'
import { jobKinds, type Kinds, kindDefaults } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { sweepJobs } from '#src/ops/sweep.ts'
import { sweeping } from '#worker/schedules/sweep-jobs.ts'
import { type TestApp, testApp } from '../harness.ts'
import { countingHandlers, getRun, performAll, startRun } from '../jobs/performing.ts'
import { addJobs, briefOf } from '../queue/queued.ts'

const NOTHING = { runs: 0, retries: 0, sent: 0, lanes: 0 }
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

let app: TestApp
beforeEach(async () => {
  app = await testApp()
})
afterEach(() => app[Symbol.asyncDispose]())

const sweep = (kinds: Kinds = jobKinds) => sweepJobs(app.db, { now: Date.now(), kinds })
const add = async () => (await addJobs(app.db, 1, { projectId: app.team.projectId }))[0]!
const change = (id: string, set: string, params: number[]) =>
  app.db.rows(`UPDATE jobs SET ${set} WHERE id = ?`, [...params, id] as never[])

test('a run of which no job is on its way any more is failed, told of, and can be resumed', async () => {
  const { runId, jobId } = await startRun(app)
  expect(await sweep()).toEqual(NOTHING)
  await change(jobId, `state = 'cancelled', ready = 0, due_at = NULL, finished_at = 1`, [])
  expect(await sweep()).toEqual({ ...NOTHING, runs: 1 })
  const { state, error } = await getRun(app, runId)
  expect({ state, error }).toMatchObject({ state: 'failed', error: { code: 'internal' } })
  const events = await app.db.rows(
    `SELECT data FROM events WHERE type = 'run.updated' ORDER BY id DESC LIMIT 1`,
    [],
  )
  expect(JSON.parse(events[0]![0] as string)).toMatchObject({ id: runId, state: 'failed' })
  expect(await sweep()).toEqual(NOTHING)
  expect((await app.call('POST', `/api/v1/runs/${runId}/resume`)).status).toBe(200)
  await performAll(app, countingHandlers(['a', 'b']).handlers)
  expect((await getRun(app, runId)).state).toBe('succeeded')
})

test('a run is left alone while a job of it waits, runs, or rests, and once it has ended', async () => {
  const { runId, jobId } = await startRun(app)
  for (const state of ['queued', 'running']) {
    await change(jobId, `state = '${state}', ready = 0, due_at = ?`, [Date.now() + MINUTE_MS])
    expect(await sweep()).toEqual(NOTHING)
  }
  await app.call('POST', `/api/v1/runs/${runId}/cancel`)
  expect(await sweep()).toEqual(NOTHING)
})

test('a retry that a clock of tomorrow put off is due now; one that waits for its back-off is not', async () => {
  const [wrong, right, delayed] = [await add(), await add(), await add()]
  await change(wrong, 'ready = 0, failures = 1, due_at = ?', [Date.now() + DAY_MS])
  await change(right, 'ready = 0, failures = 4, due_at = ?', [Date.now() + 5 * MINUTE_MS])
  await change(delayed, 'ready = 0, due_at = ?', [Date.now() + DAY_MS])
  expect(await sweep()).toEqual({ ...NOTHING, retries: 1 })
  expect(await briefOf(app.db, wrong)).toMatchObject({ ready: 1 })
  for (const id of [right, delayed]) expect(await briefOf(app.db, id)).toMatchObject({ ready: 0 })
})

test('what was sent tomorrow is sent again; what is on its way is not', async () => {
  const [wrong, right] = [await add(), await add()]
  await change(wrong, 'ready = 0, dispatched_at = ?, due_at = ?', [
    Date.now() + DAY_MS,
    Date.now() + 2 * DAY_MS,
  ])
  await change(right, 'ready = 0, dispatched_at = ?, due_at = ?', [Date.now(), Date.now() + 60 * MINUTE_MS])
  expect(await sweep()).toEqual({ ...NOTHING, sent: 1 })
  expect(await briefOf(app.db, wrong)).toMatchObject({ ready: 1, dispatchedAt: null })
  expect(await briefOf(app.db, right)).toMatchObject({ ready: 0 })
})

test('a rate opens no later than it spaces its starts', async () => {
  const kinds = { hourly: { ...kindDefaults, rate: { starts: 1, perMs: 60 * MINUTE_MS } } }
  const lanes = { 'hourly:a': 59 * MINUTE_MS, 'hourly:b': DAY_MS, gone: DAY_MS }
  for (const [lane, ms] of Object.entries(lanes))
    await app.db.rows('INSERT INTO job_lanes (lane, next_at) VALUES (?, ?)', [lane, Date.now() + ms])
  expect(await sweep(kinds)).toEqual({ ...NOTHING, lanes: 2 })
  const open = await app.db.rows('SELECT lane FROM job_lanes WHERE next_at <= ? ORDER BY lane', [Date.now()])
  expect(open.flat()).toEqual(['gone', 'hourly:b'])
})

test('however many rates a clock has shut, one sweep opens 200 of them, and the next ones the others', async () => {
  await app.db.rows(
    `INSERT INTO job_lanes (lane, next_at) SELECT 'gone:' || key, ?1 + key FROM json_each(?2)`,
    [Date.now() + DAY_MS, JSON.stringify(Array(450).fill(0))],
  )
  for (const lanes of [200, 200, 50, 0]) expect(await sweep()).toEqual({ ...NOTHING, lanes })
})

test('a sweep walks nothing that grows, and sorts nothing', async () => {
  await add()
  app.statements.length = 0
  const wrong = await add()
  await change(wrong, 'ready = 0, failures = 1, due_at = ?', [Date.now() + DAY_MS])
  await sweeping({ log: createLog('silent') })({} as never, {}, { db: app.db } as never)
  const swept = app.statements.filter(({ sql }) => /ready|runs|job_lanes/.test(sql) && !/^INSERT/.test(sql))
  expect(swept.length).toBeGreaterThanOrEqual(5)
  for (const { sql, params } of swept) {
    const plan = (await app.explain({ sql: `EXPLAIN QUERY PLAN ${sql}`, params })).map((row) =>
      String(row[3]),
    )
    const walks = plan.filter((step) =>
      /^SCAN (?!json_each|\(subquery|runs USING (COVERING )?INDEX runs_active)/.test(step),
    )
    expect({ sql, walks, sorts: plan.filter((step) => /TEMP B-TREE/.test(step)) }).toEqual({
      sql,
      walks: [],
      sorts: [],
    })
  }
})
