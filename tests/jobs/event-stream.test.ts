import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { events } from '#db/schema/jobs.ts'
import { apiKeys } from '#db/schema/projects.ts'
import { EVENTS_MISSED_MAX } from '#src/jobs/event-hub.ts'
import { eventStream, FRAMES_BUFFERED_MAX } from '#src/jobs/event-stream.ts'
import { type TestApp, testApp, until } from '../harness.ts'
import { type Listening, listen, readFrames, say } from './listening.ts'

test('a heartbeat comes while nothing happens, and no proxy may keep the stream to itself', async () => {
  await using app = await testApp()
  const response = streamOf(app, { heartbeatMs: 1 })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(response.headers.get('x-accel-buffering')).toBe('no')
  expect(response.headers.get('cache-control')).toBe('no-store')
  await using stream = readFrames(response)
  expect(await stream.next()).toEqual({ retry: 1000, comment: 'connected' })
  await nextHeartbeat(stream)
  await nextHeartbeat(stream)
})

test('a stream says where to resume as soon as it is up to date, before anything has happened', async () => {
  await using app = await testApp()
  await say(app, 'of long ago')
  const stream = await listen(app)
  expect(await stream.next()).toEqual({ retry: 1000, comment: 'connected' })
  const { id } = (await stream.next())!
  await stream.close()
  await say(app, 'while nobody listened')
  await using resumed = await listen(app, { after: id })
  expect((await resumed.events(1))[0]).toMatchObject({ data: { text: 'while nobody listened' } })
})

test('a project in which nothing happens resumes from where the others are, not from its last event', async () => {
  await using app = await testApp()
  await say(app, 'mine')
  const stream = readFrames(streamOf(app, { heartbeatMs: 1, after: 0 }))
  expect((await stream.events(1))[0]).toMatchObject({ id: 1 })
  await app.db.rows(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO events (project_id, type, data, created_at) SELECT ?, 'x', '{}', 0 FROM n`,
    [EVENTS_MISSED_MAX, app.rivals.projectId],
  )
  app.hub.wake()
  let position: number | undefined = 1
  while (position !== EVENTS_MISSED_MAX + 1) position = (await stream.next())!.id
  await stream.close()
  await say(app, 'mine again')
  // The next is its own, where one who had kept the id of its last event finds too much in between.
  await using resumed = await listen(app, { after: position })
  expect((await resumed.events(1))[0]).toMatchObject({ data: { text: 'mine again' } })
  await using lost = await listen(app, { after: 1 })
  expect((await lost.events(1))[0]).toMatchObject({ event: 'reset' })
})

test('closing frees everything, from whichever side it comes', async () => {
  await using app = await testApp()
  const aborting = new AbortController()
  const cancelled = readFrames(streamOf(app))
  const aborted = readFrames(streamOf(app, { signal: aborting.signal }))
  const byApi = await listen(app)
  await until('all listen', () => app.hub.size() === 3)
  await cancelled.close()
  await until('one is gone', () => app.hub.size() === 2)
  aborting.abort()
  await until('two are gone', () => app.hub.size() === 1)
  expect(await aborted.events(1)).toEqual([])
  await byApi.close()
  await until('all are gone', () => app.hub.size() === 0)

  // A client that is gone before it was heard leaves nothing either.
  const gone = readFrames(streamOf(app, { signal: AbortSignal.abort() }))
  expect(await gone.events(1)).toEqual([])
  await readFrames(streamOf(app)).close()
  await until('nobody listens', () => app.hub.size() === 0)
})

test('a HEAD request opens no stream', async () => {
  await using app = await testApp()
  const { status, headers, text } = await app.call('HEAD', '/api/v1/events')
  expect({ status, type: headers.get('content-type'), text }).toEqual({
    status: 200,
    type: 'text/event-stream',
    text: '',
  })
  expect(app.hub.size()).toBe(0)
})

test('a reader that stops reading is cut off, and resumes where it stopped', async () => {
  await using app = await testApp()
  const total = FRAMES_BUFFERED_MAX + 200
  const slow = await listen(app, { after: 0 })
  await until('it listens', () => app.hub.size() === 1)
  await app.db.batch([
    app.db.insert(events).values({ projectId: app.team.projectId, type: 'x', data: '{"n":1}', createdAt: 0 }),
    ...Array.from({ length: total - 1 }, (_, n) =>
      app.db
        .insert(events)
        .values({ projectId: app.team.projectId, type: 'x', data: `{"n":${n + 2}}`, createdAt: 0 }),
    ),
  ])
  app.hub.wake()
  await until('it is cut off', () => app.hub.size() === 0)
  const kept = await slow.events(total)
  expect(kept.length).toBeLessThan(total)
  await using resumed = await listen(app, { after: kept.at(-1)!.id })
  const ids = [...kept, ...(await resumed.events(total - kept.length))].map((frame) => frame.id)
  expect(ids).toEqual(Array.from({ length: total }, (_, n) => n + 1))
})

test('the stream of a revoked key ends at the next heartbeat', async () => {
  await using app = await testApp()
  let allowed = true
  const stream = readFrames(streamOf(app, { heartbeatMs: 1, stillAllowed: async () => allowed }))
  await nextHeartbeat(stream)
  allowed = false
  expect(await stream.events(1)).toEqual([])
  expect(app.hub.size()).toBe(0)

  await app.db
    .update(apiKeys)
    .set({ revokedAt: Date.now() })
    .where(eq(apiKeys.hint, app.team.key.slice(-4)))
  expect(app.call('GET', '/api/v1/events')).resolves.toMatchObject({ status: 401 })
})

test('a database that does not answer ends new streams, and no process', async () => {
  await using app = await testApp()
  const open = await listen(app, { after: 0 })
  await say(app, 'well')
  await open.events(1)
  const { select, rows } = app.db
  const fail = () => {
    throw new Error('disk I/O error')
  }
  Object.assign(app.db, { select: fail, rows: fail })
  app.hub.wake()
  const late = readFrames(streamOf(app))
  expect(await late.events(1)).toEqual([])
  Object.assign(app.db, { select, rows })
  await say(app, 'well again')
  expect((await open.events(1))[0]).toMatchObject({ data: { text: 'well again' } })
  await open.close()
})

async function nextHeartbeat(stream: Listening) {
  for (let frame = await stream.next(); frame?.comment !== 'heartbeat'; frame = await stream.next())
    if (!frame) throw new Error('The stream ended without a heartbeat.')
}

type StreamOptions = Partial<Parameters<typeof eventStream>[0]>

const streamOf = (app: TestApp, options: StreamOptions = {}) =>
  eventStream({
    hub: app.hub,
    signal: new AbortController().signal,
    projectId: app.team.projectId,
    after: undefined,
    stillAllowed: async () => true,
    mayHear: () => true,
    ...options,
  })
