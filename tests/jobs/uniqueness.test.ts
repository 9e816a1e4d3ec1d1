import { expect, test } from 'bun:test'
import type { Db } from '#db/connect.ts'
import { type Kinds, kindDefaults } from '#src/jobs/kinds.ts'
import { enqueue, newJob } from '#src/jobs/new-job.ts'
import { countByState, openDatabase } from '../queue/queued.ts'

const unique = { key: (input: unknown) => (input as { tick: string }).tick, windowMs: 60_000 }
const kinds: Kinds = { hourly: { ...kindDefaults, unique }, daily: { ...kindDefaults, unique } }

const ask = (db: Db, tick: string, kind = 'hourly', projectId = 'prj_a') =>
  db.batch(enqueue(db, newJob({ projectId, createdBy: 'test', kind, input: { tick } }), kinds))

test('of many that ask for one thing at once, one gets its job enqueued, and one event tells of it', async () => {
  const { db, close } = await openDatabase()
  await Promise.all(Array.from({ length: 20 }, () => ask(db, '12:00')))
  expect(await countByState(db)).toEqual({ queued: 1 })
  expect(await db.rows(`SELECT count(*) FROM events WHERE type = 'job.updated'`, [])).toEqual([[1]])
  await ask(db, '12:01')
  expect(await countByState(db)).toEqual({ queued: 2 })
  close()
})

test('a key is free again once its window is over', async () => {
  const { db, close } = await openDatabase()
  await ask(db, '12:00')
  await ask(db, '12:00')
  await db.rows('UPDATE job_keys SET until = ?', [Date.now()])
  await ask(db, '12:00')
  expect(await countByState(db)).toEqual({ queued: 2 })
  close()
})

test('a key is taken for its kind and its project alone', async () => {
  const { db, close } = await openDatabase()
  await ask(db, '12:00')
  await ask(db, '12:00', 'daily')
  await ask(db, '12:00', 'hourly', 'prj_b')
  expect(await countByState(db)).toEqual({ queued: 3 })
  close()
})
