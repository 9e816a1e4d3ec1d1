import { expect, test } from 'bun:test'
import type { Role } from '#db/schema/projects.ts'
import { codeOf, type Person, request, type TestApp, testApp, until } from '../harness.ts'
import { readFrames } from '../jobs/listening.ts'

const CONFLICT = { status: 409, code: 'conflict' }
const FORBIDDEN = { status: 403, code: 'forbidden' }
const NOT_FOUND = { status: 404, code: 'not_found' }

const changeRole = (app: TestApp, as: Person, { userId }: Person, role: Role) =>
  app.call('PATCH', `/api/v1/members/${userId}`, { as, body: { role } })

const remove = (app: TestApp, as: Person, { userId }: Person) =>
  app.call('DELETE', `/api/v1/members/${userId}`, { as })

const leave = (app: TestApp, as: Person) =>
  app.call('POST', `/api/v1/projects/${app.team.projectId}/leave`, { as })

const transfer = (app: TestApp, as: Person, to: Person) =>
  app.call('POST', `/api/v1/projects/${app.team.projectId}/transfer`, { as, body: { userId: to.userId } })

const rolesIn = async (app: TestApp, as: Person): Promise<Record<string, Role>> => {
  const { body } = await app.call('GET', '/api/v1/members', { as })
  return Object.fromEntries(body.items.map(({ name, role }: { name: string; role: Role }) => [name, role]))
}

test('a changed role counts from the next request of the same session, and of the same key, on', async () => {
  await using app = await testApp()
  const [owner, ada] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Ada', { role: 'viewer' }),
  ]
  const body = { name: 'Mine', projectIds: [app.team.projectId], scopes: ['documents:write'] }
  const key = (await app.call('POST', '/api/v1/account/api-keys', { as: ada, body })).body.text
  const write = async (caller: object) =>
    (await app.call('POST', '/api/v1/documents', { ...caller, body: { sourceIds: [] } })).status
  const both = async () => [await write({ as: ada }), await write({ key })]
  expect(await both()).toEqual([403, 403])
  expect((await changeRole(app, owner, ada, 'writer')).status).toBe(204)
  expect(await both()).toEqual([201, 201])
  expect((await changeRole(app, owner, ada, 'reviewer')).status).toBe(204)
  expect(await both()).toEqual([403, 403])
})

test('who is removed is out on the next request, with their keys, and an open event stream ends', async () => {
  await using app = await testApp()
  const [owner, ada] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Ada', { role: 'writer' }),
  ]
  const body = { name: 'Mine', projectIds: [app.team.projectId], scopes: ['events:read', 'documents:read'] }
  const key = (await app.call('POST', '/api/v1/account/api-keys', { as: ada, body })).body.text
  const open = async (caller: object) => readFrames(await app.fetch(request('GET', '/api/v1/events', caller)))
  await using ofSession = await open({ as: ada })
  await using ofKey = await open({ key })
  await using ofOwner = await open({ as: owner })
  await until('all listen', () => app.hub.size() === 3)

  expect((await remove(app, owner, ada)).status).toBe(204)
  for (const stream of [ofSession, ofKey]) {
    const rest = await stream.events(2)
    expect(rest.map(({ event }) => event)).toEqual(['members.updated'])
  }
  expect((await ofOwner.events(1))[0]).toMatchObject({ data: { userId: ada.userId } })
  expect((await app.call('GET', '/api/v1/documents', { as: ada })).status).toBe(403)
  expect((await app.call('GET', '/api/v1/documents', { key })).status).toBe(401)
  const { body: session } = await app.call('GET', '/api/v1/session', { as: ada })
  expect(session).toMatchObject({ signedIn: true, projects: [] })
  expect(session.project).toBeUndefined()
})

test('an event stream ends with the right to it: of a role without it, and of a key that is revoked', async () => {
  await using app = await testApp()
  const [owner, ada] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Ada', { role: 'writer' }),
  ]
  const body = { name: 'Mine', projectIds: [app.team.projectId], scopes: ['events:read'] }
  const made = (await app.call('POST', '/api/v1/account/api-keys', { as: owner, body })).body
  const open = async (caller: object) => readFrames(await app.fetch(request('GET', '/api/v1/events', caller)))
  await using ofAda = await open({ as: ada })
  await using ofKey = await open({ key: made.text })
  await until('both listen', () => app.hub.size() === 2)
  await changeRole(app, owner, ada, 'editor')
  expect(await ofAda.events(1)).toHaveLength(1)
  await changeRole(app, owner, ada, 'billing')
  expect(await ofAda.events(2)).toHaveLength(1)
  await app.call('DELETE', `/api/v1/account/api-keys/${made.key.id}`, { as: owner })
  expect((await ofKey.events(4)).map(({ data }) => data.userId ?? data.keyId)).toEqual([
    ada.userId,
    ada.userId,
    made.key.id,
  ])
})

