import { expect, test } from 'bun:test'
import { roles } from '#db/schema/projects.ts'
import { jobKinds } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { checkAlarms } from '#src/ops/alarms.ts'
import { INSTALLATION_PROJECT } from '#src/projects/installation.ts'
import { request, type TestApp, testApp, until } from '../harness.ts'
import { listen, readFrames, say } from '../jobs/listening.ts'
import { addJobs } from '../queue/queued.ts'

const look = ({ db, queue }: TestApp) =>
  checkAlarms({ db, queue, log: createLog('silent'), kinds: jobKinds, tellOperators: async () => {} })

test('who looks after a project sees what is wrong, until it is right again', async () => {
  await using app = await testApp()
  await addJobs(app.db, 1, { projectId: app.rivals.projectId })
  await look(app)
  const { body, text } = await app.call('GET', '/api/v1/alarms')
  expect(body.items).toMatchObject([
    {
      name: 'no_consumer',
      message: 'Jobs wait, and no worker tells of itself.',
      advice: expect.stringContaining('quill worker'),
    },
  ])
  expect(text).not.toContain(app.rivals.projectId)
  await app.db.rows(`UPDATE jobs SET state = 'cancelled', ready = 0, due_at = NULL, finished_at = 1`, [])
  await look(app)
  expect((await app.call('GET', '/api/v1/alarms')).body).toEqual({ items: [], nextCursor: null })
})

test('what was wrong is listed page by page, the latest first, with when it was right again', async () => {
  await using app = await testApp()
  for (let incident = 0; incident < 3; incident++) {
    await addJobs(app.db, 1, { projectId: app.team.projectId })
    await look(app)
    await app.db.rows(`UPDATE jobs SET state = 'cancelled', ready = 0, due_at = NULL, finished_at = 1`, [])
    await look(app)
  }
  const list = async (query: string) => (await app.call('GET', `/api/v1/alarms?state=cleared${query}`)).body
  const first = await list('&limit=2')
  const second = await list(`&limit=2&cursor=${first.nextCursor}`)
  const all = (await list('')).items
  expect([...first.items, ...second.items]).toEqual(all)
  expect(second.nextCursor).toBeNull()
  expect(all).toHaveLength(3)
  for (const { raisedAt, clearedAt } of all) expect(raisedAt <= clearedAt).toBe(true)
  expect(all.map(({ id }: { id: string }) => id)).toEqual(
    all
      .map(({ id }: { id: string }) => id)
      .toSorted()
      .toReversed(),
  )
})

test('an alarm is told to the streams of every project whose caller may read alarms, live and after a gap', async () => {
  await using app = await testApp()
  await using stream = await listen(app)
  await using theirs = await listen(app, { key: app.rivals.key })
  await using mute = await listen(app, { key: await app.keyWith(['events:read']) })
  await until('all listen', () => app.hub.size() === 3)
  // What the installation does besides is nobody's to hear.
  await say(app, 'private', INSTALLATION_PROJECT)
  await addJobs(app.db, 1, { projectId: app.rivals.projectId })
  await look(app)
  await app.db.rows(`UPDATE jobs SET state = 'cancelled', ready = 0, due_at = NULL, finished_at = 1`, [])
  await look(app)
  await say(app, 'mine')
  const heard = await stream.events(3)
  expect(heard).toMatchObject([
    { event: 'alarm.updated', data: { name: 'no_consumer', raisedAt: expect.any(String) } },
    { event: 'alarm.updated', data: { name: 'no_consumer', clearedAt: expect.any(String) } },
    { event: 'section.text', data: { text: 'mine' } },
  ])
  expect(JSON.stringify(heard)).not.toContain(app.rivals.projectId)
  expect((await theirs.events(3)).map(({ event }) => event)).toEqual([
    // Of their own the job, and of ours nothing.
    'job.updated',
    'alarm.updated',
    'alarm.updated',
  ])
  expect((await mute.events(1)).map(({ event }) => event)).toEqual(['section.text'])
  await using resumed = await listen(app, { after: heard[0]!.id })
  expect((await resumed.events(2)).map(({ id }) => id)).toEqual([heard[1]!.id, heard[2]!.id])
  await using stillMute = await listen(app, { after: 0, key: await app.keyWith(['events:read']) })
  expect((await stillMute.events(1)).map(({ event }) => event)).toEqual(['section.text'])
})

test('who loses the right to alarms hears no more of them, on a stream that is open', async () => {
  await using app = await testApp()
  const owner = await app.person('Olga', { role: 'owner' })
  const admin = await app.person('Adam', { role: 'admin' })
  const response = await app.fetch(request('GET', '/api/v1/events', { as: admin }))
  await using stream = readFrames(response)
  await until('it listens', () => app.hub.size() === 1)
  await app.call('PATCH', `/api/v1/members/${admin.userId}`, { as: owner, body: { role: 'viewer' } })
  expect((await stream.events(1))[0]).toMatchObject({ event: 'members.updated' })
  // Whoever asks after the stream is answered after it.
  expect((await app.call('GET', '/api/v1/alarms', { as: admin })).status).toBe(403)
  await addJobs(app.db, 1, { projectId: app.rivals.projectId })
  await look(app)
  await say(app, 'mine')
  expect((await stream.events(1))[0]).toMatchObject({ event: 'section.text' })
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
