import { expect, test } from 'bun:test'
import { errorStatus } from '#src/errors.ts'
import { codeOf, testApp } from '../harness.ts'
import { addDocument } from '../material.ts'

test('a failure is a problem document: type, title, status, detail, code, and the id of the request', async () => {
  await using app = await testApp()
  const { status, headers, body } = await app.call('GET', '/api/v1/documents/doc_none')
  expect(status).toBe(404)
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(body).toEqual({
    type: '/docs/errors#not-found',
    title: 'Not found',
    status: 404,
    detail: 'There is no such document.',
    code: 'not_found',
    requestId: headers.get('x-request-id'),
  })
})

test('the address that a problem names explains its code', async () => {
  await using app = await testApp()
  const { status, text } = await app.call('GET', '/docs/errors', { key: null })
  expect(status).toBe(200)
  for (const code of Object.keys(errorStatus))
    expect(text).toMatch(new RegExp(`id="${code.replaceAll('_', '[-_]')}"`))
})

test('every answer carries the id of its request; a usable one is kept, any other replaced', async () => {
  await using app = await testApp()
  const idFor = async (sent?: string) => {
    const headers: Record<string, string> = sent === undefined ? {} : { 'x-request-id': sent }
    return (await app.call('GET', '/health/live', { headers })).headers.get('x-request-id')
  }
  for (const kept of ['abc', 'a.b:c_d-1', 'x'.repeat(128)]) expect(await idFor(kept)).toBe(kept)
  const hostile = ['', ' ', 'x'.repeat(129), 'a b', 'a"b', '<script>', 'é', 'a,b', '{}']
  for (const sent of hostile) expect(await idFor(sent)).toMatch(/^[\w-]{8,64}$/)
  const ids = new Set(await Promise.all(Array.from({ length: 100 }, () => idFor())))
  expect(ids.size).toBe(100)
})

test('an address or a method that there is not is a problem too', async () => {
  await using app = await testApp()
  for (const [method, path] of [
    ['GET', '/api/v1/nothing'],
    ['PUT', '/api/v1/documents'],
    ['POST', '/health/live'],
    ['GET', '/api/v2'],
  ] as const) {
    const { status, body } = await app.call(method, path)
    expect({ method, path, status, code: body?.code }).toEqual({
      method,
      path,
      status: 404,
      code: 'not_found',
    })
  }
})

test('HEAD answers as GET does, without the body', async () => {
  await using app = await testApp()
  const { id, sourceId } = await addDocument(app)
  for (const path of [
    '/api/v1',
    '/health/ready',
    `/api/v1/documents/${id}`,
    `/api/v1/sources/${sourceId}`,
    '/api/v1/jobs',
    '/api/v1/documents/doc_none',
  ]) {
    const [get, head] = [await app.call('GET', path), await app.call('HEAD', path)]
    expect({ path, status: head.status, text: head.text }).toEqual({ path, status: get.status, text: '' })
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'))
  }
  expect((await app.call('HEAD', '/api/v1/documents', { key: null })).status).toBe(401)
})

test('an unforeseen failure says that it is ours, and nothing of what it was', async () => {
  await using app = await testApp()
  app.db.select = () => {
    throw new Error('disk I/O error at /var/lib/secret.db')
  }
  const { status, body, text } = await app.call('GET', '/api/v1/sources')
  expect({ status, code: body.code }).toEqual({ status: 500, code: 'internal' })
  expect(text).not.toMatch(/secret|disk|Error:/)
})

test('readiness says when the database does not answer; life does not depend on it', async () => {
  await using app = await testApp()
  app.db.get = () => {
    throw new Error('disk I/O error')
  }
  expect(codeOf(await app.call('GET', '/health/ready', { key: null }))).toEqual({
    status: 503,
    code: 'unavailable',
  })
  expect((await app.call('GET', '/health/live', { key: null })).body).toEqual({ status: 'ok' })
})

