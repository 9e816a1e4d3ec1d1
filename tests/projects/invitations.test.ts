import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { users } from '#db/schema/accounts.ts'
import { invitations, members } from '#db/schema/projects.ts'
import { INVITATION_DAYS } from '#src/projects/invitations.ts'
import { MEMBERS_MAX } from '#src/projects/members.ts'
import { hashToken } from '#src/tokens.ts'
import { codeOf, type Person, type TestApp, testApp } from '../harness.ts'

const DAY_MS = 24 * 3_600_000
const NOT_FOUND = { status: 404, code: 'not_found' }
const FORBIDDEN = { status: 403, code: 'forbidden' }

afterEach(() => void setSystemTime())

const invite = (app: TestApp, as: Person, email: string, role = 'writer') =>
  app.call('POST', '/api/v1/invitations', { as, body: { email, role } })

const tokenOf = ({ body }: { body: { link: string } }) => body.link.split('#')[1]!

const accept = (app: TestApp, as: Person, token: string) =>
  app.call('POST', '/api/v1/invitations/accept', { as, body: { token } })

const look = (app: TestApp, token: string) =>
  app.call('POST', '/api/v1/invitations/look', { key: null, body: { token } })

test('an invitation is a link in a mail, which makes a member once, and no sign-in is needed to look at it', async () => {
  await using app = await testApp()
  const [owner, ada] = [await app.person('Olga', { role: 'owner' }), await app.person('Ada')]
  const made = await invite(app, owner, 'ADA@example.com', 'reviewer')
  expect([made.status, made.body]).toMatchObject([201, { email: ada.email, role: 'reviewer', mailed: true }])
  const token = tokenOf(made)
  expect(app.mails.map(({ to, text }) => [to, text.includes(made.body.link)])).toEqual([[ada.email, true]])
  expect((await look(app, token)).body).toMatchObject({ project: 'Team', email: ada.email, role: 'reviewer' })
  expect((await app.call('GET', '/api/v1/project', { as: ada })).status).toBe(403)

  expect((await accept(app, ada, token)).body).toEqual({ projectId: app.team.projectId })
  expect((await app.call('GET', '/api/v1/session', { as: ada })).body.project).toMatchObject({
    role: 'reviewer',
  })
  expect([codeOf(await accept(app, ada, token)), codeOf(await look(app, token))]).toEqual([
    NOT_FOUND,
    NOT_FOUND,
  ])
  expect((await app.call('GET', '/api/v1/invitations', { as: owner })).body.items).toEqual([])
})

test('of a link only the hash is kept, and no list shows it again', async () => {
  await using app = await testApp()
  const owner = await app.person('Olga', { role: 'owner' })
  const token = tokenOf(await invite(app, owner, 'ada@example.com'))
  const [row] = await app.db.select().from(invitations)
  expect(row?.tokenHash).toBe(hashToken(token))
  expect(JSON.stringify(row)).not.toContain(token)
  const list = await app.call('GET', '/api/v1/invitations', { as: owner })
  expect(list.text).not.toContain(token)
  expect(list.body.items).toMatchObject([{ email: 'ada@example.com', role: 'writer' }])
})

test('a link is for one address: whoever else has it gets nothing by it', async () => {
  await using app = await testApp()
  const [owner, eve] = [await app.person('Olga', { role: 'owner' }), await app.person('Eve')]
  const token = tokenOf(await invite(app, owner, 'ada@example.com', 'admin'))
  expect(codeOf(await accept(app, eve, token))).toEqual(FORBIDDEN)
  expect(codeOf(await app.call('POST', '/api/v1/invitations/accept', { body: { token } }))).toEqual(FORBIDDEN)
  expect(await app.db.$count(members, eq(members.userId, eve.userId))).toBe(0)
  expect((await look(app, token)).status).toBe(200)
})

test('a link ends with its time, when it is taken back, and when a newer one takes its place', async () => {
  await using app = await testApp()
  const [owner, ada] = [await app.person('Olga', { role: 'owner' }), await app.person('Ada')]
  const first = await invite(app, owner, ada.email, 'admin')
  const second = await invite(app, owner, ada.email, 'viewer')
  expect(codeOf(await accept(app, ada, tokenOf(first)))).toEqual(NOT_FOUND)
  setSystemTime(Date.now() + INVITATION_DAYS * DAY_MS + 1_000)
  expect(codeOf(await look(app, tokenOf(second)))).toEqual(NOT_FOUND)
  setSystemTime()
  expect((await look(app, tokenOf(second))).body.role).toBe('viewer')
  const revoke = () => app.call('DELETE', `/api/v1/invitations/${second.body.id}`, { as: owner })
  expect([(await revoke()).status, codeOf(await revoke())]).toEqual([204, NOT_FOUND])
  expect(codeOf(await accept(app, ada, tokenOf(second)))).toEqual(NOT_FOUND)
})

test('an expired invitation does not stand in the way of a new one', async () => {
  await using app = await testApp()
  const [owner, ada] = [await app.person('Olga', { role: 'owner' }), await app.person('Ada')]
  await invite(app, owner, ada.email)
  await app.db.update(invitations).set({ expiresAt: Date.now() - 1 })
  expect((await accept(app, ada, tokenOf(await invite(app, owner, ada.email)))).status).toBe(200)
})