test("what somebody who was removed made stays the project's", async () => {
  await using app = await testApp()
  const [owner, ada] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Ada', { role: 'writer' }),
  ]
  const { id } = (await app.call('POST', '/api/v1/documents', { as: ada, body: { sourceIds: [] } })).body
  await remove(app, owner, ada)
  expect((await app.call('GET', `/api/v1/documents/${id}`, { as: owner })).status).toBe(200)
})

test('an admin manages members, and only an owner decides about owners', async () => {
  await using app = await testApp()
  const [owner, admin, ada] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Adam', { role: 'admin' }),
    await app.person('Ada', { role: 'writer' }),
  ]
  expect((await changeRole(app, admin, ada, 'admin')).status).toBe(204)
  for (const answer of [
    await changeRole(app, admin, ada, 'owner'),
    await changeRole(app, admin, admin, 'owner'),
    await changeRole(app, admin, owner, 'viewer'),
    await remove(app, admin, owner),
    await transfer(app, admin, admin),
  ])
    expect(codeOf(answer)).toEqual(FORBIDDEN)
  expect(await rolesIn(app, owner)).toEqual({ Olga: 'owner', Adam: 'admin', Ada: 'admin' })
  expect((await changeRole(app, owner, ada, 'owner')).status).toBe(204)
  expect((await remove(app, ada, owner)).status).toBe(204)
  expect(await rolesIn(app, ada)).toEqual({ Adam: 'admin', Ada: 'owner' })
})

test('an admin neither gives billing, to themselves or others, nor takes it: it has rights that an admin has not', async () => {
  await using app = await testApp()
  const [owner, admin, payer, ada] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Adam', { role: 'admin' }),
    await app.person('Bill', { role: 'billing' }),
    await app.person('Ada', { role: 'writer' }),
  ]
  const invited = (as: Person) =>
    app.call('POST', '/api/v1/invitations', { as, body: { email: 'eve@example.com', role: 'billing' } })
  for (const answer of [
    await changeRole(app, admin, admin, 'billing'),
    await changeRole(app, admin, ada, 'billing'),
    await changeRole(app, admin, payer, 'viewer'),
    await remove(app, admin, payer),
    await invited(admin),
  ]) {
    expect(codeOf(answer)).toEqual(FORBIDDEN)
    expect(answer.body.detail).toContain('billing')
  }
  expect(await rolesIn(app, owner)).toEqual({ Olga: 'owner', Adam: 'admin', Bill: 'billing', Ada: 'writer' })
  expect((await changeRole(app, owner, ada, 'billing')).status).toBe(204)
  expect((await invited(owner)).status).toBe(201)
  // Nobody's key is the command line's, which decides about all.
  const byNobody = { body: { role: 'viewer' } }
  expect((await app.call('PATCH', `/api/v1/members/${payer.userId}`, byNobody)).status).toBe(204)
})

test('the table of rights says which roles each role decides about, and only who manages members does', async () => {
  await using app = await testApp()
  const { body } = await app.call('GET', '/api/v1/rights', { key: null })
  const decides = Object.fromEntries(
    body.roles.map((role: { name: Role; decides: Role[] }) => [role.name, role.decides]),
  )
  expect(decides).toEqual({
    owner: ['owner', 'admin', 'editor', 'writer', 'reviewer', 'viewer', 'billing'],
    admin: ['admin', 'editor', 'writer', 'reviewer', 'viewer'],
    editor: [],
    writer: [],
    reviewer: [],
    viewer: [],
    billing: [],
  })
})

test('a key that an admin made decides about owners no more than the admin, though it may manage members', async () => {
  await using app = await testApp()
  const [owner, admin] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Adam', { role: 'admin' }),
  ]
  const body = { name: 'Mine', projectIds: [app.team.projectId], scopes: ['members:manage'] }
  const key = (await app.call('POST', '/api/v1/account/api-keys', { as: admin, body })).body.text
  const promote = { key, body: { role: 'owner' } }
  expect(codeOf(await app.call('PATCH', `/api/v1/members/${admin.userId}`, promote))).toEqual(FORBIDDEN)
  expect(codeOf(await app.call('DELETE', `/api/v1/members/${owner.userId}`, { key }))).toEqual(FORBIDDEN)
  const invited = { email: 'eve@example.com', role: 'owner' }
  expect(codeOf(await app.call('POST', '/api/v1/invitations', { key, body: invited }))).toEqual(FORBIDDEN)
})

