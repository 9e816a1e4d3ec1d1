import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { apiKeys, sessions } from '#db/schema/projects.ts'
import { isWellFormedKey } from '#src/projects/api-keys.ts'
import { type Permission, permissionNames } from '#src/projects/permissions.ts'
import { type Answer, readAnswer, request, type TestApp, testApp } from '../harness.ts'
import { addDocument, saveVersion } from '../material.ts'
import { addressOf, type Operation, readDocument } from './operations.ts'

type Ids = { source: string; passage: string; document: string; run: string; job: string }

const PATH_IDS: Record<string, keyof Ids> = {
  sources: 'source',
  passages: 'passage',
  documents: 'document',
  runs: 'run',
  jobs: 'job',
}

const chapter = ({ passage }: Ids) => ({ key: 'one', heading: 'One', words: 100, passageIds: [passage] })
const outline = (ids: Ids) => ({
  title: 'A title',
  language: 'en',
  summary: { markdown: '', citations: [] },
  sections: [chapter(ids)],
})
const section = { key: 'one', heading: 'One', markdown: 'Text.', citations: [] }

/** A body for every operation that takes one; those with a list are tried with each of its bodies. */
const BODIES: Record<string, (ids: Ids, own: Ids) => object[]> = {
  openSession: () => [{ kind: 'demo' }],
  addSource: () => [{ kind: 'text', text: 'Words.' }],
  createDocument: ({ source }, own) => [{ sourceIds: [source] }, { sourceIds: [own.source, source] }],
  changeDocument: ({ source }) => [{ title: 'Changed' }, { sourceIds: [source] }],
  generateBlog: ({ document }) => [{ documentId: document }],
  outlineGenerate: ({ source }, own) => [{ sourceIds: [source] }, { sourceIds: [own.source, source] }],
  chaptersOrganize: (ids, own) => [
    { sourceIds: [ids.source], outline: outline(own) },
    { sourceIds: [own.source], outline: outline(ids) },
  ],
  sectionWrite: (ids, own) => [
    { sourceIds: [ids.source], chapter: chapter(own) },
    { sourceIds: [own.source], chapter: chapter(ids) },
  ],
  seoGenerate: () => [{ title: 'A title', markdown: 'Text.' }],
  imagesPrompt: () => [{ sections: [section] }],
  blogCompose: ({ source }) => [{ sourceIds: [source], title: 'A title', sections: [section] }],
  documentPersist: ({ document }) => [{ documentId: document, post: { markdown: 'Text.', citations: [] } }],
}

/** What names nothing of a project, so that there is no other project's to ask for. */
const NAMES_NOTHING = new Set(['addSource', 'seoGenerate', 'imagesPrompt'])
/** What lists a project's own, and so must not show another's. */
const LISTS = new Set(['listSources', 'search', 'listDocuments', 'listRuns', 'listJobs', 'streamEvents'])

test('401 comes before 403, 403 before 404 and 422, and another project is 404: for every operation', async () => {
  await using app = await testApp()
  const { operations } = await readDocument(app)
  const own = await idsOf(app, app.team.key)
  const foreign = await idsOf(app, app.rivals.key)
  const guarded = operations.filter((operation) => operation['x-permission'] !== 'none')
  expect(guarded.length).toBeGreaterThan(25)
  for (const operation of guarded) {
    const needed = operation['x-permission'] as Permission
    const without = await app.keyWith(permissionNames.filter((name) => name !== needed))
    const only = await app.keyWith([needed])
    const { operationId } = operation
    for (const bad of [true, false]) {
      const anonymous = await walk(app, operation, { ids: foreign, own, key: null, bad })
      expect({ operationId, bad, codes: codesOf(anonymous) }).toEqual({
        operationId,
        bad,
        codes: ['unauthenticated'],
      })
      const powerless = await walk(app, operation, { ids: foreign, own, key: without, bad })
      expect({ operationId, bad, codes: codesOf(powerless) }).toEqual({
        operationId,
        bad,
        codes: ['forbidden'],
      })
      expect(powerless[0]!.body.detail).toContain(needed)
    }
    const strangers = await walk(app, operation, { ids: foreign, own, key: only })
    if (LISTS.has(operationId)) for (const answer of strangers) expectNothingOf(foreign, answer)
    else if (!NAMES_NOTHING.has(operationId))
      expect({ operationId, codes: codesOf(strangers) }).toEqual({ operationId, codes: ['not_found'] })
  }
})

test('every operation is in the walk: a new one that takes a body or an id fails here first', async () => {
  await using app = await testApp()
  const { operations } = await readDocument(app)
  for (const { operationId, requestBody, path } of operations) {
    expect({ operationId, known: !requestBody || operationId in BODIES }).toEqual({
      operationId,
      known: true,
    })
    const [, collection] = /^\/api\/v1\/(\w+)\/\{/.exec(path) ?? []
    if (collection) expect(Object.keys(PATH_IDS)).toContain(collection)
    else if (!requestBody && !/session|health|^\/api\/v1$/.test(path))
      expect([...LISTS]).toContain(operationId)
  }
})

test('the same requests succeed for the project that owns the ids', async () => {
  await using app = await testApp()
  const { operations } = await readDocument(app)
  for (const operation of operations) {
    if (/Session|undelete|resume|retry|cancelJob/.test(operation.operationId)) continue
    const [ids, own] = [await idsOf(app, app.team.key), await idsOf(app, app.team.key)]
    for (const { status, text } of await walk(app, operation, { ids, own, key: app.team.key }))
      if (status >= 300) throw new Error(`${operation.operationId}: ${text}`)
  }
})

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

/** One of each thing that a project owns. */
async function idsOf(app: TestApp, key: string): Promise<Ids> {
  const member = key === app.team.key ? app.team : app.rivals
  const { id: document, sourceId: source } = await addDocument(app, { key })
  for (const text of ['One.', 'Two.']) await saveVersion(app, document, text, { member })
  const passages = (await app.call('GET', `/api/v1/sources/${source}/passages?limit=1`, { key })).body.items
  const { body } = await app.call('POST', '/api/v1/pipelines/generate_blog', {
    key,
    body: { documentId: document },
  })
  return { source, passage: passages[0].id, document, run: body.run.id, job: body.job.id }
}

type Walk = { ids: Ids; own: Ids; key: string | null; bad?: boolean }

/** Sends an operation with the ids given, with each of its bodies; `bad` breaks every part of the request. */
async function walk(
  app: TestApp,
  operation: Operation,
  { ids, own, key, bad = false }: Walk,
): Promise<Answer[]> {
  const { method, path, operationId } = operation
  const id = bad ? 'no id at all' : ids[PATH_IDS[path.split('/')[3]!] ?? 'document']
  const number = bad ? 'x' : '1'
  const query = bad ? '?limit=-1&unknown=1' : operationId === 'search' ? '?q=queue' : ''
  const address = addressOf(operation, { id, number, to: bad ? '0' : '2' }) + query
  const bodies = operation.requestBody
    ? bad
      ? [{ unknown: true }]
      : BODIES[operationId]!(ids, own)
    : [undefined]
  const answers: Answer[] = []
  for (const body of bodies) {
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const response = await app.fetch(request(method, address, { key, body, headers }))
    if (response.headers.get('content-type') === 'text/event-stream') await response.body?.cancel()
    else answers.push(await readAnswer(response))
  }
  return answers
}

const codesOf = (answers: Answer[]) => [
  ...new Set(answers.map((answer) => answer.body?.code ?? answer.status)),
]

function expectNothingOf(ids: Ids, { text }: Answer) {
  for (const id of Object.values(ids)) expect(text).not.toContain(id)
}
