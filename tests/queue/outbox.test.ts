import { expect, test } from 'bun:test'
import { createLog } from '#src/log.ts'
import { type OutboxOptions, throughOutbox } from '#src/queue/outbox.ts'
import { claim } from '#worker/claim.ts'
import { startConsumer } from '#worker/consume.ts'
import { succeed } from '#worker/lease.ts'
import { until } from '../harness.ts'
import { memoryQueue } from './memory-queue.ts'
import { addJobs, briefOf, countByState, openDatabase } from './queued.ts'

async function openOutbox(options: Partial<OutboxOptions> = {}) {
  const connection = await openDatabase()
  const outside = memoryQueue()
  const log = createLog('silent')
  const open = (more: Partial<OutboxOptions> = {}) =>
    throughOutbox({ db: connection.db, log, queue: outside.queue, restMs: [1, 2], ...options, ...more })
  const opened: ReturnType<typeof open>[] = []
  return {
    ...outside,
    db: connection.db,
    dispatch(more?: Partial<OutboxOptions>) {
      const outbox = open(more)
      opened.push(outbox)
      return outbox
    },
    async [Symbol.asyncDispose]() {
      for (const outbox of opened) await outbox.close()
      connection.close()
    },
  }
}

test('what was enqueued is sent once, by however many dispatchers', async () => {
  await using at = await openOutbox()
  const ids = await addJobs(at.db, 250)
  at.dispatch()
  at.dispatch()
  await until('all are sent', () => at.sent.length >= 250)
  expect(at.sent.toSorted()).toEqual(ids.toSorted())
  await until('all are marked', async () => (await at.db.rows(MARKED, [Date.now() + 60_000])).length === 250)
})

test('what could not be sent waits, and is sent when it can be', async () => {
  await using at = await openOutbox()
  let failing = true
  const { send } = at.queue
  const queue = {
    ...at.queue,
    send: (ids: readonly string[]) => (failing ? Promise.reject(new Error('down')) : send(ids)),
  }
  const outbox = at.dispatch({ queue })
  const [id] = await addJobs(at.db, 1)
  await outbox.send([id!])
  await until('it was tried and put back', async () => (await briefOf(at.db, id!)).ready === 1)
  expect(at.sent).toEqual([])
  failing = false
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

test('a project that asks for much does not fill the way of another', async () => {
  await using at = await openOutbox()
  await addJobs(at.db, 3_000)
  const [other] = await addJobs(at.db, 1, { projectId: 'prj_b' })
  at.dispatch()
  await until('the way is full', () => at.sent.length >= 1_000)
  expect(at.sent.indexOf(other!)).toBeLessThan(100)
  await until('it rests', async () => (await at.db.rows(ON_THEIR_WAY, []))[0]![0] === 1_000)
  expect(at.sent).toHaveLength(1_000)
})

test('its lag is how long the oldest job has not been sent', async () => {
  await using at = await openOutbox()
  const never = { ...at.queue, send: () => Promise.reject(new Error('down')) }
  const outbox = at.dispatch({ queue: never, restMs: [60_000, 60_000], now: () => Date.now() + 5_000 })
  expect(await outbox.lagMs()).toBe(0)
  const [id] = await addJobs(at.db, 1)
  await outbox.send([id!])
  await until(
    'it was put back',
    async () => (await outbox.lagMs()) >= 0 && (await briefOf(at.db, id!)).ready === 1,
  )
  expect(await outbox.lagMs()).toBeGreaterThanOrEqual(0)
  expect((await briefOf(at.db, id!)).state).toBe('queued')
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

const MARKED = 'SELECT id FROM jobs WHERE ready = 0 AND dispatched_at IS NOT NULL AND due_at > ?'
const ON_THEIR_WAY = `SELECT count(*) FROM jobs WHERE state = 'queued' AND dispatched_at IS NOT NULL`
