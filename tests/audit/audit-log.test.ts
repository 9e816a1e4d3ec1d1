import { expect, test } from 'bun:test'
import { eq, sql } from 'drizzle-orm'
import { auditLog } from '#db/schema/audit.ts'
import { apiKeys, members } from '#db/schema/projects.ts'
import { newId } from '#src/ids.ts'
import { codeOf, type Person, type TestApp, testApp } from '../harness.ts'

const read = async (app: TestApp, as: Person, query = '') =>
  (await app.call('GET', `/api/v1/audit${query}`, { as })).body

const rename = (app: TestApp, as: Person, name: string) =>
  app.call('PATCH', '/api/v1/project', { as, body: { name }, headers: { 'x-request-id': `rename-${name}` } })

test('what is written stays: the database refuses to change or delete an entry', async () => {
  await using app = await testApp()
  const owner = await app.person('Olga', { role: 'owner' })
  await rename(app, owner, 'New')
  const before = await app.db.select().from(auditLog)
  expect(before).not.toEqual([])
  const attempts = [
    sql`UPDATE audit_log SET actor = 'somebody else'`,
    sql`UPDATE audit_log SET created_at = 0 WHERE id = ${before[0]!.id}`,
    sql`DELETE FROM audit_log`,
    sql`DELETE FROM audit_log WHERE id = ${before[0]!.id}`,
    sql`INSERT OR REPLACE INTO audit_log SELECT id, project_id, user_id, 'somebody else', principal_kind, principal_id,
      action, target, details, address, request_id, created_at FROM audit_log`,
  ]
  for (const attempt of attempts) {
    const refusal = await Promise.resolve(app.db.run(attempt)).then(
      () => 'it was done',
      ({ cause }) => String(cause),
    )
    expect(refusal).toContain('append-only')
  }
  expect(await app.db.select().from(auditLog)).toEqual(before)
})

test('an entry says who, as which session or key, did what to what, when, from where, in which request', async () => {
  await using app = await testApp({ settings: { TRUSTED_PROXIES: '1' } })
  const owner = await app.person('Olga', { role: 'owner' })
  const body = { name: 'Deploy', projectIds: [app.team.projectId], scopes: ['project:manage'] }
  const made = await app.call('POST', '/api/v1/account/api-keys', { as: owner, body })
  const rename = { method: 'PATCH', path: '/api/v1/project' }
  const headers = { 'x-forwarded-for': '192.0.2.7', 'x-request-id': 'my-request' }
  await app.call(rename.method, rename.path, { as: owner, body: { name: 'By person' }, headers })
  await app.call(rename.method, rename.path, { key: made.body.text, body: { name: 'By key' }, headers })
  await app.call(rename.method, rename.path, { key: app.team.key, body: { name: 'By nobody' }, headers })
  const [bySession] = (await app.call('GET', '/api/v1/account/sessions', { as: owner })).body.items
  const entries = (await read(app, owner, '?action=project.renamed')).items.reverse()
  const common = {
    action: 'project.renamed',
    target: app.team.projectId,
    projectId: app.team.projectId,
    address: '192.0.2.7',
    requestId: 'my-request',
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  }
  expect(entries).toMatchObject([
    {
      ...common,
      actor: { name: 'Olga', userId: owner.userId, kind: 'person', principalId: bySession.id },
      details: { name: 'By person' },
    },
    {
      ...common,
      actor: { name: 'Deploy', userId: owner.userId, kind: 'api_key', principalId: made.body.key.id },
    },
    {
      ...common,
      actor: { name: 'test', userId: null, kind: 'api_key', principalId: expect.stringMatching(/^key_/) },
    },
  ])
})

