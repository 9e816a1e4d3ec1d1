import { expect, test } from 'bun:test'
import { type Db, overPort, type Statement } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { migrations } from '#db/migrations.ts'
import { openSqlite } from '#db/sqlite.ts'
import { jobKinds } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { type Alarm, openAlarms } from '#src/ops/alarm-list.ts'
import { alarmMetrics, checkAlarms } from '#src/ops/alarms.ts'
import { alarmNames, conditionsOf } from '#src/ops/conditions.ts'
import type { Watched } from '#src/ops/watched.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { addJobs, openDatabase } from '../queue/queued.ts'

const MINUTE_MS = 60_000
const calm: Watched = {
  queue: { waiting: 1, oldestAgeMs: 15 * MINUTE_MS },
  waiting: [{ kind: 'seo.generate', count: 1, oldestAgeMs: 10 * MINUTE_MS }],
  running: 0,
  deadLetters: 0,
  outboxLagMs: MINUTE_MS,
  consumers: { alive: 1, slots: 4, silent: 0 },
  isPaused: false,
  silent: [],
}

test('nothing is wrong at a limit, and what is above it raises its alarm and no other', () => {
  expect(conditionsOf(calm, jobKinds)).toEqual([])
  const wrong: Record<(typeof alarmNames)[number], Partial<Watched>> = {
    job_late: { waiting: [{ kind: 'seo.generate', count: 1, oldestAgeMs: 10 * MINUTE_MS + 1 }] },
    queue_old: { queue: { waiting: 1, oldestAgeMs: 15 * MINUTE_MS + 1 } },
    queue_paused: { isPaused: true },
    dead_letters: { deadLetters: 1 },
    outbox_lags: { outboxLagMs: MINUTE_MS + 1 },
    consumer_silent: { silent: [{ id: 'w', seenAt: 0 }] },
    no_consumer: { consumers: { alive: 0, slots: 0, silent: 0 } },
  }
  for (const name of alarmNames)
    expect(conditionsOf({ ...calm, ...wrong[name] }, jobKinds).map((each) => each.name)).toEqual([name])
})

/** Three processes over one database, whose operators are told into one list. */
async function installation() {
  const { db, close } = await openDatabase()
  const told: Alarm[] = []
  const lines: { level: string; alarm?: string; msg: string }[] = []
  const write = (level: string) => (fields: object, msg: string) => lines.push({ level, ...fields, msg })
  const log = Object.assign(createLog('silent'), { error: write('error'), warn: write('warn') })
  let failing = false
  let clock = 0
  const tellOperators = async (alarm: Alarm) => {
    if (failing) throw new Error('It is away.')
    told.push(alarm)
  }
  const queue = inlineQueue(db, { now: () => clock })
  const deps = { db, queue, log, kinds: jobKinds, tellOperators }
  const look = (now = Date.now()) => {
    clock = now
    return Promise.all([1, 2, 3].map(() => checkAlarms(deps, now)))
  }
  const fail = (is: boolean) => {
    failing = is
  }
  return { db, queue, told, lines, look, fail, close }
}

