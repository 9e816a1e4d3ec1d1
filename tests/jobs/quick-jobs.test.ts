import { expect, test } from 'bun:test'
import { enqueue, newJob } from '#src/jobs/new-job.ts'
import { createLog } from '#src/log.ts'
import { startConsumer } from '#worker/consume.ts'
import { testApp, until } from '../harness.ts'

const JOBS = 400

test('many quick jobs do not keep requests from being served', async () => {
  await using app = await testApp()
  const rows = Array.from({ length: JOBS }, () =>
    newJob({ projectId: app.team.projectId, createdBy: 'test', kind: 'quick', input: {} }),
  )
  const [first, ...rest] = rows.flatMap((row) => enqueue(app.db, row))
  await app.db.batch([first!, ...rest])
  let turns = 0
  const timer = setInterval(() => turns++, 0)
  let performed = 0
  const consumer = startConsumer({
    db: app.db,
    queue: app.queue,
    log: createLog('silent'),
    concurrency: 4,
    leaseMs: 10_000,
    handlers: {
      quick: async () => {
        performed++
        return { output: null }
      },
    },
  })
  await until('every job was performed', () => performed === JOBS)
  clearInterval(timer)
  await consumer.stop()
  expect(turns).toBeGreaterThan(3)
})
