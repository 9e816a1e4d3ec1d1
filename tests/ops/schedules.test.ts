import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { connect, type Db } from '#db/connect.ts'
import { readEnv } from '#src/env.ts'
import { newId } from '#src/ids.ts'
import { jobKinds } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { INSTALLATION_PROJECT } from '#src/projects/installation.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { startConsumer } from '#worker/consume.ts'
import { scheduledHandlers } from '#worker/schedules/handlers.ts'
import { createScheduler, type Schedule, schedules, startSchedules } from '#worker/schedules.ts'
import { codeOf, testApp, until } from '../harness.ts'

const log = createLog('silent')
const handlers = scheduledHandlers({
  env: readEnv({ NODE_ENV: 'test' }),
  log,
  mailer: { send: async () => {} },
})
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const START = Date.UTC(2026, 10, 22, 10, 0)
const hourly: Schedule[] = [{ kind: 'records.purge', cron: '17 * * * *' }]

afterEach(() => {
  setSystemTime()
})

/** The ticks that were enqueued, in the order in which they were. */
const ticksOf = async (db: Db) =>
  (await db.rows(`SELECT input ->> 'tick' FROM jobs WHERE project_id = ? ORDER BY rowid`, [
    INSTALLATION_PROJECT,
  ])) as [number][]

function opened() {
  const { db, close } = connect(':memory:')
  const queue = inlineQueue(db)
  return { db, queue, scheduler: () => createScheduler({ db, queue, log, table: hourly }), close }
}

test('ten processes on one file that look at the same moment run a tick once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quill-schedules-'))
  const connections = Array.from({ length: 10 }, () => connect(`file:${join(folder, 'quill.db')}`))
  const schedulers = connections.map(({ db }) =>
    createScheduler({ db, queue: inlineQueue(db), log, table: hourly }),
  )
  for (let hour = 0; hour < 3; hour++) {
    setSystemTime(START + hour * HOUR_MS + 20 * MINUTE_MS)
    await Promise.all(schedulers.map(({ look }) => look()))
  }
  const minute17 = START + 17 * MINUTE_MS
  expect(await ticksOf(connections[0]!.db)).toEqual([
    [minute17],
    [minute17 + HOUR_MS],
    [minute17 + 2 * HOUR_MS],
  ])
  for (const { close } of connections) close()
  rmSync(folder, { recursive: true })
})

test('a tick is due at its minute, not before, and asks the database once', async () => {
  const { db, scheduler, close } = opened()
  const { look } = scheduler()
  setSystemTime(START + 17 * MINUTE_MS - 1)
  await look()
  setSystemTime(START + 17 * MINUTE_MS)
  await look()
  const written = db.generation()
  setSystemTime(START + 40 * MINUTE_MS)
  await look()
  expect(db.generation()).toBe(written)
  expect(await ticksOf(db)).toEqual([[START - 43 * MINUTE_MS], [START + 17 * MINUTE_MS]])
  close()
})

test('ticks that were missed are caught up as one', async () => {
  const { db, scheduler, close } = opened()
  setSystemTime(START)
  await scheduler().look()
  setSystemTime(START + 3 * DAY_MS)
  await scheduler().look()
  expect(await ticksOf(db)).toEqual([[START - 43 * MINUTE_MS], [START + 3 * DAY_MS - 43 * MINUTE_MS]])
  close()
})

test('a clock that jumps two days ahead and back runs one tick early, and stops nothing', async () => {
  const { db, scheduler, close } = opened()
  const { look } = scheduler()
  for (const hours of [0, 48, 0, 1, 2, 1, 2, 3]) {
    setSystemTime(START + hours * HOUR_MS)
    await look()
  }
  const hours = (await ticksOf(db)).map(([tick]) => Math.round((tick - START) / HOUR_MS))
  expect(hours).toEqual([-1, 47, 0, 1, 2])
  close()
})

test('whatever the clocks of several processes do, the last tick is always run, and none twice', async () => {
  const steps = fc.array(
    fc.tuple(fc.nat(2), fc.oneof(fc.integer({ min: -120, max: 120 }), fc.integer({ min: -2880, max: 2880 }))),
    { maxLength: 20 },
  )
  await fc.assert(
    fc.asyncProperty(steps, async (moves) => {
      const { db, scheduler, close } = opened()
      const processes = [scheduler(), scheduler(), scheduler()]
      let now = START
      for (const [process, minutes] of moves) {
        now += minutes * MINUTE_MS
        setSystemTime(now)
        await processes[process]!.look()
        const last = Math.floor((now - 17 * MINUTE_MS) / HOUR_MS) * HOUR_MS + 17 * MINUTE_MS
        expect(await ticksOf(db)).toContainEqual([last])
      }
      const ticks = (await ticksOf(db)).map(([tick]) => tick)
      expect(new Set(ticks).size).toBe(ticks.length)
      close()
    }),
    { numRuns: 40 },
  )
})

test('what is due is performed, and told to nobody but the installation', async () => {
  await using app = await testApp()
  const { db, queue } = app
  const scheduler = startSchedules({ db, queue, log })
  const consumer = startConsumer({ db, queue, log, concurrency: 2, leaseMs: 5_000, handlers })
  const states = () => db.rows('SELECT DISTINCT state FROM jobs WHERE project_id = ?', [INSTALLATION_PROJECT])
  await until('all of it is done', async () => (await states()).join() === 'succeeded')
  await scheduler.stop()
  await consumer.stop()
  const strangers = await db.rows('SELECT count(*) FROM events WHERE project_id <> ?', [INSTALLATION_PROJECT])
  expect(strangers).toEqual([[0]])
})

test("nobody reaches the installation's jobs, or is led to its project", async () => {
  await using app = await testApp()
  await createScheduler({ db: app.db, queue: app.queue, log }).look()
  const [[id]] = (await app.db.rows('SELECT id FROM jobs', [])) as [[string]]
  const owner = await app.person('Olga', { role: 'owner' })
  const listOf = (caller: object, project: string) =>
    app.call('GET', '/api/v1/jobs', { ...caller, headers: { 'quill-project': project } })
  for (const caller of [{}, { as: owner }]) {
    expect(codeOf(await app.call('GET', `/api/v1/jobs/${id}`, caller))).toEqual({
      status: 404,
      code: 'not_found',
    })
    expect((await app.call('GET', '/api/v1/jobs', caller)).body.items).toEqual([])
    const refused = codeOf(await listOf(caller, INSTALLATION_PROJECT))
    expect(refused).toEqual(codeOf(await listOf(caller, newId('prj'))))
    expect(refused.status).toBeGreaterThanOrEqual(403)
  }
  const { text } = await app.call('GET', '/api/v1/projects', { as: owner })
  expect(text).not.toContain(INSTALLATION_PROJECT)
})

test('every schedule has a pattern of five fields, a kind of job and who performs it', () => {
  for (const { kind, cron } of schedules) {
    expect(cron.split(' ')).toHaveLength(5)
    expect(jobKinds).toHaveProperty([kind])
    expect(handlers).toHaveProperty([kind])
  }
  expect(new Set(schedules.map(({ kind }) => kind)).size).toBe(schedules.length)
})
