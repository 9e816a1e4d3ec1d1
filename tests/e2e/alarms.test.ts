import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { jobKinds } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { checkAlarms } from '#src/ops/alarms.ts'
import { type TestApp, testApp } from '#tests/harness.ts'
import { addJobs } from '../queue/queued.ts'
import { type Desk, enterAs, hasChromium, openDesk } from './desk.ts'

describe.skipIf(!hasChromium)('an alarm in the interface', () => {
  let app: TestApp
  let desk: Desk
  beforeAll(async () => {
    app = await testApp()
    desk = await openDesk(app)
  })
  afterAll(async () => {
    await desk[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  })
  const look = () =>
    checkAlarms({
      db: app.db,
      queue: app.queue,
      log: createLog('silent'),
      kinds: jobKinds,
      tellOperators: async () => {},
    })

  test('is shown to an owner until it clears, and not to a writer', async () => {
    await addJobs(app.db, 1, { projectId: app.team.projectId })
    await look()
    const alarms = (page: Awaited<ReturnType<typeof enterAs>>) =>
      page.getByRole('status', { name: 'Alarms' }).getByText('no worker tells of itself')
    const owner = await enterAs(desk, await app.person('Ada', { role: 'owner' }), { path: '/sources' })
    await alarms(owner).waitFor()
    const writer = await enterAs(desk, await app.person('Will', { role: 'writer' }), { path: '/sources' })
    await writer.getByRole('heading', { name: 'Sources' }).first().waitFor()
    expect(await alarms(writer).count()).toBe(0)
    await app.db.rows(`UPDATE jobs SET state = 'cancelled', ready = 0, due_at = NULL, finished_at = 1`, [])
    await look()
    await owner.reload()
    await owner.getByRole('heading', { name: 'Sources' }).first().waitFor()
    expect(await alarms(owner).count()).toBe(0)
    expect(desk.complaints).toEqual([])
  })
})