test('it is filtered by action, person, target and time, and read page by page', async () => {
  await using app = await testApp()
  const [owner, admin] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Adam', { role: 'admin' }),
  ]
  for (const name of ['One', 'Two', 'Three']) await rename(app, owner, name)
  await rename(app, admin, 'Four')
  await app.call('PATCH', `/api/v1/members/${admin.userId}`, { as: owner, body: { role: 'editor' } })
  const names = async (query: string) =>
    (await read(app, owner, query)).items.map(({ details }: { details: { name?: string } }) => details.name)
  expect(await names('?action=project.renamed')).toEqual(['Four', 'Three', 'Two', 'One'])
  expect(await names(`?action=project.renamed&userId=${admin.userId}`)).toEqual(['Four'])
  expect((await read(app, owner, `?target=${admin.userId}`)).items).toMatchObject([
    { action: 'member.role_changed', details: { role: 'editor' } },
  ])
  const { items } = await read(app, owner)
  expect(await names(`?from=${items[0].at}&action=project.renamed&until=${items.at(-1).at}`)).toEqual([])
  expect(await names('?until=2000-01-01T00:00:00Z')).toEqual([])
  expect(await names('?from=2000-01-01T00:00:00Z&action=project.renamed')).toHaveLength(4)

  const paged: string[] = []
  let cursor: string | null = ''
  do {
    const page = await read(app, owner, `?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
    expect(page.items.length).toBeLessThanOrEqual(2)
    paged.push(...page.items.map(({ id }: { id: string }) => id))
    cursor = page.nextCursor
  } while (cursor)
  expect(paged).toEqual(items.map(({ id }: { id: string }) => id))
  for (const query of ['?action=nothing', '?from=yesterday', '?limit=0', '?sort=asc'])
    expect((await app.call('GET', `/api/v1/audit${query}`, { as: owner })).status).toBe(422)
})

test('a time bounds the log to the millisecond, also where the clock was set back while ids ran on', async () => {
  await using app = await testApp()
  const owner = await app.person('Olga', { role: 'owner' })
  const id = newId('aud')
  const at = Date.now() - 30_000
  await app.db.insert(auditLog).values({
    id,
    projectId: app.team.projectId,
    actor: 'Olga',
    principalKind: 'person',
    action: 'project.renamed',
    details: {},
    createdAt: at,
  })
  const found = async (query: Record<string, number>) => {
    const times = Object.entries(query).map(([name, ms]) => `${name}=${new Date(ms).toISOString()}`)
    return (await read(app, owner, `?${times.join('&')}`)).items.length
  }
  expect([await found({ from: at }), await found({ from: at + 1 })]).toEqual([1, 0])
  expect([await found({ until: at + 1 }), await found({ until: at })]).toEqual([1, 0])
  const far = [await found({ from: -8e12 }), await found({ until: 2e14 }), await found({ until: -8e12 })]
  expect(far).toEqual([1, 1, 0])
})

test('owners and admins read it, owners alone export it, and nobody sees that of another project', async () => {
  await using app = await testApp()
  const statuses: Record<string, number[]> = {}
  for (const role of ['owner', 'admin', 'editor', 'writer', 'reviewer', 'viewer', 'billing'] as const) {
    const as = await app.person(`A${role}`, { role })
    const paths = ['/api/v1/audit', '/api/v1/audit/export']
    statuses[role] = await Promise.all(
      paths.map(async (path) => (await app.call('GET', path, { as })).status),
    )
  }
  const none = [403, 403]
  const [editor, writer, reviewer, viewer, billing] = Array(5).fill(none)
  expect(statuses).toEqual({
    owner: [200, 200],
    admin: [200, 403],
    editor,
    writer,
    reviewer,
    viewer,
    billing,
  })
  const rival = await app.person('Eve', { role: 'owner', projectId: app.rivals.projectId })
  expect((await read(app, rival)).items).toEqual([])
  expect((await app.call('GET', '/api/v1/audit/export', { as: rival })).text).not.toContain(
    app.team.projectId,
  )
  const headers = { 'quill-project': app.team.projectId }
  expect(codeOf(await app.call('GET', '/api/v1/audit', { as: rival, headers }))).toEqual({
    status: 404,
    code: 'not_found',
  })
})

test('an export is the whole log, a line of JSON an entry, and is itself in the log', async () => {
  await using app = await testApp()
  const owner = await app.person('Olga', { role: 'owner' })
  const count = 1_203
  const rows = Array.from({ length: count }, (_, index) => ({
    id: `aud_${String(index).padStart(26, '0')}`,
    projectId: app.team.projectId,
    actor: `line\nbreak ${index}`,
    principalKind: 'person',
    action: 'project.renamed',
    details: { name: '=HYPERLINK("x")' },
    createdAt: index,
  }))
  for (let at = 0; at < count; at += 8) await app.db.insert(auditLog).values(rows.slice(at, at + 8))
  const answer = await app.call('GET', '/api/v1/audit/export', { as: owner })
  expect(answer.headers.get('content-type')).toStartWith('application/x-ndjson')
  expect(answer.headers.get('content-disposition')).toContain('attachment')
  const lines = answer.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toHaveLength(count + 1)
  expect(lines[0]).toMatchObject({ action: 'audit_log.exported', actor: { name: 'Olga' } })
  expect(new Set(lines.map(({ id }) => id)).size).toBe(count + 1)
  const filtered = await app.call('GET', '/api/v1/audit/export?action=audit_log.exported', { as: owner })
  expect(filtered.text.trimEnd().split('\n')).toHaveLength(2)
  const head = await app.call('HEAD', '/api/v1/audit/export', { as: owner })
  expect([head.status, (await read(app, owner, '?action=audit_log.exported')).items.length]).toEqual([200, 2])
})

test('who deletes the account is written down in the log of each project, with the keys that end with it', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const olga = await app.person('Olga', { role: 'owner' })
  const other = (await app.call('POST', '/api/v1/projects', { as: olga, body: { name: 'Engines' } })).body.id
  await app.db
    .insert(members)
    .values({ projectId: other, userId: ada.userId, role: 'viewer', createdAt: Date.now() })
  const makeKey = async (projectIds: string[]): Promise<string> => {
    const body = { name: 'Mine', projectIds, scopes: ['documents:read'] }
    return (await app.call('POST', '/api/v1/account/api-keys', { as: ada, body })).body.key.id
  }
  const { projectId } = app.team
  const [wide, revoked, expired] = [
    await makeKey([projectId, other]),
    await makeKey([projectId]),
    await makeKey([projectId]),
  ]
  await app.call('DELETE', `/api/v1/account/api-keys/${revoked}`, { as: ada })
  await app.db.update(apiKeys).set({ expiresAt: 1 }).where(eq(apiKeys.id, expired))
  const before = (await read(app, olga)).items.length
  expect((await app.call('POST', '/api/v1/account/delete', { as: ada, body: {} })).status).toBe(204)

  const left = { action: 'member.left', target: ada.userId, actor: { name: 'Ada', userId: ada.userId } }
  const ended = { action: 'api_key.revoked', target: wide }
  const here = (await read(app, olga)).items
  expect(here.slice(0, here.length - before)).toMatchObject([left, ended])
  const headers = { 'quill-project': other }
  const there = (await app.call('GET', '/api/v1/audit', { as: olga, headers })).body.items
  expect(there.slice(0, 2)).toMatchObject([left, ended])
})

test('what was refused is not in the log as if it had been done', async () => {
  await using app = await testApp()
  const [owner, viewer] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Vera', { role: 'viewer' }),
  ]
  const leave = () => app.call('POST', `/api/v1/projects/${app.team.projectId}/leave`, { as: owner })
  const answers = [
    await rename(app, viewer, 'Mine'),
    await leave(),
    await app.call('PATCH', '/api/v1/members/usr_nobody', { as: owner, body: { role: 'admin' } }),
    await app.call('DELETE', '/api/v1/invitations/inv_none', { as: owner }),
    await app.call('POST', '/api/v1/account/delete', { as: owner, body: {} }),
  ]
  expect(answers.map(({ status }) => status)).toEqual([403, 409, 404, 404, 409])
  expect(await app.db.$count(auditLog)).toBe(0)
})
