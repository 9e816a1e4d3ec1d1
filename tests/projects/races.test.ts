import { expect, test } from 'bun:test'
import { and, eq, isNull } from 'drizzle-orm'
import { auditLog } from '#db/schema/audit.ts'
import { apiKeyProjects, apiKeys, invitations, members } from '#db/schema/projects.ts'
import type { Answer, Person, TestApp } from '../harness.ts'
import { testApp } from '../harness.ts'

const AT_ONCE = 50

const statusesOf = (answers: Answer[]) => answers.map(({ status }) => status).sort()
const times = <T>(make: (index: number) => T): T[] =>
  Array.from({ length: AT_ONCE }, (_, index) => make(index))

async function invite(app: TestApp, as: Person, email: string): Promise<string> {
  const { body } = await app.call('POST', '/api/v1/invitations', { as, body: { email, role: 'writer' } })
  return body.link.split('#')[1]
}

const accept = (app: TestApp, as: Person, token: string) =>
  app.call('POST', '/api/v1/invitations/accept', { as, body: { token } })

const ownersOf = (app: TestApp, projectId = app.team.projectId) =>
  app.db.$count(members, and(eq(members.projectId, projectId), eq(members.role, 'owner')))

test('of fifty acceptances of one invitation at once, one makes a member', async () => {
  await using app = await testApp()
  const [owner, ada] = [await app.person('Olga', { role: 'owner' }), await app.person('Ada')]
  const token = await invite(app, owner, ada.email)
  const answers = await Promise.all(times(() => accept(app, ada, token)))
  expect(statusesOf(answers)).toEqual([200, ...Array(AT_ONCE - 1).fill(404)])
  expect(await app.db.$count(members, eq(members.userId, ada.userId))).toBe(1)
  expect(await app.db.$count(auditLog, eq(auditLog.action, 'member.joined'))).toBe(1)
})

test('fifty people who accept fifty invitations at once are all in, once each', async () => {
  await using app = await testApp()
  const owner = await app.person('Olga', { role: 'owner' })
  const people = await Promise.all(times((index) => app.person(`Person-${index}`)))
  const tokens: string[] = []
  for (const { email } of people) tokens.push(await invite(app, owner, email))
  const answers = await Promise.all(people.map((person, index) => accept(app, person, tokens[index]!)))
  expect(new Set(statusesOf(answers))).toEqual(new Set([200]))
  expect(await app.db.$count(members, eq(members.projectId, app.team.projectId))).toBe(AT_ONCE + 1)
  expect(await app.db.$count(auditLog, eq(auditLog.action, 'member.joined'))).toBe(AT_ONCE)
})

test('of fifty invitations of one address at once, one can be accepted', async () => {
  await using app = await testApp()
  const [owner, ada] = [await app.person('Olga', { role: 'owner' }), await app.person('Ada')]
  const tokens = await Promise.all(times(() => invite(app, owner, ada.email)))
  const open = and(isNull(invitations.revokedAt), isNull(invitations.acceptedAt))
  expect([await app.db.$count(invitations), await app.db.$count(invitations, open)]).toEqual([AT_ONCE, 1])
  const answers = await Promise.all(tokens.map((token) => accept(app, ada, token)))
  expect(statusesOf(answers)).toEqual([200, ...Array(AT_ONCE - 1).fill(404)])
})

test('an invitation that is accepted and taken back at once is one of both, and the members say which', async () => {
  await using app = await testApp()
  const owner = await app.person('Olga', { role: 'owner' })
  for (let round = 0; round < 10; round++) {
    const person = await app.person(`Person-${round}`)
    const { body } = await app.call('POST', '/api/v1/invitations', {
      as: owner,
      body: { email: person.email, role: 'writer' },
    })
    const answers = await Promise.all([
      accept(app, person, body.link.split('#')[1]),
      app.call('DELETE', `/api/v1/invitations/${body.id}`, { as: owner }),
    ])
    const isMember = (await app.db.$count(members, eq(members.userId, person.userId))) === 1
    expect(answers.map(({ status }) => status)).toEqual(isMember ? [200, 404] : [404, 204])
  }
})

