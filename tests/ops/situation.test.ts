import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type Connection, type Db, overPort, type Statement } from '#db/connect.ts'
import { jobKinds, kindDefaults } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { conditionsOf } from '#src/ops/conditions.ts'
import { readSituation } from '#src/ops/situation.ts'
import { scaleSignal } from '#src/ops/situation-metrics.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import type { Outbox } from '#src/queue/outbox.ts'
import { throughOutbox } from '#src/queue/outbox.ts'
import { putBack } from '#src/queue/put-back.ts'
import { memoryQueue } from '../queue/memory-queue.ts'
import { addJobs, openDatabase } from '../queue/queued.ts'

const MINUTE_MS = 60_000

let connection: Connection
let db: Db

beforeEach(async () => {
  connection = await openDatabase()
  db = connection.db
})

afterEach(() => connection.close())

/** Looks over a queue outside that has no more than a thousand messages. */
async function look(now = Date.now()) {
  const depth = async () => ({ waiting: 1_000, oldestAgeMs: 0 })
  const queue: Outbox = { ...memoryQueue().queue, depth, lagMs: async () => 0 }
  const situation = await readSituation(db, queue, now)
  const wrong = conditionsOf(situation, jobKinds).map(({ name, subject }) => `${name} ${subject}`.trim())
  return { situation, wrong, scale: scaleSignal(situation) }
}

const send = (ids: string[], at: number) =>
  db.rows(
    `UPDATE jobs SET ready = 0, dispatched_at = ?1, created_at = ?1, due_at = ?1 + 3600000
     WHERE id IN (SELECT value FROM json_each(?2))`,
    [at, JSON.stringify(ids)],
  )

test('jobs that were sent and that nobody takes are late, and miss a worker', async () => {
  const now = Date.now()
  const ids = await addJobs(db, 500, { kind: 'seo.generate' })
  await send(ids, now - 50 * MINUTE_MS)
  const { situation, wrong } = await look(now)
  expect(situation.waiting).toEqual([{ kind: 'seo.generate', count: 500, oldestAgeMs: 50 * MINUTE_MS }])
  expect(wrong).toEqual(['job_late seo.generate', 'no_consumer'])
})

test('a job that nobody ever took stays late however often it is sent, and while it rests before that', async () => {
  const now = Date.now()
  const ids = await addJobs(db, 2, { kind: 'seo.generate' })
  await send(ids, now - 50 * MINUTE_MS)
  await db.rows('UPDATE jobs SET dispatched_at = ?', [now])
  expect((await look(now)).wrong).toContain('job_late seo.generate')
  expect(await putBack(db, ids)).toHaveLength(2)
  const later = now + MINUTE_MS
  expect((await look(later)).situation.waiting).toMatchObject([{ count: 2, oldestAgeMs: 51 * MINUTE_MS }])
  // One that was begun once rests after a failure, or was sent again: it waits since then.
  await db.rows('UPDATE jobs SET lease_token = 1', [])
  expect((await look(later)).situation.waiting).toEqual([])
  await db.rows('UPDATE jobs SET dispatched_at = ?', [now - MINUTE_MS])
  expect((await look(now)).situation.waiting).toMatchObject([{ count: 2, oldestAgeMs: MINUTE_MS }])
})

test('what waits here and what was sent is wanted together', async () => {
  const ids = await addJobs(db, 5_500)
  await send(ids.slice(0, 1_000), Date.now())
  expect((await look()).scale).toMatchObject({ wanted: 5_500, waiting: 5_500 })
})

test('many of one kind hide none of another: each is counted by itself, up to a limit', async () => {
  await addJobs(db, 12_000, { kind: 'a' })
  await addJobs(db, 7, { kind: 'b', projectId: 'prj_b' })
  const { waiting } = await readSituation(db, inlineQueue(db))
  expect(waiting).toMatchObject([
    { kind: 'a', count: 10_000 },
    { kind: 'b', count: 7 },
  ])
})

test('a late job is seen behind any number of lanes of others', async () => {
  const kinds = { keyed: { ...kindDefaults, key: String } }
  for (let key = 0; key < 600; key++) await addJobs(db, 1, { kind: 'keyed', input: key }, kinds)
  const [late] = await addJobs(db, 1, { kind: 'seo.generate', projectId: 'prj_b' })
  const now = Date.now()
  await db.rows('UPDATE jobs SET due_at = ? WHERE id = ?', [now - 11 * MINUTE_MS, late!])
  const { waiting } = await readSituation(db, inlineQueue(db, { kinds }), now)
  expect(waiting).toMatchObject([
    { kind: 'keyed', count: 600 },
    { kind: 'seo.generate', count: 1, oldestAgeMs: 11 * MINUTE_MS },
  ])
})

test('a look at what waits walks indexes alone', async () => {
  const seen = new Map<string, Statement>()
  const watched = overPort({
    ...connection.port,
    all: (statement) => {
      if (/\bjobs\b/.test(statement.sql)) seen.set(statement.sql, statement)
      return connection.port.all(statement)
    },
  })
  await addJobs(db, 3)
  const outbox = throughOutbox({ db, log: createLog('silent'), queue: memoryQueue().queue })
  await outbox.close()
  await readSituation(watched, outbox)
  expect(seen.size).toBeGreaterThanOrEqual(3)
  for (const { sql, params } of seen.values()) {
    const plan = await connection.port.all({ sql: `EXPLAIN QUERY PLAN ${sql}`, params })
    const walks = plan.map((step) => String(step[3])).filter((step) => /^SCAN \S*jobs(?! USING)/.test(step))
    expect({ sql, walks }).toEqual({ sql, walks: [] })
  }
})
