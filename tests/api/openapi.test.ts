import { expect, test } from 'bun:test'
import Ajv from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { errorStatus } from '#src/errors.ts'
import { permissionNames } from '#src/projects/permissions.ts'
import { type Answer, readAnswer, request, type TestApp, testApp } from '../harness.ts'
import { saveVersion } from '../material.ts'
import { type ArbitraryRequest, hostileRequests, validRequests } from './arbitrary-requests.ts'
import { type ApiDocument, addressOf, type Operation, readDocument, type Schema } from './operations.ts'

const RUNS = 40
const SEED = 20_261_122
const LEAK =
  /\bat .*\.(ts|js|mjs):\d+|node_modules|SQLITE_|SQLiteError|\b(SELECT|INSERT INTO|UPDATE \w+ SET)\b|\/(work|home|root|tmp)\//

test('the document is an OpenAPI 3.1 document whose references and schemas hold', async () => {
  await using app = await testApp()
  const { document } = await readDocument(app)
  const ajv = newAjv()
  const validate = ajv.compile(OPENAPI)
  expect({ valid: validate(document), errors: validate.errors }).toEqual({ valid: true, errors: null })
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(
    ([, reference]) => reference!,
  )
  const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
  expect(new Set(references)).toEqual(new Set(names))
  for (const schema of Object.values(document.components.schemas)) compile(ajv, document, schema)
})

test('every route is documented under an id of its own, with its permission and its statuses', async () => {
  await using app = await testApp()
  const { operations } = await readDocument(app)
  const ids = operations.map((operation) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const operation of operations) {
    const { method, path, summary, security, responses, parameters = [] } = operation
    const open = operation['x-permission'] === 'none'
    expect(summary).toMatch(/^[A-Z]/)
    expect(security).toEqual(open ? [] : [{ apiKey: [] }, { session: [] }])
    if (!open) expect(permissionNames).toContain(operation['x-permission'] as 'jobs:read')
    const statuses = Object.keys(responses).map(Number)
    const mustAnswer = [
      500,
      ...(open ? [] : [401, 403, 404, 422]),
      ...(method === 'GET' ? [] : [400, 413, 415]),
    ]
    expect({ path, statuses }).toEqual({ path, statuses: expect.arrayContaining(mustAnswer) })
    expect(statuses.some((status) => status < 300)).toBe(true)
    for (const status of statuses.filter((status) => status >= 400)) {
      expect(Object.values(errorStatus) as number[]).toContain(status)
      expect(Object.keys(responses[status]!.content!)).toEqual(['application/problem+json'])
    }
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
    expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(inPath)
  }
})

test('a form is offered where a file is taken, and nowhere else', async () => {
  await using app = await testApp()
  const { operations } = await readDocument(app)
  for (const { operationId, requestBody } of operations) {
    if (!requestBody) continue
    const types = Object.keys(requestBody.content)
    expect({ operationId, types }).toEqual({
      operationId,
      types: operationId === 'addSource' ? ['application/json', 'multipart/form-data'] : ['application/json'],
    })
  }
})

test('the examples are requests that the schemas allow', async () => {
  await using app = await testApp()
  const { document, operations } = await readDocument(app)
  const ajv = newAjv()
  let examples = 0
  for (const { requestBody } of operations) {
    const schema = requestBody?.content['application/json']?.schema
    for (const example of schema?.examples ?? []) {
      expect(compile(ajv, document, schema!)(example)).toBe(true)
      examples++
    }
  }
  expect(examples).toBeGreaterThan(3)
})

