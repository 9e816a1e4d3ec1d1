import { expect, test } from 'bun:test'
import { createLog } from '#src/log.ts'
import { throughOutbox } from '#src/queue/outbox.ts'
import { PUT_BACK_MS, putBack, putBackOthers } from '#src/queue/put-back.ts'
import { startConsumer } from '#worker/consume.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { buryUndelivered } from '#worker/undelivered.ts'
import { until } from '../harness.ts'
import { memoryQueue } from './memory-queue.ts'
import { addJobs, briefOf, openDatabase } from './queued.ts'

const log = createLog('silent')
const done: JobHandler = async () => ({ output: {} })

const [LEAST_MS, MOST_MS] = PUT_BACK_MS
const AWAITED = { state: 'queued', ready: 0, dispatchedAt: null, attempts: 0 } as const

test('what a worker of other kinds is given goes back to its row, and no delivery in vain is counted', async () => {
  const { db, close } = await openDatabase()
  const outside = memoryQueue()
  let retries = 0
  const settle: typeof outside.queue.settle = (settlement) => {
    retries += settlement.retried?.length ?? 0
    return outside.queue.settle(settlement)
  }
  const outbox = throughOutbox({ db, log, queue: { ...outside.queue, settle } })
  const worker = (kind: string) =>
    startConsumer({
      db,
      log,
      queue: outbox,
      concurrency: 2,
      leaseMs: 5_000,
      only: [kind],
      handlers: { a: done, b: done },
    })
  const ofB = await addJobs(db, 20, { kind: 'b' })
  const [ofA] = await addJobs(db, 1, { kind: 'a' })
  const first = worker('a')
  await until('its own is done', async () => (await briefOf(db, ofA!)).state === 'succeeded')
  for (const id of ofB) {
    await until('the others are put back', async () => (await briefOf(db, id)).dispatchedAt === null)
    expect(await briefOf(db, id)).toMatchObject(AWAITED)
  }
  await first.stop()
  expect(retries).toBe(0)
  await db.rows(`UPDATE jobs SET due_at = 1 WHERE state = 'queued'`, [])
  const second = worker('b')
  for (const id of ofB)
    await until('a worker of theirs does them', async () => (await briefOf(db, id)).state === 'succeeded')
  await second.stop()
  await outbox.close()
  close()
})

test('what is put back rests as long as it has waited, within limits; what is not on its way is left alone', async () => {
  const { db, close } = await openDatabase()
  const [young, middle, old, mine, unsent, running] = await addJobs(db, 6, { kind: 'b' })
  const now = Date.now()
  const set = (id: string | undefined, change: string) =>
    db.rows(`UPDATE jobs SET ready = 0, dispatched_at = 1, due_at = 9e15, ${change} WHERE id = ?`, [id!])
  await set(young, `created_at = ${now + 60_000}`)
  await set(middle, `created_at = ${now - 20_000}`)
  await set(old, 'created_at = 1')
  await set(mine, `kind = 'a'`)
  await set(unsent, 'dispatched_at = NULL, ready = 1')
  await set(running, `state = 'running'`)
  const all = [young, middle, old, mine, unsent, running] as string[]
  expect((await putBackOthers(db, all, ['a'])).toSorted()).toEqual(
    [young, middle, old].toSorted() as string[],
  )
  const rests = async (id: string | undefined) => (await briefOf(db, id!)).dueAt! - now
  for (const [id, ms] of [
    [young, LEAST_MS],
    [middle, 20_000],
    [old, MOST_MS],
  ] as const) {
    expect(await rests(id)).toBeGreaterThanOrEqual(ms)
    expect(await rests(id)).toBeLessThan(ms + 1_900)
  }
  expect(await briefOf(db, unsent!)).toMatchObject({ ready: 1, dueAt: 9e15 })
  expect(await briefOf(db, running!)).toMatchObject({ state: 'running', dueAt: 9e15 })
  expect(await putBack(db, all)).toEqual([mine!])
  close()
})

test('a job that was never begun is not buried when its queue gives it up: it is sent again, and the log says so', async () => {
  const { db, close } = await openDatabase()
  const [untried, tried] = await addJobs(db, 2)
  await db.rows('UPDATE jobs SET ready = 0, dispatched_at = 1, due_at = 9e15', [])
  await db.rows('UPDATE jobs SET attempts = 1 WHERE id = ?', [tried!])
  const warned: unknown[] = []
  const queue = {
    ...memoryQueue().queue,
    undeliverable: {
      pull: async () => [untried!, tried!].map((jobId) => ({ jobId, receipt: jobId, attempts: 101 })),
      acknowledge: async () => {},
    },
  }
  const warn = ({ jobId }: { jobId: string }) => void warned.push(jobId)
  await buryUndelivered({ db, queue, log: Object.assign(createLog('silent'), { warn }) })
  expect(await briefOf(db, untried!)).toMatchObject(AWAITED)
  expect((await briefOf(db, tried!)).state).toBe('dead')
  expect(warned).toEqual([untried])
  close()
})
