import { expect, test } from 'bun:test'
import { eq, lt } from 'drizzle-orm'
import fc from 'fast-check'
import { events } from '#db/schema/jobs.ts'
import { testApp, until } from '../harness.ts'
import { listen, say } from './listening.ts'
import { startJob } from './performing.ts'

test('whatever the disconnects, a client that resumes by id sees every event of its project once, in order', async () => {
  const script = fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ kind: fc.constant('tell' as const), count: fc.integer({ min: 1, max: 4 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('foreign' as const),
          count: fc.integer({ min: 1, max: 3 }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('read' as const), count: fc.integer({ min: 1, max: 3 }) }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('drop' as const), count: fc.constant(0) }) },
    ),
    { minLength: 5, maxLength: 25 },
  )
  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      await using app = await testApp()
      await say(app, 'first')
      const seen: number[] = [1]
      let last = 1
      let told = 1
      let stream = await listen(app, { after: last })
      const writes: Promise<unknown>[] = []
      for (const { kind, count } of steps) {
        if (kind === 'drop') {
          await stream.close()
          // The writes go on while nobody listens.
          stream = await listen(app, { after: last })
        } else if (kind === 'read') {
          for (const frame of await stream.events(Math.min(count, told - seen.length))) {
            seen.push(frame.id!)
            last = frame.id!
          }
        } else {
          const projectId = kind === 'tell' ? app.team.projectId : app.rivals.projectId
          for (let index = 0; index < count; index++) writes.push(say(app, `${kind} ${index}`, projectId))
          if (kind === 'tell') told += count
        }
      }
      await Promise.all(writes)
      seen.push(...(await stream.events(told - seen.length)).map((frame) => frame.id!))
      await stream.close()
      const own = await app.db
        .select()
        .from(events)
        .where(eq(events.projectId, app.team.projectId))
        .orderBy(events.id)
      expect(seen).toEqual(own.map((event) => event.id))
    }),
    { numRuns: 60, seed: 7 },
  )
})

test('without an id the stream begins now, and never tells what another project does', async () => {
  await using app = await testApp()
  await say(app, 'before')
  await using stream = await listen(app)
  await using theirs = await listen(app, { key: app.rivals.key })
  await until('both listen', () => app.hub.size() === 2)
  await say(app, 'theirs', app.rivals.projectId)
  await say(app, 'mine')
  expect((await stream.events(1))[0]).toMatchObject({ event: 'section.text', data: { text: 'mine' } })
  expect((await theirs.events(1))[0]).toMatchObject({ data: { text: 'theirs' } })
})

test('`after` does what `Last-Event-ID` does, for clients that cannot send a header', async () => {
  await using app = await testApp()
  for (const text of ['one', 'two', 'three']) await say(app, text)
  await using stream = await listen(app, { path: '/api/v1/events?after=1' })
  expect((await stream.events(2)).map((frame) => frame.data.text)).toEqual(['two', 'three'])
})

test('an event is not sent twice to who knows it already, though nobody here has read it yet', async () => {
  await using app = await testApp()
  const { projectId } = app.team
  const frames: string[][] = [[], []]
  const listenerOf = (seen: string[]) => ({
    receive: (frame: Uint8Array) => seen.push(new TextDecoder().decode(frame).split('\n')[0]!) > 0,
    end: () => {},
  })
  const stops = [await app.hub.subscribe(projectId, 0, listenerOf(frames[0]!))]
  await new Promise((resolve) => setImmediate(resolve))
  const insert = () => app.db.insert(events).values({ projectId, type: 'x', data: '{}', createdAt: 0 })
  await app.db.batch([insert(), insert(), insert()])
  stops.push(await app.hub.subscribe(projectId, 2, listenerOf(frames[1]!)))
  await until('the first has all', () => frames[0]!.length === 3)
  expect(frames).toEqual([['id: 1', 'id: 2', 'id: 3'], ['id: 3']])
  for (const { stop } of stops) stop()
})

test('a long absence is caught up in full', async () => {
  await using app = await testApp()
  await app.db.batch([
    app.db.insert(events).values({ projectId: app.rivals.projectId, type: 'x', data: '{}', createdAt: 0 }),
    ...Array.from({ length: 900 }, (_, n) =>
      app.db
        .insert(events)
        .values({ projectId: app.team.projectId, type: 'x', data: JSON.stringify({ n }), createdAt: 0 }),
    ),
  ])
  await using stream = await listen(app, { after: 0 })
  expect((await stream.events(900)).map((frame) => frame.data.n)).toEqual(
    Array.from({ length: 900 }, (_, n) => n),
  )
})

test('an id whose successors are gone is answered with a reset, and so is one from the future', async () => {
  await using app = await testApp()
  for (const text of ['one', 'two', 'three', 'four']) await say(app, text)
  await app.db.delete(events).where(lt(events.id, 3))
  for (const after of [0, 1, 99]) {
    await using stream = await listen(app, { after })
    expect((await stream.events(1))[0]).toMatchObject({ event: 'reset', id: 4, data: { newest: 4 } })
  }
  // Nothing is missing after 2: the stream just goes on.
  await using stream = await listen(app, { after: 2 })
  expect((await stream.events(1))[0]).toMatchObject({ id: 3, data: { text: 'three' } })
})

test('after a reset the stream goes on with what comes', async () => {
  await using app = await testApp()
  await say(app, 'one')
  await using stream = await listen(app, { after: 99 })
  expect((await stream.events(1))[0]).toMatchObject({ event: 'reset' })
  await say(app, 'two')
  expect((await stream.events(1))[0]).toMatchObject({ data: { text: 'two' } })
})

test('what a text holds cannot begin a field or a frame of its own', async () => {
  await using app = await testApp()
  const evil = 'a\n\nid: 99\nevent: evil\ndata: {}\r\n\r\u2028\u0085end'
  await using stream = await listen(app, { after: 0 })
  await say(app, evil)
  await say(app, 'next')
  expect(await stream.events(2)).toMatchObject([
    { id: 1, event: 'section.text', data: { text: evil } },
    { id: 2, event: 'section.text', data: { text: 'next' } },
  ])
})

test('when the hub closes its streams end, and later ones end at once', async () => {
  await using app = await testApp()
  const open = await listen(app)
  await until('it listens', () => app.hub.size() === 1)
  app.hub.close()
  expect(await open.events(1)).toEqual([])
  const late = await listen(app)
  expect(await late.events(1)).toEqual([])
  expect(app.hub.size()).toBe(0)
})

test('a job told in one process is heard by listeners of the same project only', async () => {
  await using app = await testApp({ worker: true })
  await using stream = await listen(app)
  await until('it listens', () => app.hub.size() === 1)
  const id = await startJob(app)
  const states = (await stream.events(3)).map((frame) => [frame.data.id, frame.data.state])
  expect(states).toEqual([
    [id, 'queued'],
    [id, 'running'],
    [id, 'succeeded'],
  ])
})
