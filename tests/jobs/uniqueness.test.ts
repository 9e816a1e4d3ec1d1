import { expect, test } from 'bun:test'
import type { Db, Write } from '#db/connect.ts'
import { enqueueOnce, newJob } from '#src/jobs/new-job.ts'
import { countByState, openDatabase } from '../queue/queued.ts'

const spec = { projectId: 'prj_a', createdBy: 'test', kind: 'quick', input: {} }

const ask = (db: Db, key: string, windowMs: number) =>
  db.batch(enqueueOnce(db, newJob(spec), { key, windowMs }) as [Write, ...Write[]])

test('of many that ask for one thing at once, one gets its job enqueued, and one event tells of it', async () => {
  const { db, close } = await openDatabase()
  await Promise.all(Array.from({ length: 20 }, () => ask(db, 'tick 12:00', 60_000)))
  expect(await countByState(db)).toEqual({ queued: 1 })
  expect(await db.rows(`SELECT count(*) FROM events WHERE type = 'job.updated'`, [])).toEqual([[1]])
  await ask(db, 'tick 12:01', 60_000)
  expect(await countByState(db)).toEqual({ queued: 2 })
  close()
})

test('a key is free again once its window is over', async () => {
  const { db, close } = await openDatabase()
  await ask(db, 'digest', 60_000)
  await ask(db, 'digest', 60_000)
  await db.rows('UPDATE job_keys SET until = ?', [Date.now()])
  await ask(db, 'digest', 60_000)
  expect(await countByState(db)).toEqual({ queued: 2 })
  close()
})