test('a query or an address that is not valid is named as such', async () => {
  await using app = await testApp()
  for (const [path, where] of [
    ['/api/v1/documents?limit=0', 'query'],
    ['/api/v1/documents?limit=201', 'query'],
    ['/api/v1/documents?limit=x', 'query'],
    ['/api/v1/documents?limit=', 'query'],
    ['/api/v1/documents?colour=red', 'query'],
    ['/api/v1/documents/doc_x/versions/0', 'address'],
    ['/api/v1/documents/doc_x/versions/one', 'address'],
    ['/api/v1/documents/%E0%A4%A', 'address'],
  ] as const) {
    const { status, body } = await app.call('GET', path)
    expect({ path, status, code: body.code }).toEqual({ path, status: 422, code: 'invalid_request' })
    expect(body.detail).toContain(where)
    expect(body.issues.length).toBeGreaterThan(0)
    expect(body.detail).not.toMatch(/'integer'|undefined/)
  }
})

test('a request that is not valid is refused with every issue, up to twenty', async () => {
  await using app = await testApp()
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`field${index}`, index]))
  const { body } = await app.call('POST', '/api/v1/documents', { body: { sourceIds: [], ...many } })
  expect(body.issues).toHaveLength(20)
})

test('of a body that may be one of several, the issues are those of the likeliest', async () => {
  await using app = await testApp()
  const pathsOf = async (path: string, body: unknown) => {
    const headers = { 'sec-fetch-site': 'same-origin' }
    const answer = await app.call('POST', path, { body, headers })
    expect(answer.status).toBe(422)
    expect(answer.text).not.toMatch(/undefined|UnionEnum|union/)
    return answer.body.issues.map((issue: { path: string }) => issue.path)
  }
  expect(await pathsOf('/api/v1/sources', { kind: 'text' })).toEqual(['/text'])
  expect(await pathsOf('/api/v1/sources', { kind: 'text', text: 5, title: '' })).toEqual(['/title', '/text'])
  expect(await pathsOf('/api/v1/session', { kind: 'password' })).toEqual(['/kind'])
  expect(
    await pathsOf('/api/v1/pipelines/generate_blog', { documentId: 'x', options: { tone: 'z' } }),
  ).toEqual(['/options/tone'])
})

test('what was sent in the place of a text is not repeated: it may be a secret, and problems are logged', async () => {
  await using app = await testApp()
  for (const secret of [['hunter2 hunter2'], 27182818284, { is: 'hunter2 hunter2' }, true]) {
    const body = { email: 'ada@example.com', password: secret }
    const headers = { 'sec-fetch-site': 'same-origin' }
    const { status, text } = await app.call('POST', '/api/v1/auth/sign-in', { key: null, body, headers })
    expect(status).toBe(422)
    expect(text).toContain('/password')
    expect(text).not.toMatch(/hunter2|27182818284|found/)
  }
})

test('a field that would break every sentence about it is refused, however it is spelled', async () => {
  await using app = await testApp()
  const nested = [
    '{"toString":null}',
    '{"a":{"toString":1}}',
    '[{"\\u0074o\\u0053tring":""}]',
    '{"toString":{"toString":0}}',
  ]
  for (const value of nested) {
    const body = `{"name":${value}}`
    const headers = { 'content-type': 'application/json' }
    expect({ body, ...codeOf(await app.call('PATCH', '/api/v1/project', { body, headers })) }).toEqual({
      body,
      status: 400,
      code: 'malformed_body',
    })
  }
  const body = { name: 'toString is a word' }
  expect((await app.call('PATCH', '/api/v1/project', { body })).body.name).toBe('toString is a word')
})

test('the first page of the API says what answers and where to go on', async () => {
  await using app = await testApp()
  const { body } = await app.call('GET', '/api/v1', { key: null })
  expect(body).toMatchObject({ name: 'Quill', queue: 'inline', environment: 'test' })
  for (const link of Object.values<string>(body.links))
    expect((await app.call('HEAD', link)).status).toBe(200)
})
