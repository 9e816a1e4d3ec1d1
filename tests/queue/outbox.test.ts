import { expect, test } from 'bun:test'
import type { Db } from '#db/connect.ts'
import { createLog } from '#src/log.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { claim, claimAll } from '#worker/claim.ts'
import { startConsumer } from '#worker/consume.ts'
import { succeed } from '#worker/lease.ts'
import { until } from '../harness.ts'
import { downQueue, openOutbox } from './outbox.ts'
import { addJobs, briefOf, countByState, pulled } from './queued.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

test('what was enqueued is sent once, by however many dispatchers', async () => {
  await using at = await openOutbox()
  await announce(at.db, 40)
  const ids = await addJobs(at.db, 250)
  at.dispatch()
  at.dispatch()
  await until('all are sent', () => at.sent.length >= 250)
  expect(at.sent.toSorted()).toEqual(ids.toSorted())
  await until('all are marked', async () => (await at.db.rows(MARKED, [Date.now() + 60_000])).length === 250)
})

test('what could not be sent waits, and is sent when it can be', async () => {
  await using at = await openOutbox()
  const down = downQueue(at.queue)
  const outbox = at.dispatch({ queue: down.queue })
  const [id] = await addJobs(at.db, 1)
  await outbox.send([id!])
  await until('it was refused', () => down.tries() > 0)
  expect(at.sent).toEqual([])
  down.recover()
  await until('it is sent', () => at.sent.length === 1)
  expect(await briefOf(at.db, id!)).toMatchObject({ state: 'queued', ready: 0 })
})

test('what a dispatcher took and did not live to send is sent by another', async () => {
  await using at = await openOutbox()
  const [id] = await addJobs(at.db, 1)
  await at.db.rows('UPDATE jobs SET ready = 0, dispatched_at = 1, due_at = ?', [Date.now() - 1])
  at.dispatch()
  await until('it is sent', () => at.sent.includes(id!))
})

test('who was stopped while sending leaves alone what another sends meanwhile', async () => {
  await using at = await openOutbox()
  await addJobs(at.db, 1)
  const send = async (ids: readonly string[]) => {
    await at.queue.send(ids)
    await at.db.rows('UPDATE jobs SET due_at = 9000000000000', [])
  }
  await at.dispatch({ queue: { ...at.queue, send } }).close()
  expect(at.sent).toHaveLength(1)
  expect(await at.db.rows('SELECT due_at FROM jobs', [])).toEqual([[9_000_000_000_000]])
})

test('what was cancelled is never sent', async () => {
  await using at = await openOutbox()
  const [id] = await addJobs(at.db, 1)
  await at.db.rows(`UPDATE jobs SET state = 'cancelled', ready = 0, due_at = NULL`, [])
  const [other] = await addJobs(at.db, 1)
  at.dispatch()
  await until('the other is sent', () => at.sent.includes(other!))
  expect(at.sent).not.toContain(id!)
})

test('what is put off is sent when its time has come', async () => {
  await using at = await openOutbox()
  let ahead = 0
  const [id] = await addJobs(at.db, 1, { dueAt: Date.now() + 60_000 })
  const outbox = at.dispatch({ now: () => Date.now() + ahead })
  const [other] = await addJobs(at.db, 1)
  await outbox.send([other!])
  await until('the other is sent', () => at.sent.includes(other!))
  expect(at.sent).not.toContain(id!)
  ahead = 61_000
  await outbox.send([])
  await until('it is sent', () => at.sent.includes(id!))
})

test('what is being sent is left alone for half a minute, then another sends it', async () => {
  await using at = await openOutbox()
  const dying = Promise.withResolvers<void>()
  let hasBegun = false
  const send = () => {
    hasBegun = true
    return dying.promise
  }
  const [id] = await addJobs(at.db, 1)
  at.dispatch({ queue: { ...at.queue, send } })
  await until('one began to send it', () => hasBegun)
  let ahead = 29_000
  const outbox = at.dispatch({ now: () => Date.now() + ahead })
  const [other] = await addJobs(at.db, 1)
  await until('the other is sent', () => at.sent.includes(other!))
  expect(at.sent).toEqual([other!])
  ahead = 31_000
  await outbox.send([])
  await until('it is sent', () => at.sent.includes(id!))
  dying.resolve()
})

