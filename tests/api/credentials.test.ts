import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { sessions } from '#db/schema/accounts.ts'
import { apiKeys } from '#db/schema/projects.ts'
import { isWellFormedKey } from '#src/projects/api-keys.ts'
import { hashToken } from '#src/tokens.ts'
import { codeOf, type Person, type TestApp, testApp } from '../harness.ts'
import { makeEstate } from './estate.ts'

const REFUSED = { status: 401, code: 'unauthenticated' }
const HTTPS = { PUBLIC_URL: 'https://quill.example' }

const ask = async (app: TestApp, headers: Record<string, string>) =>
  codeOf(await app.call('GET', '/api/v1/documents', { key: null, headers }))

test('a key that was mistyped is refused without a look at the database', async () => {
  await using app = await testApp()
  const { key } = app.team
  expect(key).toMatch(/^qk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
  const swapped = key.slice(0, 30) + key[31] + key[30] + key.slice(32)
  for (const text of [
    key.slice(0, -1),
    `${key}x`,
    `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`,
    key.toUpperCase(),
    swapped === key ? `${key}${key}` : swapped,
    '',
    'null',
    "' OR 1=1 --",
    'x'.repeat(100_000),
  ]) {
    expect(isWellFormedKey(text)).toBe(false)
    const before = app.statements.length
    expect(await ask(app, { authorization: `Bearer ${text}` })).toEqual(REFUSED)
    expect(app.statements.length).toBe(before)
  }
})

test('a key is a bearer token and nothing else, and the word may be written as one likes', async () => {
  await using app = await testApp()
  const { key } = app.team
  for (const authorization of [`bearer ${key}`, `BEARER ${key}`, `Bearer  ${key} `])
    expect(await ask(app, { authorization })).toMatchObject({ status: 200 })
  for (const authorization of [key, `Basic ${key}`, `Basic ${btoa(`:${key}`)}`, `Token ${key}`, 'Bearer'])
    expect({ authorization, ...(await ask(app, { authorization })) }).toEqual({ authorization, ...REFUSED })
  expect(await ask(app, { cookie: `quill_session=${key}` })).toEqual(REFUSED)
  expect(await ask(app, { 'x-api-key': key })).toEqual(REFUSED)
  for (const name of ['key', 'access_token', 'authorization'])
    expect((await app.call('GET', `/api/v1/documents?${name}=${key}`, { key: null })).status).toBe(401)
})

test('the token of a session is no bearer token: a page that learns it cannot use it from elsewhere', async () => {
  await using app = await testApp()
  const { cookie } = await app.person('Ada', { role: 'owner' })
  expect(await ask(app, { cookie })).toMatchObject({ status: 200 })
  const token = cookie.split('=')[1]!
  expect(await ask(app, { authorization: `Bearer ${token}` })).toEqual(REFUSED)
})

test('who sends a key and a cookie acts as the key alone, also when the key is wrong', async () => {
  await using app = await testApp()
  const { cookie } = await app.person('Ada', { role: 'owner' })
  const key = await app.keyWith(['sources:read'])
  expect(await ask(app, { cookie, authorization: `Bearer ${key}` })).toMatchObject({ status: 403 })
  expect(await ask(app, { cookie, authorization: 'Bearer wrong' })).toEqual(REFUSED)
  expect(await ask(app, { cookie, authorization: '' })).toEqual(REFUSED)
})

test('behind HTTPS no cookie counts but the one that is bound to the host', async () => {
  await using app = await testApp({ settings: HTTPS })
  const { cookie } = await app.person('Ada', { role: 'owner' })
  const token = cookie.split('=')[1]!
  expect(await ask(app, { cookie: `__Host-quill_session=${token}` })).toMatchObject({ status: 200 })
  for (const name of [
    'quill_session',
    '__Secure-quill_session',
    '__host-quill_session',
    'x__Host-quill_session',
  ])
    expect({ name, ...(await ask(app, { cookie: `${name}=${token}` })) }).toEqual({ name, ...REFUSED })
})

test('a cookie of another name, or of a token that was changed, opens nothing', async () => {
  await using app = await testApp()
  const { cookie } = await app.person('Ada', { role: 'owner' })
  const token = cookie.split('=')[1]!
  for (const sent of [
    `session=${token}`,
    `quill_session=${token.toLowerCase()}!`,
    `quill_session=${token.slice(1)}`,
    'quill_session=',
    'quill_session=%00',
    `quill_session=${hashToken(token)}`,
    `quill_session="${token}`,
  ])
    expect({ sent, ...(await ask(app, { cookie: sent })) }).toEqual({ sent, ...REFUSED })
})

test('a key and a session that have expired or were ended are refused from the next request on', async () => {
  await using app = await testApp()
  for (const change of [{ revokedAt: Date.now() }, { expiresAt: Date.now() - 1 }]) {
    const key = await app.keyWith(['documents:read'])
    expect(await ask(app, { authorization: `Bearer ${key}` })).toMatchObject({ status: 200 })
    await app.db
      .update(apiKeys)
      .set(change)
      .where(eq(apiKeys.hint, key.slice(-4)))
    expect(await ask(app, { authorization: `Bearer ${key}` })).toEqual(REFUSED)
  }
  const { cookie } = await app.person('Ada', { role: 'owner' })
  expect(await ask(app, { cookie })).toMatchObject({ status: 200 })
  await app.db.update(sessions).set({ expiresAt: Date.now() - 1 })
  expect(await ask(app, { cookie })).toEqual(REFUSED)
})

test('of keys and sessions only hashes are kept', async () => {
  await using app = await testApp()
  const { cookie } = await app.person('Ada', { role: 'owner' })
  const rows = JSON.stringify([await app.db.select().from(apiKeys), await app.db.select().from(sessions)])
  expect(rows).not.toContain(app.team.key)
  expect(rows).not.toContain(cookie.split('=')[1]!)
  expect(rows).toContain(app.team.key.slice(-4))
})

test('the session page tells who is in, in which project, with which rights; nobody is told nothing', async () => {
  await using app = await testApp()
  const { person, ids } = await makeEstate(app, { role: 'viewer' })
  const describe = async (as?: Person) => (await app.call('GET', '/api/v1/session', { as, key: null })).body
  expect(await describe(person)).toMatchObject({
    signedIn: true,
    user: { id: person.userId, email: person.email },
    project: { id: ids.project, role: 'viewer' },
    permissions: expect.not.arrayContaining(['documents:write']),
  })
  expect(Object.keys(await describe()).toSorted()).toEqual(['door', 'signedIn'])
})

test('401 says how to sign in', async () => {
  await using app = await testApp()
  const { status, headers } = await app.call('GET', '/api/v1/documents', { key: null })
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
})
