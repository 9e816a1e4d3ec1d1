import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { auditLog } from '#db/schema/audit.ts'
import { apiKeys } from '#db/schema/projects.ts'
import { LAST_USE_MS } from '#src/projects/last-use.ts'
import { hashToken } from '#src/tokens.ts'
import { codeOf, type Person, testApp, until } from '../harness.ts'
import { make, rotate, use } from './making-keys.ts'

const DAY_MS = 24 * 3_600_000
const NOT_FOUND = { status: 404, code: 'not_found' }
const REFUSED = { status: 401, code: 'unauthenticated' }

afterEach(() => void setSystemTime())

test('a key is shown once; its hash is kept, and its last four characters are shown', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const { id, text } = await make(app, ada)
  expect(text).toMatch(/^qk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
  expect(await use(app, text)).toMatchObject({ status: 200 })
  const row = (await app.db.select().from(apiKeys)).find((each) => each.id === id)
  expect(row?.keyHash).toBe(hashToken(text))
  expect(JSON.stringify(row)).not.toContain(text)
  const list = await app.call('GET', '/api/v1/account/api-keys', { as: ada })
  expect(list.text).not.toContain(text)
  expect(list.body.items).toMatchObject([{ id, hint: `…${text.slice(-4)}`, scopes: ['documents:read'] }])
  expect(app.mails.map(({ to, subject }) => [to, subject])).toEqual([[ada.email, 'An API key was created']])
})

test('a key may do what its scopes say as far as its maker may, project by project', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'viewer' })
  const other = (await app.call('POST', '/api/v1/projects', { as: ada, body: { name: 'Engines' } })).body.id
  const { text: key } = await make(app, ada, {
    projectIds: [app.team.projectId, other],
    scopes: ['documents:read', 'documents:write'],
  })
  const ask = async (method: string, path: string, projectId?: string) => {
    const headers: Record<string, string> = projectId ? { 'quill-project': projectId } : {}
    const body = method === 'POST' ? { sourceIds: [] } : undefined
    return (await app.call(method, `/api/v1${path}`, { key, body, headers })).status
  }
  expect(codeOf(await app.call('GET', '/api/v1/documents', { key }))).toEqual({
    status: 400,
    code: 'project_missing',
  })
  expect([await ask('GET', '/documents', app.team.projectId), await ask('GET', '/documents', other)]).toEqual(
    [200, 200],
  )
  expect([
    await ask('POST', '/documents', app.team.projectId),
    await ask('POST', '/documents', other),
  ]).toEqual([403, 201])
  expect([await ask('GET', '/sources', other), await ask('GET', '/project', other)]).toEqual([403, 403])
  expect(await ask('GET', '/documents', app.rivals.projectId)).toBe(404)
  expect(await ask('GET', '/documents', 'prj_01h455vb4pex5vsknk084sn02q')).toBe(404)
})

test('nobody makes a key for a project they are not in, and no key makes keys or has an account', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'owner' })
  const body = {
    name: 'Mine',
    projectIds: [app.team.projectId, app.rivals.projectId],
    scopes: ['documents:read'],
  }
  expect(codeOf(await app.call('POST', '/api/v1/account/api-keys', { as: ada, body }))).toEqual(NOT_FOUND)
  const { text: key } = await make(app, ada, { scopes: ['api_keys:manage', 'members:manage'] })
  const refused: [string, string, object?][] = [
    ['POST', '/account/api-keys', { ...body, projectIds: [app.team.projectId] }],
    ['GET', '/account/api-keys'],
    ['GET', '/account'],
    ['GET', '/projects'],
    ['POST', '/projects', { name: 'Mine' }],
    ['POST', '/account/delete', {}],
  ]
  for (const [method, path, sent] of refused) {
    const answer = await app.call(method, `/api/v1${path}`, { key, body: sent })
    expect({ path, ...codeOf(answer) }).toEqual({ path, status: 403, code: 'forbidden' })
  }
})

test('a revoked key is refused from the next request on, and cannot be rotated back to life', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const { id, text } = await make(app, ada)
  const revoke = () => app.call('DELETE', `/api/v1/account/api-keys/${id}`, { as: ada })
  expect([(await revoke()).status, await use(app, text)]).toEqual([204, REFUSED])
  expect([codeOf(await revoke()), codeOf(await rotate(app, ada, id))]).toEqual([NOT_FOUND, NOT_FOUND])
  expect((await app.call('GET', '/api/v1/account/api-keys', { as: ada })).body.items).toEqual([])
})