test('every role but owner and admin is refused to manage members, whoever it is about', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  for (const role of ['editor', 'writer', 'reviewer', 'viewer', 'billing'] as const) {
    const person = await app.person(`A${role}`, { role })
    for (const other of [ada, person])
      expect([
        codeOf(await changeRole(app, person, other, 'admin')),
        codeOf(await remove(app, person, other)),
      ]).toEqual([FORBIDDEN, FORBIDDEN])
  }
})

test('the last owner can neither leave, nor be removed, nor become less', async () => {
  await using app = await testApp()
  const [owner, ada] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Ada', { role: 'writer' }),
  ]
  for (const answer of [
    await leave(app, owner),
    await remove(app, owner, owner),
    await changeRole(app, owner, owner, 'admin'),
  ])
    expect(codeOf(answer)).toEqual(CONFLICT)
  expect((await leave(app, ada)).status).toBe(204)
  expect(await rolesIn(app, owner)).toEqual({ Olga: 'owner' })
  expect(codeOf(await leave(app, ada))).toEqual(NOT_FOUND)
})

test('a project is handed over in one step: the one becomes owner, the other an admin', async () => {
  await using app = await testApp()
  const [owner, ada, stranger] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Ada', { role: 'viewer' }),
    await app.person('Eve', { role: 'owner', projectId: app.rivals.projectId }),
  ]
  expect(codeOf(await transfer(app, owner, stranger))).toEqual(NOT_FOUND)
  expect(codeOf(await transfer(app, owner, owner))).toEqual(CONFLICT)
  expect((await transfer(app, owner, ada)).status).toBe(204)
  expect(await rolesIn(app, ada)).toEqual({ Olga: 'admin', Ada: 'owner' })
  expect(codeOf(await transfer(app, owner, owner))).toEqual(FORBIDDEN)
  expect((await leave(app, owner)).status).toBe(204)
})

test('the last owner of an archived project may leave it, and nobody hands it over', async () => {
  await using app = await testApp()
  const [owner, ada] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Ada', { role: 'writer' }),
  ]
  await app.call('POST', '/api/v1/project/archive', { as: owner })
  for (const answer of [await transfer(app, owner, ada), await remove(app, owner, ada)])
    expect(codeOf(answer)).toEqual(FORBIDDEN)
  expect(await rolesIn(app, ada)).toEqual({ Olga: 'owner', Ada: 'writer' })
  expect((await leave(app, owner)).status).toBe(204)
  expect(await rolesIn(app, ada)).toEqual({ Ada: 'writer' })
})

test('members of other projects are none of ours', async () => {
  await using app = await testApp()
  const [owner, eve] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Eve', { role: 'writer', projectId: app.rivals.projectId }),
  ]
  expect(codeOf(await changeRole(app, owner, eve, 'owner'))).toEqual(NOT_FOUND)
  expect(codeOf(await remove(app, owner, eve))).toEqual(NOT_FOUND)
  expect(await rolesIn(app, owner)).toEqual({ Olga: 'owner' })
})

test('billing sees what is spent and who is in, and no content; a reviewer reads and does not write', async () => {
  await using app = await testApp()
  const [payer, reviewer] = [
    await app.person('Bill', { role: 'billing' }),
    await app.person('Rita', { role: 'reviewer' }),
  ]
  const status = async (as: Person, method: string, path: string, body?: object) =>
    (await app.call(method, `/api/v1${path}`, { as, body })).status
  for (const path of ['/documents', '/sources', '/jobs', '/runs', '/audit', '/events'])
    expect({ path, status: await status(payer, 'GET', path) }).toEqual({ path, status: 403 })
  expect([await status(payer, 'GET', '/members'), await status(payer, 'GET', '/project')]).toEqual([200, 200])
  expect([
    await status(reviewer, 'GET', '/documents'),
    await status(reviewer, 'POST', '/documents', { sourceIds: [] }),
    await status(reviewer, 'POST', '/sources', { kind: 'text', text: 'Words.' }),
  ]).toEqual([200, 403, 403])
})
