import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { apiKeys, sessions } from '#db/schema/projects.ts'
import { isWellFormedKey } from '#src/projects/api-keys.ts'
import { type TestApp, testApp } from '../harness.ts'

test('a key that was mistyped is refused without a look at the database', async () => {
  await using app = await testApp()
  const { key } = app.team
  expect(key).toMatch(/^qk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
  const wrong = [
    key.slice(0, -1),
    `${key}x`,
    key.replace(/.$/, (c) => (c === 'a' ? 'b' : 'a')),
    key.toUpperCase(),
    '',
  ]
  for (const text of wrong) {
    expect(isWellFormedKey(text)).toBe(false)
    const before = app.statements.length
    expect((await app.call('GET', '/api/v1/documents', { key: text || 'Bearer' })).status).toBe(401)
    expect(app.statements.length).toBe(before)
  }
  expect(
    (await app.call('GET', '/api/v1/documents', { key: null, headers: { authorization: `Basic ${key}` } }))
      .status,
  ).toBe(401)
  expect(
    (await app.call('GET', '/api/v1/documents', { key: null, headers: { authorization: `bearer ${key}` } }))
      .status,
  ).toBe(200)
})

test('only the hash of a key is kept', async () => {
  await using app = await testApp()
  const rows = JSON.stringify(await app.db.select().from(apiKeys))
  expect(rows).not.toContain(app.team.key)
  expect(rows).toContain(app.team.key.slice(-4))
})

test('a revoked or expired key is refused from the next request on', async () => {
  await using app = await testApp()
  const status = async (key: string) => (await app.call('GET', '/api/v1/documents', { key })).status
  for (const change of [{ revokedAt: Date.now() }, { expiresAt: Date.now() - 1 }]) {
    const key = await app.keyWith(['documents:read'])
    expect(await status(key)).toBe(200)
    await app.db
      .update(apiKeys)
      .set(change)
      .where(eq(apiKeys.hint, key.slice(-4)))
    expect(await status(key)).toBe(401)
  }
  expect(await status(app.team.key)).toBe(200)
})

test('a key opens a session with the rights of the key, and the session ends with it', async () => {
  await using app = await testApp()
  const key = await app.keyWith(['documents:read'])
  const cookie = await signIn(app, { kind: 'api_key', key })
  const describe = async () =>
    (await app.call('GET', '/api/v1/session', { key: null, headers: { cookie } })).body
  expect(await describe()).toMatchObject({
    signedIn: true,
    project: { id: app.team.projectId, name: 'Team' },
    permissions: ['documents:read'],
  })
  const call = (path: string) => app.call('GET', path, { key: null, headers: { cookie } })
  expect((await call('/api/v1/documents')).status).toBe(200)
  expect((await call('/api/v1/sources')).status).toBe(403)
  await app.db
    .update(apiKeys)
    .set({ revokedAt: Date.now() })
    .where(eq(apiKeys.hint, key.slice(-4)))
  expect((await call('/api/v1/documents')).status).toBe(401)
  expect(await describe()).toEqual({ signedIn: false, demo: false })
})

test('a session cookie is out of reach of scripts and other sites; behind HTTPS it is bound to the host', async () => {
  await using app = await testApp()
  const open = async (headers: Record<string, string>) => {
    const body = { kind: 'api_key', key: app.team.key }
    const answer = await app.call('POST', '/api/v1/session', {
      key: null,
      body,
      headers: { ...SAME_SITE, ...headers },
    })
    return answer.headers.get('set-cookie')!
  }
  const plain = await open({})
  expect(plain).toMatch(/^quill_session=\w{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/)
  expect(await open({ 'x-forwarded-proto': 'https' })).toMatch(/^__Host-quill_session=\w{43}; .*Secure/)
  const [stored] = await app.db.select().from(sessions)
  expect(plain).not.toContain(stored!.tokenHash)
})

test('a change that another site makes in the name of a session is refused', async () => {
  await using app = await testApp()
  const cookie = await signIn(app, { kind: 'api_key', key: app.team.key })
  const create = async (headers: Record<string, string>) => {
    const body = { sourceIds: [] }
    return (await app.call('POST', '/api/v1/documents', { key: null, body, headers: { cookie, ...headers } }))
      .status
  }
  const host = { host: 'localhost' }
  expect(await create({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await create({ 'sec-fetch-site': 'same-site' })).toBe(403)
  expect(await create({ origin: 'https://evil.example', ...host })).toBe(403)
  expect(await create({ origin: 'null', ...host })).toBe(403)
  expect(await create({})).toBe(403)
  expect(await create({ 'sec-fetch-site': 'same-origin' })).toBe(201)
  expect(await create({ origin: 'http://localhost', ...host })).toBe(201)
  // Reading is no change; a key is not sent by itself.
  const read = await app.call('GET', '/api/v1/documents', {
    key: null,
    headers: { cookie, 'sec-fetch-site': 'cross-site' },
  })
  expect(read.status).toBe(200)
  const byKey = await app.call('POST', '/api/v1/documents', {
    body: { sourceIds: [] },
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  expect(byKey.status).toBe(201)
})

test('signing in and out across sites is refused too, and signing out twice is no error', async () => {
  await using app = await testApp()
  const body = { kind: 'api_key', key: app.team.key }
  const crossSite = { 'sec-fetch-site': 'cross-site' }
  expect((await app.call('POST', '/api/v1/session', { key: null, body, headers: crossSite })).status).toBe(
    403,
  )
  const cookie = await signIn(app, body)
  const out = (headers: Record<string, string>) =>
    app.call('DELETE', '/api/v1/session', { key: null, headers })
  expect((await out({ cookie, ...crossSite })).status).toBe(403)
  expect((await out({ cookie, ...SAME_SITE })).headers.get('set-cookie')).toContain('Max-Age=0')
  expect((await app.call('GET', '/api/v1/documents', { key: null, headers: { cookie } })).status).toBe(401)
  expect((await out({ cookie, ...SAME_SITE })).status).toBe(204)
})

test('an expired session is none, and a wrong key opens none', async () => {
  await using app = await testApp()
  const cookie = await signIn(app, { kind: 'api_key', key: app.team.key })
  await app.db.update(sessions).set({ expiresAt: Date.now() - 1 })
  expect((await app.call('GET', '/api/v1/documents', { key: null, headers: { cookie } })).status).toBe(401)
  const wrong = await app.call('POST', '/api/v1/session', {
    key: null,
    body: { kind: 'api_key', key: 'qk_live_nope' },
    headers: SAME_SITE,
  })
  expect(wrong.status).toBe(401)
  expect(wrong.headers.get('set-cookie')).toBeNull()
})

test('the demo opens without sign-in where it is allowed, with its talk, and nowhere else', async () => {
  await using closed = await testApp()
  const refused = await closed.call('POST', '/api/v1/session', {
    key: null,
    body: { kind: 'demo' },
    headers: SAME_SITE,
  })
  expect(refused.status).toBe(403)
  await using app = await testApp({ demo: true })
  for (const time of ['first', 'second']) {
    const cookie = await signIn(app, { kind: 'demo' })
    const { body } = await app.call('GET', '/api/v1/sources', { key: null, headers: { cookie } })
    expect({ time, sources: body.items.length }).toEqual({ time, sources: 1 })
    expect(body.items[0].words).toBeGreaterThan(1_500)
  }
})

const SAME_SITE = { 'sec-fetch-site': 'same-origin' }

async function signIn(app: TestApp, body: object): Promise<string> {
  const answer = await app.call('POST', '/api/v1/session', { key: null, body, headers: SAME_SITE })
  if (answer.status !== 204) throw new Error(answer.text)
  return answer.headers.get('set-cookie')!.split(';')[0]!
}