test("nobody sees, rotates or revokes another person's keys", async () => {
  await using app = await testApp()
  const [ada, eve] = [
    await app.person('Ada', { role: 'writer' }),
    await app.person('Eve', { role: 'writer' }),
  ]
  const { id, text } = await make(app, ada)
  expect((await app.call('GET', '/api/v1/account/api-keys', { as: eve })).body.items).toEqual([])
  expect(codeOf(await rotate(app, eve, id))).toEqual(NOT_FOUND)
  expect(codeOf(await app.call('DELETE', `/api/v1/account/api-keys/${id}`, { as: eve }))).toEqual(NOT_FOUND)
  expect((await app.call('GET', '/api/v1/api-keys', { as: eve })).status).toBe(403)
  expect((await app.call('DELETE', `/api/v1/api-keys/${id}`, { as: eve })).status).toBe(403)
  expect(await use(app, text)).toMatchObject({ status: 200 })
})

test("who manages a project sees and ends everybody's keys in it, and takes nothing of other projects", async () => {
  await using app = await testApp()
  const [admin, ada] = [
    await app.person('Adam', { role: 'admin' }),
    await app.person('Ada', { role: 'writer' }),
  ]
  const other = (await app.call('POST', '/api/v1/projects', { as: ada, body: { name: 'Engines' } })).body.id
  const wide = await make(app, ada, { projectIds: [app.team.projectId, other] })
  const narrow = await make(app, ada)
  const list = async () => (await app.call('GET', '/api/v1/api-keys', { as: admin })).body.items
  const seen = await list()
  expect(seen.map(({ createdBy }: { createdBy: string }) => createdBy)).toEqual(['Ada', 'Ada', null])
  expect(JSON.stringify(seen)).not.toContain(other)

  for (const { id } of [wide, narrow])
    expect((await app.call('DELETE', `/api/v1/api-keys/${id}`, { as: admin })).status).toBe(204)
  expect(await use(app, narrow.text)).toEqual(REFUSED)
  expect(await use(app, wide.text, { 'quill-project': app.team.projectId })).toEqual(NOT_FOUND)
  expect(await use(app, wide.text)).toMatchObject({ status: 200 })
  expect((await app.call('GET', '/api/v1/account/api-keys', { as: ada })).body.items).toMatchObject([
    { id: wide.id, projectIds: [other] },
  ])
  expect(codeOf(await app.call('DELETE', `/api/v1/api-keys/${wide.id}`, { as: admin }))).toEqual(NOT_FOUND)
})

test('a key of somebody who was removed stops at once', async () => {
  await using app = await testApp()
  const [owner, ada] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Ada', { role: 'writer' }),
  ]
  const { text } = await make(app, ada)
  await app.call('DELETE', `/api/v1/members/${ada.userId}`, { as: owner })
  expect(await use(app, text)).toEqual(REFUSED)
})

test('a key is good from its addresses alone, as the proxies in front report them', async () => {
  await using app = await testApp({ settings: { TRUSTED_PROXIES: '1' } })
  const ada = await app.person('Ada', { role: 'writer' })
  const { text } = await make(app, ada, {
    allowedAddresses: ['192.0.2.7', '198.51.100.0/24', '2001:db8::/32'],
  })
  const from = (address: string) => use(app, text, { 'x-forwarded-for': address })
  for (const address of [
    '192.0.2.7',
    '198.51.100.9',
    '2001:db8::1',
    '::ffff:192.0.2.7',
    '203.0.113.1, 192.0.2.7',
  ])
    expect({ address, ...(await from(address)) }).toMatchObject({ address, status: 200 })
  for (const address of ['192.0.2.8', '198.51.101.9', '2001:db9::1', '192.0.2.7, 203.0.113.1', 'unknown', ''])
    expect({ address, ...(await from(address)) }).toEqual({ address, ...REFUSED })
  const wrong = [
    '192.0.2',
    '192.0.2.7/33',
    '192.0.2.7/',
    '192.0.2.7/8/8',
    '192.2/8',
    '0x7f.1/8',
    '0300.0.2.7',
    '0300.0.2.0/24',
    '::ffff:0x7f.0.0.1',
    '::ffff:192.0.2.0/90',
    'example.com',
    '*',
    '',
  ]
  for (const address of wrong) {
    const body = {
      name: 'Mine',
      projectIds: [app.team.projectId],
      scopes: ['documents:read'],
      allowedAddresses: [address],
    }
    const answer = await app.call('POST', '/api/v1/account/api-keys', { as: ada, body })
    expect({ address, ...codeOf(answer) }).toEqual({ address, status: 422, code: 'invalid_request' })
  }
})

