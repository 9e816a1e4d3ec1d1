import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { jobKinds } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { checkAlarms } from '#src/ops/alarms.ts'
import { type TestApp, testApp, until } from '#tests/harness.ts'
import { addJobs } from '../queue/queued.ts'
import { checkLooks } from './check-page.ts'
import { type Desk, enterAs, hasChromium, openDesk } from './desk.ts'

/** Long before a page would ask again by itself. */
const LIVE_MS = 5_000

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

  const right = () =>
    app.db.rows(`UPDATE jobs SET state = 'cancelled', ready = 0, due_at = NULL, finished_at = 1`, [])

  test('comes and goes under the eyes of an owner, and a writer hears nothing of it', async () => {
    const alarms = (page: Awaited<ReturnType<typeof enterAs>>) =>
      page.getByRole('status', { name: 'Alarms' }).getByText('no worker tells of itself')
    const owner = await enterAs(desk, await app.person('Ada', { role: 'owner' }), { path: '/sources' })
    const writer = await enterAs(desk, await app.person('Will', { role: 'writer' }), { path: '/sources' })
    await writer.getByRole('heading', { name: 'Sources' }).first().waitFor()
    await until('both follow', () => app.hub.size() === 2)
    await addJobs(app.db, 1, { projectId: app.team.projectId })
    await look()
    await alarms(owner).waitFor({ timeout: LIVE_MS })
    expect(await alarms(writer).count()).toBe(0)
    await right()
    await look()
    await alarms(owner).waitFor({ state: 'detached', timeout: LIVE_MS })
    await owner.context().close()
    await writer.context().close()
  })

  test('moves on its page to what is past, with how long it lasted, for everybody to read', async () => {
    await addJobs(app.db, 1, { projectId: app.team.projectId })
    await look()
    const owner = await enterAs(desk, await app.person('Olga', { role: 'owner' }), { path: '/jobs/alarms' })
    await owner.getByRole('heading', { name: /no worker tells of itself/ }).waitFor()
    await owner.getByText('Start one on the server with “quill worker”').waitFor()
    expect(await checkLooks(owner)).toEqual([])
    await until('it follows', () => app.hub.size() === 1)
    await app.db.rows('UPDATE alarms SET raised_at = raised_at - 3720000 WHERE cleared_at IS NULL', [])
    await right()
    await look()
    await owner.getByText('Nothing is wrong.').waitFor({ timeout: LIVE_MS })
    const past = owner.getByRole('region', { name: 'Past alarms' })
    await past
      .getByRole('row', { name: /no worker tells of itself.*1 h 2 min/ })
      .waitFor({ timeout: LIVE_MS })
    expect(await checkLooks(owner)).toEqual([])
    expect(desk.complaints).toEqual([])
    await owner.context().close()
  })
})