test('the explorer is served by ourselves: no address of another host', async () => {
  await using app = await testApp()
  const page = await app.call('GET', '/docs', { key: null })
  expect(page.status).toBe(200)
  const addresses = [...page.text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!)
  expect(addresses.length).toBeGreaterThan(2)
  for (const address of addresses) {
    expect(address).toStartWith('/docs/')
    expect((await app.call('GET', address, { key: null })).status).toBe(200)
  }
  expect(page.text + (await app.call('GET', '/docs/start.js', { key: null })).text).not.toMatch(/https?:\/\//)
  expect(page.text).not.toMatch(/<script>|onload=/)
})

test('whatever the document allows, and whatever it forbids, is answered as it says and gives nothing away', async () => {
  await using app = await testApp()
  const { document, operations } = await readDocument(app)
  const ajv = newAjv()
  const complaints: string[] = []
  const neverDone: string[] = []
  for (const operation of operations) {
    let done = 0
    const known = await knownValues(app, operation.path)
    const valid = fc.sample(validRequests(document, operation, known), { numRuns: RUNS, seed: SEED })
    const hostile = fc.sample(hostileRequests(document, operation, known), { numRuns: RUNS, seed: SEED })
    for (const sample of [...valid, ...hostile]) {
      const answer = await send(app, operation, sample)
      if (!answer) continue
      if (answer.status < 300) done++
      const complaint = check(ajv, document, operation, answer)
      if (complaint)
        complaints.push(`${operation.operationId} ${JSON.stringify(sample).slice(0, 300)}: ${complaint}`)
    }
    if (done === 0) neverDone.push(operation.operationId)
  }
  expect(complaints).toEqual([])
  // They want a key, something that failed or was deleted before, or a job that is no part of a run.
  expect(neverDone).toEqual(['openSession', 'undeleteDocument', 'resumeRun', 'cancelJob', 'retryJob'])
}, 60_000)

/** Undefined for what no client can send: a header or an address that is not one. */
async function send(app: TestApp, operation: Operation, { parameters, body }: ArbitraryRequest) {
  const headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' }
  const query = new URLSearchParams()
  const path: Record<string, string> = {}
  for (const { name, in: place } of operation.parameters ?? []) {
    const value = parameters[name]
    if (value === undefined) continue
    const text = (typeof value === 'object' ? JSON.stringify(value) : String(value)).toWellFormed()
    if (place === 'path') path[name] = text || ' '
    else if (place === 'query') query.set(name, text)
    else headers[name] = text
  }
  let sent: Request
  try {
    sent = request(operation.method, `${addressOf(operation, path)}?${query}`, {
      key: app.team.key,
      headers,
      body,
    })
  } catch {
    return undefined
  }
  const response = await app.fetch(sent)
  if (response.headers.get('content-type') !== 'text/event-stream') return readAnswer(response)
  await response.body?.cancel()
  return { status: response.status, headers: response.headers, text: '', body: undefined }
}

function check(ajv: Ajv, document: ApiDocument, operation: Operation, answer: Answer): string | undefined {
  const { status, headers, text, body } = answer
  if (status >= 500) return `${status} ${text}`
  if (LEAK.test(text.replaceAll(/"(text|markdown|title|detail|input)":"(\\.|[^"])*"/g, '')))
    return `it tells too much: ${text}`
  const documented = operation.responses[status]
  if (!documented) return `${status} is not documented: ${text}`
  if (!documented.content) return text && `${status} should be empty: ${text}`
  const type = headers.get('content-type')?.split(';')[0] ?? ''
  const content = documented.content[type]
  if (!content) return `${status} is of the type ${type}`
  if (!/json/.test(type)) return undefined
  const validate = compile(ajv, document, content.schema)
  return validate(body) ? undefined : `${status} ${ajv.errorsText(validate.errors)}: ${text.slice(0, 300)}`
}

/** Values of this project's own, for the operations under `path`. */
async function knownValues(app: TestApp, path: string): Promise<Record<string, unknown[]>> {
  const source = (await app.call('POST', '/api/v1/sources', { body: { kind: 'text', text: 'A few words.' } }))
    .body
  const document = (await app.call('POST', '/api/v1/documents', { body: { sourceIds: [source.id] } })).body
  await saveVersion(app, document.id, '# Title\n\n## One\n\nText.\n')
  const started = await app.call('POST', '/api/v1/pipelines/generate_blog', {
    body: { documentId: document.id },
  })
  const { run, job } = started.body
  const passages = (await app.call('GET', `/api/v1/sources/${source.id}/passages`)).body.items
  const cursor = Buffer.from(path.endsWith('/jobs') ? job.id : path.endsWith('/runs') ? run.id : document.id)
  const ids = {
    sources: source.id,
    documents: document.id,
    runs: run.id,
    jobs: job.id,
    passages: passages[0].id,
  }
  return {
    id: [ids[path.split('/')[3] as keyof typeof ids]],
    number: [1],
    to: [1],
    cursor: [cursor.toString('base64url')],
    documentId: [document.id],
    sourceId: [source.id],
    sourceIds: [[source.id]],
    runId: [run.id],
    passageId: [passages[0].id],
    passageIds: [[passages[0].id]],
    'if-match': ['*'],
    prefer: ['respond-async'],
    'idempotency-key': Array.from({ length: 50 }, () => crypto.randomUUID()),
  }
}

function newAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: false })
  addFormats(ajv)
  return ajv
}

const compiled = new WeakMap<Schema, ReturnType<Ajv['compile']>>()

function compile(ajv: Ajv, document: ApiDocument, schema: Schema) {
  const known = compiled.get(schema) ?? ajv.compile({ ...schema, components: document.components })
  compiled.set(schema, known)
  return known
}

/** The skeleton of OpenAPI 3.1: what its own schema asks of the parts that are used here. */
const OPENAPI = {
  type: 'object',
  required: ['openapi', 'info', 'paths', 'components'],
  properties: {
    openapi: { pattern: '^3\\.1\\.\\d$' },
    info: { type: 'object', required: ['title', 'version'] },
    components: { type: 'object', required: ['schemas', 'securitySchemes'] },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'put', 'post', 'delete', 'patch'] },
        additionalProperties: { $ref: '#/$defs/operation' },
      },
    },
  },
  $defs: {
    operation: {
      type: 'object',
      required: ['operationId', 'summary', 'tags', 'security', 'responses'],
      properties: {
        operationId: { type: 'string', pattern: '^[a-z][A-Za-z]+$' },
        parameters: { type: 'array', items: { $ref: '#/$defs/parameter' } },
        requestBody: {
          type: 'object',
          required: ['content'],
          properties: { content: { $ref: '#/$defs/content' } },
        },
        responses: {
          type: 'object',
          propertyNames: { pattern: '^[1-5]\\d\\d$' },
          additionalProperties: {
            type: 'object',
            required: ['description'],
            properties: {
              description: { type: 'string', minLength: 1 },
              content: { $ref: '#/$defs/content' },
            },
            additionalProperties: false,
          },
        },
      },
    },
    parameter: {
      type: 'object',
      required: ['name', 'in', 'schema'],
      properties: { in: { enum: ['path', 'query', 'header', 'cookie'] } },
      if: { properties: { in: { const: 'path' } } },
      // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON schema
      then: { properties: { required: { const: true } }, required: ['required'] },
    },
    content: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^[a-z]+/[a-z.+-]+$' },
      additionalProperties: {
        type: 'object',
        required: ['schema'],
        properties: { schema: { type: 'object' } },
      },
    },
  },
}
