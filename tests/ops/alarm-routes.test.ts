import { expect, test } from 'bun:test'
import { roles } from '#db/schema/projects.ts'
import { jobKinds } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { checkAlarms } from '#src/ops/alarms.ts'
import { type TestApp, testApp } from '../harness.ts'
import { addJobs } from '../queue/queued.ts'

const look = ({ db, queue }: TestApp) =>
  checkAlarms({ db, queue, log: createLog('silent'), kinds: jobKinds, tellOperators: async () => {} })

test('who looks after a project sees what is wrong, until it is right again', async () => {
  await using app = await testApp()
  await addJobs(app.db, 1, { projectId: app.rivals.projectId })
  await look(app)
  const { body, text } = await app.call('GET', '/api/v1/alarms')
  expect(body.items).toMatchObject([
    { name: 'no_consumer', message: 'Jobs wait, and no worker tells of itself.' },
  ])
  expect(text).not.toContain(app.rivals.projectId)
  await app.db.rows(`UPDATE jobs SET state = 'cancelled', ready = 0, due_at = NULL, finished_at = 1`, [])
  await look(app)
  expect((await app.call('GET', '/api/v1/alarms')).body).toEqual({ items: [] })
})

test('owners and admins may ask, and nobody else', async () => {
  await using app = await testApp()
  const answers: Record<string, number> = {}
  for (const role of roles)
    answers[role] = (await app.call('GET', '/api/v1/alarms', { as: await app.person(role, { role }) })).status
  const { owner, admin, ...others } = answers
  expect([owner, admin]).toEqual([200, 200])
  expect(new Set(Object.values(others))).toEqual(new Set([403]))
})
