import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { codeOf, request, testApp, until } from '../harness.ts'
import { readFrames } from '../jobs/listening.ts'
import { make, rotate, use } from './making-keys.ts'

const DAY_MS = 24 * 3_600_000
const NOT_FOUND = { status: 404, code: 'not_found' }
const REFUSED = { status: 401, code: 'unauthenticated' }

afterEach(() => void setSystemTime())

test('a rotated key works until its grace ends, and the new one has the same rights', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const old = await make(app, ada, { expiresInDays: 90 })
  const answer = await rotate(app, ada, old.id, 3_600)
  const fresh = { id: answer.body.key.id, text: answer.body.text }
  expect(answer.body.key).toMatchObject({
    name: 'Mine',
    scopes: ['documents:read'],
    projectIds: [app.team.projectId],
  })
  expect([await use(app, old.text), await use(app, fresh.text)]).toMatchObject([
    { status: 200 },
    { status: 200 },
  ])
  expect(codeOf(await rotate(app, ada, old.id))).toEqual({ status: 409, code: 'conflict' })

  setSystemTime(Date.now() + 3_600_000 + 1_000)
  expect([await use(app, old.text), await use(app, fresh.text)]).toMatchObject([REFUSED, { status: 200 }])
  expect(codeOf(await rotate(app, ada, old.id))).toEqual(NOT_FOUND)
  const last = await rotate(app, ada, fresh.id, 0)
  expect([last.status, await use(app, fresh.text)]).toMatchObject([201, REFUSED])
  // The end that was chosen for the first one holds for those that replace it.
  expect(await use(app, last.body.text)).toMatchObject({ status: 200 })
  setSystemTime(Date.now() + 91 * DAY_MS)
  expect(await use(app, last.body.text)).toEqual(REFUSED)
})

test('the grace of a rotation never lengthens the life of a key', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const { id, text } = await make(app, ada, { expiresInDays: 1 })
  await rotate(app, ada, id, 30 * 24 * 3_600)
  setSystemTime(Date.now() + DAY_MS + 1_000)
  expect(await use(app, text)).toEqual(REFUSED)
})

test('nobody goes over the limit of keys by rotating one with a grace', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const first = await make(app, ada)
  for (let count = 1; count < 200; count++) await make(app, ada)
  const over = await rotate(app, ada, first.id, 60)
  expect([codeOf(over), await use(app, first.text)]).toMatchObject([
    { status: 422, code: 'limit_exceeded' },
    { status: 200 },
  ])
  expect(over.body.detail).toContain('200')
  expect((await rotate(app, ada, first.id, 0)).status).toBe(201)
})

test('whoever rotates a key is told by mail, as whoever makes one', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const { id } = await make(app, ada)
  app.mails.length = 0
  await rotate(app, ada, id)
  expect(app.mails.map(({ to, subject }) => [to, subject])).toEqual([[ada.email, 'An API key was created']])
})

test('an event stream ends with the key that is rotated without a grace', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const { id, text: key } = await make(app, ada, { scopes: ['events:read'] })
  await using stream = readFrames(await app.fetch(request('GET', '/api/v1/events', { key })))
  await until('it listens', () => app.hub.size() === 1)
  await rotate(app, ada, id, 0)
  expect((await stream.events(2)).map(({ data }) => data)).toEqual([{ keyId: id }])
})