test('a member is not invited again: a role is changed instead', async () => {
  await using app = await testApp()
  const [owner, ada] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Ada', { role: 'viewer' }),
  ]
  expect(codeOf(await invite(app, owner, ada.email, 'admin'))).toEqual({ status: 409, code: 'conflict' })
  expect(app.mails).toEqual([])
})

test('only who manages members invites, and only an owner invites an owner', async () => {
  await using app = await testApp()
  const statuses: Record<string, number[]> = {}
  for (const role of ['owner', 'admin', 'editor', 'writer', 'reviewer', 'viewer', 'billing'] as const) {
    const person = await app.person(`A${role}`, { role })
    const asked = [
      await invite(app, person, `a-${role}@example.com`, 'owner'),
      await invite(app, person, `b-${role}@example.com`),
    ]
    statuses[role] = asked.map(({ status }) => status)
  }
  const none = [403, 403]
  expect(statuses).toEqual({
    owner: [201, 201],
    admin: [403, 201],
    editor: none,
    writer: none,
    reviewer: none,
    viewer: none,
    billing: none,
  })
})

test('an admin neither takes back nor replaces an invitation to a role that is not theirs to decide about', async () => {
  await using app = await testApp()
  const [owner, admin] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Adam', { role: 'admin' }),
  ]
  for (const role of ['owner', 'billing']) {
    const email = `${role}@example.com`
    const made = await invite(app, owner, email, role)
    const revoke = (as: Person) => app.call('DELETE', `/api/v1/invitations/${made.body.id}`, { as })
    expect([codeOf(await revoke(admin)), codeOf(await invite(app, admin, email))]).toEqual([
      FORBIDDEN,
      FORBIDDEN,
    ])
    expect((await look(app, tokenOf(made))).status).toBe(200)
    await app.db.update(invitations).set({ expiresAt: 1 }).where(eq(invitations.id, made.body.id))
    expect((await invite(app, admin, email)).status).toBe(201)
  }
})

test('whoever comes when the project is full hears the limit, and may come when there is room', async () => {
  await using app = await testApp()
  const [owner, ada] = [await app.person('Olga', { role: 'owner' }), await app.person('Ada')]
  const token = tokenOf(await invite(app, owner, ada.email))
  const people = Array.from({ length: MEMBERS_MAX - 1 }, (_, index) => ({
    id: `usr_${index}`,
    name: 'One of many',
    email: `many-${index}@example.com`,
    createdAt: 1,
    updatedAt: 1,
  }))
  await app.db.insert(users).values(people)
  const { projectId } = app.team
  await app.db
    .insert(members)
    .values(people.map(({ id: userId }) => ({ projectId, userId, role: 'viewer' as const, createdAt: 1 })))
  const full = { status: 422, code: 'limit_exceeded' }
  const refused = await accept(app, ada, token)
  expect([codeOf(refused), codeOf(await invite(app, owner, 'eve@example.com'))]).toEqual([full, full])
  expect(refused.body.detail).toContain(String(MEMBERS_MAX))
  await app.db.delete(members).where(eq(members.userId, 'usr_0'))
  expect((await accept(app, ada, token)).status).toBe(200)
})

test("another project's invitation can be neither seen nor taken back", async () => {
  await using app = await testApp()
  const [owner, eve] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Eve', { role: 'owner', projectId: app.rivals.projectId }),
  ]
  const { id } = (await invite(app, owner, 'ada@example.com')).body
  expect(codeOf(await app.call('DELETE', `/api/v1/invitations/${id}`, { as: eve }))).toEqual(NOT_FOUND)
  expect((await app.call('GET', '/api/v1/invitations', { as: eve })).body.items).toEqual([])
})

test('an invitation is worth no more than who sent it: it ends when they may not invite any more', async () => {
  await using app = await testApp()
  const owner = await app.person('Olga', { role: 'owner' })
  const later = await app.person('Later')
  const endings: [string, (admin: Person) => Promise<unknown>][] = [
    ['removed', ({ userId }) => app.call('DELETE', `/api/v1/members/${userId}`, { as: owner })],
    ['left', (as) => app.call('POST', `/api/v1/projects/${app.team.projectId}/leave`, { as })],
    [
      'demoted',
      ({ userId }) => app.call('PATCH', `/api/v1/members/${userId}`, { as: owner, body: { role: 'writer' } }),
    ],
    ['deleted', (as) => app.call('POST', '/api/v1/account/delete', { as, body: {} })],
  ]
  for (const [name, end] of endings) {
    const admin = await app.person(`Admin-${name}`, { role: 'admin' })
    const token = tokenOf(await invite(app, admin, later.email, 'admin'))
    await end(admin)
    expect({ name, ...codeOf(await accept(app, later, token)) }).toEqual({ name, ...NOT_FOUND })
  }
  // An owner who becomes an admin may still invite, but no owners.
  const former = await app.person('Former', { role: 'owner' })
  const [asOwner, asWriter] = [
    tokenOf(await invite(app, former, later.email, 'owner')),
    tokenOf(await invite(app, former, 'other@example.com', 'writer')),
  ]
  await app.call('PATCH', `/api/v1/members/${former.userId}`, { as: owner, body: { role: 'admin' } })
  expect([(await look(app, asOwner)).status, (await look(app, asWriter)).status]).toEqual([404, 200])
})