const bury = (db: Db, ids: string[]) =>
  db.rows(
    `UPDATE jobs SET state = 'dead', ready = 0, due_at = NULL, finished_at = 1 WHERE id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(ids)],
  )

test('an incident is one alarm, however many processes look and however often, and clears by itself', async () => {
  const { db, told, lines, look, close } = await installation()
  await bury(db, await addJobs(db, 2))
  for (let index = 0; index < 3; index++) await look()
  expect((await openAlarms(db)).map(({ name }) => name)).toEqual(['dead_letters'])
  expect(alarmMetrics(await openAlarms(db))).toContain('quill_alarms{alarm="dead_letters",subject=""} 1\n')
  await db.rows(`UPDATE jobs SET state = 'cancelled'`, [])
  for (let index = 0; index < 3; index++) await look()
  expect(await openAlarms(db)).toEqual([])
  expect(told.map(({ name, clearedAt }) => [name, clearedAt !== null])).toEqual([
    ['dead_letters', false],
    ['dead_letters', true],
  ])
  expect(lines.map(({ level, alarm }) => [level, alarm])).toEqual([
    ['error', 'dead_letters'],
    ['warn', 'dead_letters'],
  ])
  await bury(db, await addJobs(db, 1))
  await look()
  expect(told).toHaveLength(3)
  expect(await db.rows('SELECT count(*), count(cleared_at) FROM alarms', [])).toEqual([[2, 1]])
  close()
})

test('that it is over is told once, later if need be but within the hour, and only of what was told', async () => {
  const { db, told, look, fail, close } = await installation()
  const now = Date.now()
  const incident = async (at: number) => {
    await bury(db, await addJobs(db, 1))
    await look(at)
    await db.rows(`UPDATE jobs SET state = 'cancelled'`, [])
  }
  const states = () => told.splice(0).map(({ clearedAt }) => (clearedAt === null ? 'raised' : 'cleared'))
  await incident(now)
  fail(true)
  await look(now + MINUTE_MS)
  fail(false)
  for (let minutes = 2; minutes < 5; minutes++) await look(now + minutes * MINUTE_MS)
  expect(states()).toEqual(['raised', 'cleared'])
  fail(true)
  await incident(now + 5 * MINUTE_MS)
  await look(now + 6 * MINUTE_MS)
  fail(false)
  await look(now + 7 * MINUTE_MS)
  expect(states()).toEqual([])
  await incident(now + 8 * MINUTE_MS)
  fail(true)
  await look(now + 9 * MINUTE_MS)
  fail(false)
  await look(now + 69 * MINUTE_MS)
  expect(states()).toEqual(['raised'])
  close()
})

test('of an incident that was over before it could be told, nobody is told after an upgrade', async () => {
  const before = migrations.filter(({ tag }) => tag < '0014')
  using database = openSqlite(':memory:')
  migrate(database, before)
  const columns = 'id, name, subject, message, raised_at, told_at, cleared_at'
  database.run(
    `INSERT INTO alarms (${columns}) VALUES ('alm_1', 'n', '', 'm', 1, 1, 2), ('alm_2', 'n', '', 'm', 3, 3, NULL)`,
  )
  migrate(database, migrations)
  expect(database.query('SELECT clear_told_at FROM alarms ORDER BY id').values()).toEqual([[2], [null]])
})

test('a look reads no incident that was over long ago', async () => {
  const { db, port, close } = await openDatabase()
  const seen = new Map<string, Statement>()
  const watched = overPort({
    ...port,
    all: (statement) => {
      if (/from "alarms"/.test(statement.sql)) seen.set(statement.sql, statement)
      return port.all(statement)
    },
  })
  const deps = { db: watched, queue: inlineQueue(db), log: createLog('silent'), kinds: jobKinds }
  await checkAlarms({ ...deps, tellOperators: async () => {} })
  expect(seen.size).toBe(2)
  for (const { sql, params } of seen.values()) {
    const plan = await port.all({ sql: `EXPLAIN QUERY PLAN ${sql}`, params })
    expect(plan.map((step) => String(step[3])).join()).toMatch(
      /^(SCAN alarms USING INDEX alarms_open_by_id|SEARCH alarms USING INDEX alarms_cleared \(cleared_at>\?\))$/,
    )
  }
  close()
})

test('a job that waits too long, a worker that fell silent, and none at all: each is noticed', async () => {
  const { db, told, look, close } = await installation()
  const now = Date.now()
  await addJobs(db, 1, { kind: 'seo.generate' })
  await db.rows(`INSERT INTO consumers (id, started_at, seen_at, slots, running) VALUES ('w', 1, ?, 4, 1)`, [
    now,
  ])
  await look(now)
  expect(told).toEqual([])
  await look(now + 16 * MINUTE_MS)
  expect(told.map(({ name, subject }) => `${name} ${subject}`.trim()).toSorted()).toEqual([
    'consumer_silent w',
    'job_late seo.generate',
    'no_consumer',
    'queue_old',
  ])
  // The clock goes back, and all of it was a mistake.
  await look(now)
  expect(await openAlarms(db)).toEqual([])
  close()
})

test('who could not be told is told at a later look, once', async () => {
  const { db, told, lines, look, fail, close } = await installation()
  await bury(db, await addJobs(db, 1))
  fail(true)
  await look()
  expect(lines.some(({ msg }) => /could not be told/.test(msg))).toBe(true)
  fail(false)
  for (let index = 0; index < 3; index++) await look()
  expect(told).toHaveLength(1)
  close()
})

test('each worker that went silent is told of by its name, with when it was last heard of, and clears alone', async () => {
  const { db, told, look, close } = await installation()
  const now = Date.UTC(2026, 10, 22, 12)
  for (const id of ['alpha-7-aa', 'beta-8-bb', 'replaced'])
    await db.rows('INSERT INTO consumers (id, started_at, seen_at, slots, running) VALUES (?, 1, ?, ?, 0)', [
      id,
      now,
      id === 'replaced' ? 0 : 4,
    ])
  await look(now + MINUTE_MS)
  expect(told.splice(0).map(({ message }) => message)).toEqual([
    'The worker beta-8-bb went silent. It was last heard of at 2026-11-22T12:00:00.000Z.',
    'The worker alpha-7-aa went silent. It was last heard of at 2026-11-22T12:00:00.000Z.',
  ])
  expect(alarmMetrics(await openAlarms(db))).toContain(
    'quill_alarms{alarm="consumer_silent",subject="alpha-7-aa"} 1\n',
  )
  await db.rows(`UPDATE consumers SET seen_at = ? WHERE id = 'alpha-7-aa'`, [now + MINUTE_MS])
  await look(now + MINUTE_MS)
  expect((await openAlarms(db)).map(({ subject }) => subject)).toEqual(['beta-8-bb'])
  close()
})

test('a queue that is paused is told of once, stays so while it cannot be asked, and clears when resumed', async () => {
  const { queue, told, lines, look, close } = await installation()
  const { isPaused } = queue
  await queue.pause()
  for (let index = 0; index < 3; index++) await look()
  queue.isPaused = async () => Promise.reject(new Error('It is away.'))
  await look()
  expect(lines.map(({ level, alarm }) => [level, alarm])).toEqual([['error', 'queue_paused']])
  queue.isPaused = isPaused
  await queue.resume()
  await look()
  expect(told.map(({ name, clearedAt }) => [name, clearedAt !== null])).toEqual([
    ['queue_paused', false],
    ['queue_paused', true],
  ])
  close()
})
