import { expect, test } from 'bun:test'
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