test('a message that nobody has seen for an hour is sent again, and no sooner', async () => {
  await using at = await openOutbox()
  let ahead = 0
  const outbox = at.dispatch({ now: () => Date.now() + ahead })
  const [id] = await addJobs(at.db, 1)
  await until('it is sent', () => at.sent.length === 1)
  ahead = HOUR_MS - MINUTE_MS
  const [other] = await addJobs(at.db, 1)
  await outbox.send([other!])
  await until('another is sent', () => at.sent.includes(other!))
  expect(at.sent).toEqual([id!, other!])
  ahead = HOUR_MS + MINUTE_MS
  await outbox.send([])
  await until('it is sent again', () => at.sent.length === 3)
  expect(at.sent[2]).toBe(id!)
})

test('a thousand messages may be lost at once: all are sent again', async () => {
  await using at = await openOutbox()
  let ahead = 0
  await announce(at.db, 500)
  const ids = await addJobs(at.db, 1_100)
  const outbox = at.dispatch({ now: () => Date.now() + ahead })
  await until('the way is full', () => at.sent.length === 1_000)
  at.messages.length = 0
  ahead = HOUR_MS + MINUTE_MS
  await outbox.send([])
  await until('they are sent again', () => at.sent.length === 2_000)
  expect(at.sent.slice(1_000).toSorted()).toEqual(ids.toSorted().slice(0, 1_000))
})

test('ten thousand jobs of one project keep few of another waiting, over a queue that knows no turns', async () => {
  await using at = await openOutbox()
  await announce(at.db, 4)
  await addJobs(at.db, 10_000)
  const outbox = at.dispatch()
  await until('the way is full', () => at.sent.length === 32)
  const [other] = await addJobs(at.db, 1, { projectId: 'prj_b' })
  for (let begun = 0; !at.sent.includes(other!); begun += 4) {
    await claimAll(at.db, at.sent.slice(begun, begun + 4), { worker: 'w1', leaseMs: MINUTE_MS })
    await outbox.send([])
    await until('the way is full again', () => at.sent.length === 32 + begun + 4)
  }
  expect(at.sent.indexOf(other!)).toBeLessThanOrEqual(33)
})

test('the more slots the consumers have, the more is on its way; the silent do not count', async () => {
  await using at = await openOutbox()
  await announce(at.db, 10)
  await announce(at.db, 100, Date.now() - MINUTE_MS)
  await addJobs(at.db, 200)
  const outbox = at.dispatch()
  await until('the way is full', () => at.sent.length >= 80)
  await outbox.close()
  expect(at.sent).toHaveLength(80)
})

test('no more are on their way than may be, however many dispatchers see room at once', async () => {
  await using at = await openOutbox()
  await addJobs(at.db, 200)
  let hasSeenRoom = false
  const rows: Db['rows'] = async (sql, params, options) => {
    const answer = await at.db.rows(sql, params, options)
    if (!hasSeenRoom && /FROM consumers/.test(sql)) {
      hasSeenRoom = true
      at.dispatch()
      await until(
        'another has filled the way',
        async () => (await at.db.rows(ON_THEIR_WAY, []))[0]![0] === 32,
      )
    }
    return answer
  }
  const late = at.dispatch({ db: { ...at.db, rows } as Db })
  await until('both have looked', () => at.sent.length >= 32)
  await late.close()
  expect(at.sent).toHaveLength(32)
})

test('its lag is how long the oldest job has not been sent, however often it was tried', async () => {
  await using at = await openOutbox()
  const down = downQueue(at.queue)
  let ahead = 5_000
  const outbox = at.dispatch({ queue: down.queue, now: () => Date.now() + ahead })
  expect(await outbox.lagMs()).toBe(0)
  await addJobs(at.db, 1)
  await outbox.send([])
  await until('it was refused', () => down.tries() > 0)
  expect(await outbox.lagMs()).toBeGreaterThanOrEqual(5_000)
  ahead = 2 * MINUTE_MS
  const tries = down.tries()
  await until('it was refused again', () => down.tries() > tries + 1)
  expect(await outbox.lagMs()).toBeGreaterThanOrEqual(2 * MINUTE_MS)
  down.recover()
  await until('it is sent', async () => at.sent.length === 1 && (await outbox.lagMs()) === 0)
})

