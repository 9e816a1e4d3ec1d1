import { expect, test } from 'bun:test'
import { auditLog } from '#db/schema/audit.ts'
import { codeOf, type Person, testApp } from '../harness.ts'
import { addDocument } from '../material.ts'

test('who creates a project is its owner, and nobody else sees it', async () => {
  await using app = await testApp()
  const [ada, eve] = [await app.person('Ada'), await app.person('Eve', { role: 'owner' })]
  const made = await app.call('POST', '/api/v1/projects', { as: ada, body: { name: ' Engines ' } })
  expect([made.status, made.body]).toMatchObject([201, { name: 'Engines', archivedAt: null }])
  const list = async (as: Person) => (await app.call('GET', '/api/v1/projects', { as })).body.items
  expect(await list(ada)).toEqual([{ id: made.body.id, name: 'Engines', role: 'owner', archived: false }])
  expect(await list(eve)).toMatchObject([{ id: app.team.projectId }])
  const headers = { 'quill-project': made.body.id }
  const answers = [
    await app.call('GET', '/api/v1/project', { as: eve, headers }),
    await app.call('GET', '/api/v1/documents', { headers }),
    await app.call('PUT', '/api/v1/session/project', { as: eve, body: { projectId: made.body.id } }),
    await app.call('POST', `/api/v1/projects/${made.body.id}/leave`, { as: eve }),
    await app.call('POST', `/api/v1/projects/${made.body.id}/transfer`, {
      as: eve,
      body: { userId: eve.userId },
    }),
  ]
  for (const answer of answers) expect(codeOf(answer)).toEqual({ status: 404, code: 'not_found' })
  expect(codeOf(await app.call('POST', '/api/v1/projects', { body: { name: 'By key' } }))).toEqual({
    status: 403,
    code: 'forbidden',
  })
})

test('a person in many projects works in the one that a request names, or else in the one chosen last', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada', { role: 'writer' })
  const { id } = (await app.call('POST', '/api/v1/projects', { as: ada, body: { name: 'Engines' } })).body
  const projectOf = async (headers = {}) =>
    (await app.call('GET', '/api/v1/project', { as: ada, headers })).body.id
  expect(await projectOf()).toBe(app.team.projectId)
  expect(await projectOf({ 'quill-project': id })).toBe(id)
  const choose = await app.call('PUT', '/api/v1/session/project', { as: ada, body: { projectId: id } })
  expect([choose.status, await projectOf()]).toEqual([204, id])
  expect(await projectOf({ 'quill-project': app.team.projectId })).toBe(app.team.projectId)
  const { body } = await app.call('GET', '/api/v1/session', { as: ada })
  expect(body).toMatchObject({
    project: { id, role: 'owner' },
    projects: [{ name: 'Team' }, { name: 'Engines' }],
  })
  expect(body.permissions).toContain('project:archive')
})

test('a project is renamed by who manages it, and by nobody else', async () => {
  await using app = await testApp()
  const [admin, editor] = [
    await app.person('Ada', { role: 'admin' }),
    await app.person('Eve', { role: 'editor' }),
  ]
  const rename = (as: Person, name: string) => app.call('PATCH', '/api/v1/project', { as, body: { name } })
  expect((await rename(admin, ' New ')).body.name).toBe('New')
  expect((await rename(editor, 'Other')).status).toBe(403)
  for (const name of ['', '  ', 'x'.repeat(101)]) expect((await rename(admin, name)).status).toBe(422)
})

test('an archived project can be read, exported and brought back, and nothing in it can be changed', async () => {
  await using app = await testApp()
  const owner = await app.person('Olga', { role: 'owner' })
  const writer = await app.person('Ada', { role: 'writer' })
  const { id, sourceId } = await addDocument(app)
  const body = { email: 'late@example.com', role: 'writer' }
  const { link } = (await app.call('POST', '/api/v1/invitations', { as: owner, body })).body
  const archive = (as: Person) => app.call('POST', '/api/v1/project/archive', { as })
  expect((await archive(writer)).status).toBe(403)
  const archived = await archive(owner)
  expect(archived.body.archivedAt).toBeString()
  expect((await archive(owner)).body).toEqual(archived.body)

  const callers = [{ as: owner }, { as: writer }, { key: app.team.key }]
  for (const caller of callers) {
    for (const path of [
      '/documents',
      `/documents/${id}`,
      '/sources',
      `/sources/${sourceId}`,
      '/members',
      '/project',
    ])
      expect({ path, status: (await app.call('GET', `/api/v1${path}`, caller)).status }).toEqual({
        path,
        status: 200,
      })
    const refused: [string, string, object?][] = [
      ['POST', '/documents', { sourceIds: [] }],
      ['PATCH', `/documents/${id}`, { title: 'Changed' }],
      ['DELETE', `/documents/${id}`],
      ['POST', '/sources', { kind: 'text', text: 'Words.' }],
      ['POST', '/pipelines/generate_blog', { documentId: id }],
      ['PATCH', '/project', { name: 'New' }],
      ['POST', '/invitations', { email: 'eve@example.com', role: 'writer' }],
      ['PATCH', `/members/${writer.userId}`, { role: 'editor' }],
      ['DELETE', `/members/${writer.userId}`],
    ]
    for (const [method, path, sent] of refused) {
      const headers = { 'idempotency-key': crypto.randomUUID() }
      const answer = await app.call(method, `/api/v1${path}`, { ...caller, body: sent, headers })
      expect({ path, ...codeOf(answer) }).toEqual({ path, status: 403, code: 'forbidden' })
    }
  }
  const token = link.split('#')[1]
  expect(
    (await app.call('POST', '/api/v1/invitations/look', { key: null, body: { token }, headers: {} })).status,
  ).toBe(404)
  expect((await app.call('GET', '/api/v1/audit/export', { as: owner })).status).toBe(200)

  expect((await app.call('POST', '/api/v1/project/restore', { as: owner })).body.archivedAt).toBeNull()
  expect(
    (await app.call('PATCH', `/api/v1/documents/${id}`, { as: writer, body: { title: 'Changed' } })).status,
  ).toBe(200)
  const actions = (await app.db.select().from(auditLog)).map(({ action }) => action)
  expect(actions.filter((action) => /^project\./.test(action))).toEqual([
    'project.archived',
    'project.restored',
  ])
})

test('nobody owns more projects than the limit, and whoever is one over it hears the figure', async () => {
  await using app = await testApp()
  const ada = await app.person('Ada')
  const create = () => app.call('POST', '/api/v1/projects', { as: ada, body: { name: 'Another' } })
  for (let count = 0; count < 100; count++) expect((await create()).status).toBe(201)
  const over = await create()
  expect(codeOf(over)).toEqual({ status: 422, code: 'limit_exceeded' })
  expect(over.body.detail).toContain('100')
})