test('a range of IPv4 that is written as one of IPv6 is one of IPv4', async () => {
  await using app = await testApp({ settings: { TRUSTED_PROXIES: '1' } })
  const ada = await app.person('Ada', { role: 'writer' })
  const { text } = await make(app, ada, { allowedAddresses: ['::ffff:192.0.2.0/120'] })
  const from = (address: string) => use(app, text, { 'x-forwarded-for': address })
  for (const address of ['192.0.2.7', '::ffff:192.0.2.7'])
    expect({ address, ...(await from(address)) }).toMatchObject({ address, status: 200 })
  for (const address of ['192.0.3.7', '2001:db8::1'])
    expect({ address, ...(await from(address)) }).toEqual({ address, ...REFUSED })
})

test('a key that expires is refused from that moment on', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const { text } = await make(app, ada, { expiresInDays: 1 })
  expect(await use(app, text)).toMatchObject({ status: 200 })
  setSystemTime(Date.now() + DAY_MS)
  expect(await use(app, text)).toEqual(REFUSED)
})

test('its last use is shown, and written at most once a minute', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const { text } = await make(app, ada)
  const lastUse = async () =>
    (await app.call('GET', '/api/v1/account/api-keys', { as: ada })).body.items[0].lastUsedAt as string | null
  expect(await lastUse()).toBeNull()
  setSystemTime(Date.now())
  const usedAt = new Date().toISOString()
  await use(app, text)
  await until('it is written', lastUse)
  setSystemTime(Date.now() + LAST_USE_MS - 1)
  await use(app, text)
  expect(await lastUse()).toBe(usedAt)
  setSystemTime(Date.now() + 1)
  const later = new Date().toISOString()
  await use(app, text)
  await until('it is written again', async () => (await lastUse()) === later)
})

test('only keys that work count and are listed, and one that expired is shown for a month', async () => {
  await using app = await testApp()
  const [ada, admin] = [
    await app.person('Ada', { role: 'writer' }),
    await app.person('Adam', { role: 'admin' }),
  ]
  const { id } = await make(app, ada, { expiresInDays: 1 })
  const fill = async () => {
    for (let count = 0; count < 200; count++) await make(app, ada)
  }
  const isListed = async () => {
    const paths: [Person, string][] = [
      [ada, '/api/v1/account/api-keys'],
      [admin, '/api/v1/api-keys'],
    ]
    const answers = await Promise.all(paths.map(([as, path]) => app.call('GET', path, { as })))
    return answers.map(({ body }) => body.items.some((key: { id: string }) => key.id === id))
  }
  setSystemTime(Date.now() + 2 * DAY_MS)
  await fill()
  expect(await isListed()).toEqual([true, true])
  await app.db
    .update(apiKeys)
    .set({ expiresAt: Date.now() - 31 * DAY_MS })
    .where(eq(apiKeys.id, id))
  expect(await isListed()).toEqual([false, false])
})

test('a key that its maker revoked is not revoked again by who manages the project', async () => {
  await using app = await testApp()
  const [ada, admin] = [
    await app.person('Ada', { role: 'writer' }),
    await app.person('Adam', { role: 'admin' }),
  ]
  const { id } = await make(app, ada)
  await app.call('DELETE', `/api/v1/account/api-keys/${id}`, { as: ada })
  expect(codeOf(await app.call('DELETE', `/api/v1/api-keys/${id}`, { as: admin }))).toEqual(NOT_FOUND)
  expect(await app.db.$count(auditLog, eq(auditLog.action, 'api_key.revoked'))).toBe(1)
})

test('nobody has more keys than the limit, and whoever is one over it hears the figure', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  for (let count = 0; count < 200; count++) await make(app, ada)
  const body = { name: 'Mine', projectIds: [app.team.projectId], scopes: ['documents:read'] }
  const over = await app.call('POST', '/api/v1/account/api-keys', { as: ada, body })
  expect(codeOf(over)).toEqual({ status: 422, code: 'limit_exceeded' })
  expect(over.body.detail).toContain('200')
})