test('what is on its way is counted by a walk of the index of what was sent', async () => {
  await using at = await openOutbox()
  const asked: { sql: string; params: unknown[] }[] = []
  const rows: Db['rows'] = (sql, params, options) => {
    asked.push({ sql, params })
    return at.db.rows(sql, params, options)
  }
  const [id] = await addJobs(at.db, 1)
  const outbox = at.dispatch({ db: { ...at.db, rows } as Db })
  await until('it is sent', () => at.sent.includes(id!))
  await outbox.lagMs()
  const plans = await Promise.all(
    asked.map(({ sql, params }) => at.port.all({ sql: `EXPLAIN QUERY PLAN ${sql}`, params })),
  )
  const steps = plans.flat().map((row) => String(row[3]))
  expect(steps.filter((step) => /SCAN jobs|TEMP B-TREE/.test(step))).toEqual([])
  expect(steps.some((step) => /SEARCH jobs USING INDEX jobs_dispatched/.test(step))).toBe(true)
})

test('jobs that were paused in the database are resumed over a queue outside', async () => {
  await using at = await openOutbox()
  await inlineQueue(at.db).pause()
  const [id] = await addJobs(at.db, 1)
  const outbox = at.dispatch()
  expect(await outbox.isPaused()).toBe(true)
  await outbox.resume()
  expect(await outbox.isPaused()).toBe(false)
  await until('it is sent', () => at.sent.includes(id!))
  await outbox.pause()
  expect(await inlineQueue(at.db).isPaused()).toBe(true)
})

test('what was sent outside is delivered at once when jobs wait in the database alone again', async () => {
  await using at = await openOutbox()
  const outbox = at.dispatch()
  const ids = await addJobs(at.db, 20)
  await until('all are sent', async () => (await at.db.rows(MARKED, [Date.now() + MINUTE_MS])).length === 20)
  await outbox.close()
  const asleep = await addJobs(at.db, 1, { dueAt: Date.now() + MINUTE_MS })
  const idle = inlineQueue(at.db)
  expect((await idle.depth()).waiting).toBe(0)
  const delivered = await Promise.all([pulled(inlineQueue(at.db), 50), pulled(inlineQueue(at.db), 50)])
  expect(delivered.map((some) => some.toSorted())).toEqual([ids.toSorted(), ids.toSorted()])
  expect(delivered.flat()).not.toContain(asleep[0]!)
})

test('jobs that travel outside are performed once and leave nothing on the way', async () => {
  await using at = await openOutbox()
  const outbox = at.dispatch()
  const ids = await addJobs(at.db, 300)
  const performed: string[] = []
  const consumer = startConsumer({
    db: at.db,
    queue: outbox,
    log: createLog('silent'),
    concurrency: 4,
    leaseMs: 60_000,
    handlers: {
      quick: async (job) => {
        performed.push(job.id)
        return { output: {} }
      },
    },
  })
  await until('all are done', async () => (await countByState(at.db)).succeeded === 300)
  await consumer.stop()
  expect(performed.toSorted()).toEqual(ids.toSorted())
  expect((await at.db.rows(ON_THEIR_WAY, []))[0]).toEqual([0])
})

test('what a worker held that died is performed by another', async () => {
  await using at = await openOutbox()
  const [id] = await addJobs(at.db, 1)
  const dead = await claim(at.db, id!, { worker: 'dead', leaseMs: -1 })
  const outbox = at.dispatch()
  const consumer = startConsumer({
    db: at.db,
    queue: outbox,
    log: createLog('silent'),
    concurrency: 1,
    leaseMs: 60_000,
    handlers: { quick: async () => ({ output: {} }) },
  })
  await until('it is done', async () => (await briefOf(at.db, id!)).state === 'succeeded')
  await consumer.stop()
  expect(await succeed(at.db, dead!, { output: {}, writes: [] })).toBe(false)
})

/** A consumer that told of itself, or one that will go on doing so, seen from a clock that is ahead. */
async function announce(db: Db, slots: number, seenAt = Date.now() + 2 * HOUR_MS) {
  await db.rows('INSERT INTO consumers (id, started_at, seen_at, slots, running) VALUES (?, 1, ?, ?, 0)', [
    crypto.randomUUID(),
    seenAt,
    slots,
  ])
}

const MARKED = 'SELECT id FROM jobs WHERE ready = 0 AND dispatched_at IS NOT NULL AND due_at > ?'
const ON_THEIR_WAY = `SELECT count(*) FROM jobs WHERE state = 'queued' AND dispatched_at IS NOT NULL`
