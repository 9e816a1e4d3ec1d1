import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type IdPrefix, newId } from '#src/ids.ts'
import { type Answer, type CallOptions, readAnswer, request, type TestApp, testApp } from '../harness.ts'
import { addDocument } from '../material.ts'
import { type Estate, fromSomewhere, type Ids, makeEstate } from './estate.ts'
import { callOf, cursorAt, type Example, examplesOf } from './examples.ts'
import { isForPeople, isOpen, type Operation, readDocument } from './operations.ts'

/** Differ from one request to the next, whatever was asked for. */
const OF_EVERY_REQUEST = /^(x-request-id|ratelimit-.*|date)$/

/** One place in a request where an id stands, and the request with another id there. */
type Reference = { where: string; kind: keyof Ids; replace: (id: string) => Example }

let app: TestApp
let own: Estate
let foreign: Estate
/** Ids like the foreign ones, made at the same time, of things that there are not. */
let missing: Ids
let operations: Operation[]

beforeAll(async () => {
  app = await testApp({ settings: { TRUSTED_PROXIES: '1' } })
  own = await makeEstate(app)
  foreign = await makeEstate(app)
  missing = Object.fromEntries(Object.entries(foreign.ids).map(([kind, id]) => [kind, newIdLike(id)])) as Ids
  operations = (await readDocument(app)).operations
})

afterAll(() => app[Symbol.asyncDispose]())

describe('an id of another project is answered as one that does not exist, in', () => {
  test('every path, query and body, and nothing of the other project is shown or changed', async () => {
    const before = await foreignRows()
    const wrong: string[] = []
    let walked = 0
    for (const operation of operations.filter((operation) => !isOpen(operation)))
      for (const example of examplesOf(operation, own))
        for (const reference of referencesIn(example))
          for (const [asker, as] of askersOf(operation)) {
            const what = `${operation.operationId}, ${reference.where}, by ${asker}`
            wrong.push(...(await compare(operation, reference, as)).map((found) => `${what}: ${found}`))
            walked++
          }
    expect(wrong).toEqual([])
    expect(walked).toBeGreaterThan(70)
    expect(await foreignRows()).toEqual(before)
  })

  test('the header Quill-Project, on every operation that heeds it', async () => {
    const wrong: string[] = []
    for (const operation of operations.filter((operation) => !isOpen(operation) && !isForPeople(operation)))
      for (const [asker, as] of askersOf(operation)) {
        const [example] = examplesOf(operation, foreign)
        const askFor = (project: string) =>
          measure(operation, example!, { ...as, headers: { 'quill-project': project } })
        const [theirs, nobodys] = [await askFor(foreign.ids.project), await askFor(missing.project)]
        if (theirs.answer.status !== 404)
          wrong.push(`${operation.operationId} by ${asker}: ${theirs.answer.text}`)
        wrong.push(
          ...differences(theirs, nobodys).map((found) => `${operation.operationId} by ${asker}: ${found}`),
        )
      }
    expect(wrong).toEqual([])
  })

  test('what is open to everybody: the session names no project of others', async () => {
    const session = operations.find(({ operationId }) => operationId === 'getSession')!
    const askFor = (project: string) =>
      measure(session, {}, { as: own.person, headers: { 'quill-project': project } })
    const [theirs, nobodys] = [await askFor(foreign.ids.project), await askFor(missing.project)]
    expect(differences(theirs, nobodys)).toEqual([])
    expect(theirs.answer.body.project.id).toBe(own.ids.project)
  })
})

test('a passage of another project is cited no more than one that does not exist', async () => {
  await using working = await testApp({ worker: true })
  const { key } = working.rivals
  const document = await addDocument(working)
  const { sourceId } = await addDocument(working, { key })
  const passages = await working.call('GET', `/api/v1/sources/${sourceId}/passages?limit=1`, { key })
  const passage = passages.body.items[0]
  const cite = async (passageId: string) => {
    const citation = { marker: '1', sourceId, passageId, start: 0, end: 5, quote: passage.text.slice(0, 5) }
    const { body } = await working.call('POST', '/api/v1/steps/document.persist', {
      headers: { 'idempotency-key': passageId, prefer: 'wait=30' },
      body: { documentId: document.id, post: { markdown: 'Text.[^1]', citations: [citation] } },
    })
    return { ...body, requestId: undefined }
  }
  const theirs = await cite(passage.id)
  expect(theirs).toMatchObject({ status: 404, code: 'not_found' })
  expect(theirs).toEqual(await cite(newIdLike(passage.id)))
})