test('whatever two owners do to each other or themselves at once, one owner stays', async () => {
  await using app = await testApp()
  type Act = (as: Person, other: Person, projectId: string) => Promise<Answer>
  const inProject = (projectId: string) => ({ 'quill-project': projectId })
  const acts: Record<string, Act> = {
    leaves: (as, _other, projectId) => app.call('POST', `/api/v1/projects/${projectId}/leave`, { as }),
    'removes the other': (as, { userId }, projectId) =>
      app.call('DELETE', `/api/v1/members/${userId}`, { as, headers: inProject(projectId) }),
    'demotes the other': (as, { userId }, projectId) =>
      app.call('PATCH', `/api/v1/members/${userId}`, {
        as,
        body: { role: 'viewer' },
        headers: inProject(projectId),
      }),
    'demotes himself': (as, _other, projectId) =>
      app.call('PATCH', `/api/v1/members/${as.userId}`, {
        as,
        body: { role: 'viewer' },
        headers: inProject(projectId),
      }),
    'deletes the account': (as) => app.call('POST', '/api/v1/account/delete', { as, body: {} }),
  }
  let pair = 0
  for (const [one, actOfOne] of Object.entries(acts))
    for (const [two, actOfTwo] of Object.entries(acts)) {
      const [ada, eve] = [await app.person(`Ada-${++pair}`), await app.person(`Eve-${pair}`)]
      const { id } = (await app.call('POST', '/api/v1/projects', { as: ada, body: { name: `Pair ${pair}` } }))
        .body
      await app.db
        .insert(members)
        .values({ projectId: id, userId: eve.userId, role: 'owner', createdAt: Date.now() })
      const answers = await Promise.all([actOfOne(ada, eve, id), actOfTwo(eve, ada, id)])
      const owners = await ownersOf(app, id)
      // Who was removed first may well delete their account after it.
      const isDone = answers.some(({ status }) => status === 204)
      const isBroken = answers.some(({ status }) => status >= 500)
      expect({ one, two, owners, isDone, isBroken }).toEqual({
        one,
        two,
        owners: 1,
        isDone: true,
        isBroken: false,
      })
    }
})

test('of fifty owners who all leave at once, one stays', async () => {
  await using app = await testApp()
  const owners = await Promise.all(times((index) => app.person(`Owner-${index}`, { role: 'owner' })))
  const leave = (as: Person) => app.call('POST', `/api/v1/projects/${app.team.projectId}/leave`, { as })
  const answers = await Promise.all(owners.map(leave))
  expect(statusesOf(answers)).toEqual([...Array(AT_ONCE - 1).fill(204), 409])
  expect(await ownersOf(app)).toBe(1)
})

test('a project that is handed over to fifty members at once has one owner', async () => {
  await using app = await testApp()
  const owner = await app.person('Olga', { role: 'owner' })
  const others = await Promise.all(times((index) => app.person(`Member-${index}`, { role: 'writer' })))
  const path = `/api/v1/projects/${app.team.projectId}/transfer`
  const answers = await Promise.all(
    others.map(({ userId }) => app.call('POST', path, { as: owner, body: { userId } })),
  )
  expect(statusesOf(answers)).toEqual([204, ...Array(AT_ONCE - 1).fill(403)])
  expect(await ownersOf(app)).toBe(1)
})

test('of fifty rotations of one key at once, one makes a new key', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const body = { name: 'Mine', projectIds: [app.team.projectId], scopes: ['documents:read'] }
  const { key } = (await app.call('POST', '/api/v1/account/api-keys', { as: ada, body })).body
  const before = [await app.db.$count(apiKeys), await app.db.$count(apiKeyProjects)]
  const answers = await Promise.all(
    times(() => app.call('POST', `/api/v1/account/api-keys/${key.id}/rotate`, { as: ada, body: {} })),
  )
  expect(statusesOf(answers)).toEqual([201, ...Array(AT_ONCE - 1).fill(409)])
  const after = [await app.db.$count(apiKeys), await app.db.$count(apiKeyProjects)]
  expect(after).toEqual(before.map((count) => count + 1))
  expect(await app.db.$count(auditLog, eq(auditLog.action, 'api_key.rotated'))).toBe(1)
})

test('a key that is rotated and revoked at once leaves no key that its maker does not see', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const body = { name: 'Mine', projectIds: [app.team.projectId], scopes: ['documents:read'] }
  for (let round = 0; round < 10; round++) {
    const { key } = (await app.call('POST', '/api/v1/account/api-keys', { as: ada, body })).body
    const path = `/api/v1/account/api-keys/${key.id}`
    const [rotated] = await Promise.all([
      app.call('POST', `${path}/rotate`, { as: ada, body: {} }),
      app.call('DELETE', path, { as: ada }),
    ])
    const { body: list } = await app.call('GET', '/api/v1/account/api-keys', { as: ada })
    const ids: string[] = list.items.map(({ id }: { id: string }) => id)
    expect(ids).not.toContain(key.id)
    expect(rotated.status === 201 ? ids.includes(rotated.body.key.id) : rotated.status === 404).toBe(true)
  }
})

test('nobody goes over a limit by asking for fifty at once', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'owner' })
  const createProject = () => app.call('POST', '/api/v1/projects', { as: ada, body: { name: 'Another' } })
  const body = { name: 'Mine', projectIds: [app.team.projectId], scopes: ['documents:read'] }
  const createKey = () => app.call('POST', '/api/v1/account/api-keys', { as: ada, body })
  for (let count = 0; count < 80; count++) await createProject()
  for (let count = 0; count < 180; count++) await createKey()
  await Promise.all([...times(createProject), ...times(createKey)])
  const owned = and(eq(members.userId, ada.userId), eq(members.role, 'owner'))
  expect(await app.db.$count(members, owned)).toBe(100)
  expect(await app.db.$count(apiKeys, eq(apiKeys.userId, ada.userId))).toBe(200)
})
