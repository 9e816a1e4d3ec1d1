import { expect, test } from 'bun:test'
import { errorStatus } from '#src/errors.ts'
import { testApp } from '../harness.ts'
import { compile, newAjv } from './json-schema.ts'
import { isForPeople, isOpen, readDocument } from './operations.ts'

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
    const open = isOpen(operation)
    const schemes = isForPeople(operation) ? [{ session: [] }] : [{ apiKey: [] }, { session: [] }]
    expect(summary).toMatch(/^[A-Z]/)
    expect(security).toEqual(open ? [] : schemes)
    const statuses = Object.keys(responses).map(Number)
    const mustAnswer = [
      500,
      ...(open ? [] : [401, 403, 404, 422]),
      ...(method === 'GET' ? [] : [400, 413, 415]),
    ]
    expect({ path, statuses }).toEqual({ path, statuses: expect.arrayContaining(mustAnswer) })
    expect(statuses.some((status) => status < 400)).toBe(true)
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