test('every operation whose path has an id, or whose query or body takes one, is in the walk', () => {
  const takesIds = (operation: Operation) => {
    const fields = JSON.stringify([operation.parameters, operation.requestBody])
    return /"name":"(id|\w+Id|target|cursor)"|"(\w+Ids?)":\{"type"/.test(fields)
  }
  for (const operation of operations.filter((operation) => !isOpen(operation) && takesIds(operation))) {
    const { operationId } = operation
    const references = examplesOf(operation, own).flatMap((example) => referencesIn(example))
    expect({ operationId, hasReferences: references.length > 0 }).toEqual({
      operationId,
      hasReferences: true,
    })
  }
})

const newIdLike = (id: string) => newId(id.split('_')[0] as IdPrefix)

/** Every place of a request where an id of the own estate stands. */
function referencesIn(example: Example): Reference[] {
  const texts = new Map<string, { kind: keyof Ids; write: (id: string) => string }>()
  for (const [kind, id] of Object.entries(own.ids) as [keyof Ids, string][]) {
    texts.set(id, { kind, write: (other) => other })
    texts.set(cursorAt(id), { kind, write: cursorAt })
  }
  const found: Reference[] = []
  const visit = (value: unknown, path: string[]) => {
    const known = typeof value === 'string' ? texts.get(value) : undefined
    if (known)
      found.push({
        where: path.join('.'),
        kind: known.kind,
        replace: (id) => withValueAt(example, path, known.write(id)),
      })
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) visit(inner, [...path, name])
  }
  visit(example, [])
  return found
}

function withValueAt(example: Example, path: string[], value: string): Example {
  const copy = structuredClone(example)
  // biome-ignore lint/suspicious/noExplicitAny: the path was found in the example itself
  const parent = path.slice(0, -1).reduce<any>((inner, name) => inner[name], copy)
  parent[path.at(-1)!] = value
  return copy
}

/** What people alone may do only a person asks for; everything else a key as well. */
const askersOf = (operation: Operation): [string, CallOptions][] => [
  ['a person', { as: own.person }],
  ...(isForPeople(operation) ? [] : ([['a key', { key: own.key }]] as [string, CallOptions][])),
]

/** What gives a foreign id away, or worse. */
async function compare(
  operation: Operation,
  { kind, replace }: Reference,
  as: CallOptions,
): Promise<string[]> {
  // The first time, what the request names of its own is looked up and remembered.
  await measure(operation, replace(newIdLike(missing[kind])), as)
  const theirs = await measure(operation, replace(foreign.ids[kind]), as)
  const nobodys = await measure(operation, replace(missing[kind]), as)
  const { status, text } = theirs.answer
  const isList = operation.method === 'GET' && status === 200
  const shown = Object.values(foreign.ids).filter((id) => text.includes(id))
  return [
    ...(status === 404 || isList ? [] : [`it is answered ${status}: ${text}`]),
    ...shown.map((id) => `it shows ${id}: ${text}`),
    ...differences(theirs, nobodys),
  ]
}

type Measured = { answer: Answer; statements: string[] }

/** Asks, and notes what was asked of the database: how long an answer takes depends on that. */
async function measure(operation: Operation, example: Example, as: CallOptions): Promise<Measured> {
  const [address, options] = callOf(operation, example)
  const headers = { ...fromSomewhere(), 'sec-fetch-site': 'same-origin', ...options.headers, ...as.headers }
  // Who asks is known by then, both times: the first use of a minute is written down, which lets it be looked up anew.
  for (const _ of ['noted', 'remembered']) await app.call('GET', '/api/v1/members', { ...as, headers: {} })
  const before = app.statements.length
  const answer = await readAnswer(
    await app.fetch(request(operation.method, address, { ...options, ...as, headers })),
  )
  return { answer, statements: app.statements.slice(before).map(({ sql }) => sql) }
}

function differences(theirs: Measured, nobodys: Measured): string[] {
  const [one, other] = [theirs, nobodys].map(({ answer, statements }) => ({
    status: answer.status,
    body: { ...answer.body, requestId: undefined },
    headers: Object.fromEntries([...answer.headers].filter(([name]) => !OF_EVERY_REQUEST.test(name))),
    statements,
  }))
  return Bun.deepEquals(one, other)
    ? []
    : [`it differs from one that does not exist: ${JSON.stringify(one)} and ${JSON.stringify(other)}`]
}

/** Every row of the database that holds an id of the foreign estate, but for what an own export was asked for. */
async function foreignRows(): Promise<string[]> {
  const ids = Object.values(foreign.ids)
  const all = (sql: string) => app.explain({ sql, params: [] })
  const tables = await all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
  const rows = await Promise.all(tables.map(([name]) => all(`SELECT * FROM "${name}"`)))
  return rows
    .flat()
    .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
    .filter((row) => ids.some((id) => row.includes(id)) && !row.includes('"audit_log.exported"'))
    .toSorted()
}
