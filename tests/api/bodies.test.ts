import { expect, test } from 'bun:test'
import { ANONYMOUS_BYTES_MAX, JSON_BYTES_MAX, JSON_DEPTH_MAX, MULTIPART_BYTES_MAX } from '#src/body.ts'
import { codeOf, readAnswer, testApp } from '../harness.ts'
import { addDocument } from '../material.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

test('a body is read as JSON and nothing else: what a form of another site can send is refused', async () => {
  await using app = await testApp()
  const post = (type: string | undefined, body: string | Uint8Array) =>
    app.call('POST', '/api/v1/documents', {
      body,
      headers: type === undefined ? {} : { 'content-type': type },
    })
  const json = '{"sourceIds":[]}'
  expect((await post('application/json', json)).status).toBe(201)
  expect((await post('application/json; charset=utf-8', json)).status).toBe(201)
  expect((await post('Application/JSON', json)).status).toBe(201)
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data; boundary=x',
    'json',
    '',
  ])
    expect({ type, ...codeOf(await post(type, json)) }).toEqual({
      type,
      status: 415,
      code: 'unsupported_media_type',
    })
  expect(codeOf(await post(undefined, new TextEncoder().encode(json)))).toEqual({
    status: 415,
    code: 'unsupported_media_type',
  })
})

test('a POST that needs no body may come without one, or with an empty one', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  const { body } = await app.call('POST', '/api/v1/pipelines/generate_blog', { body: { documentId: id } })
  const cancel = `/api/v1/runs/${body.run.id}/cancel`
  expect((await app.call('POST', cancel)).status).toBe(200)
  expect((await app.call('POST', cancel, { headers: JSON_TYPE })).status).toBe(200)
  expect((await app.call('POST', cancel, { body: '', headers: JSON_TYPE })).status).toBe(200)
  expect((await app.call('POST', cancel, { body: {} })).status).toBe(200)
  // Where one is needed, its absence is said.
  for (const headers of [{}, JSON_TYPE]) {
    const { status, body: problem } = await app.call('POST', '/api/v1/documents', {
      headers: headers as Record<string, string>,
    })
    expect({ status, code: problem.code }).toEqual({ status: 422, code: 'invalid_request' })
  }
})

test('what is not JSON in UTF-8 is malformed', async () => {
  await using app = await testApp()
  const bodies = [
    '{',
    '[1,',
    '{"a":}',
    "{'a':1}",
    'undefined',
    '{"sourceIds":[]} x',
    new Uint8Array([0x7b, 0xff, 0x7d]),
    '\u0000',
  ]
  for (const body of bodies) {
    const answer = await app.call('POST', '/api/v1/documents', { body, headers: JSON_TYPE })
    expect({ body, ...codeOf(answer) }).toEqual({ body, status: 400, code: 'malformed_body' })
  }
})

test('JSON of the wrong shape is invalid, with the fields that are wrong', async () => {
  await using app = await testApp()
  for (const body of ['null', '[]', '1', '"text"', 'true', '{}']) {
    const answer = await app.call('POST', '/api/v1/documents', { body, headers: JSON_TYPE })
    expect({ body, ...codeOf(answer) }).toEqual({ body, status: 422, code: 'invalid_request' })
  }
  const { body } = await app.call('POST', '/api/v1/documents', {
    body: { sourceIds: 'x', title: 5, colour: 'red' },
  })
  expect(body.issues.map((issue: { path: string }) => issue.path).toSorted()).toEqual([
    '/colour',
    '/sourceIds',
    '/title',
  ])
})

test('JSON is read to a depth of 64 and no deeper, at once', async () => {
  await using app = await testApp()
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const post = (body: string) => app.call('POST', '/api/v1/documents', { body, headers: JSON_TYPE })
  expect(codeOf(await post(nested(JSON_DEPTH_MAX)))).toEqual({ status: 422, code: 'invalid_request' })
  for (const depth of [JSON_DEPTH_MAX + 1, 100_000]) {
    const answer = await post(nested(depth))
    expect({ depth, ...codeOf(answer) }).toEqual({ depth, status: 422, code: 'limit_exceeded' })
    expect(answer.body.detail).toContain('64')
  }
  expect(codeOf(await post('{"a":'.repeat(100_000)))).toEqual({ status: 422, code: 'limit_exceeded' })
  // Brackets in a text are no depth.
  const title = '[{'.repeat(90)
  expect((await app.call('POST', '/api/v1/documents', { body: { sourceIds: [], title } })).body.title).toBe(
    title,
  )
})

test('a body over the limit is refused with the limit, whether it says its length or not', async () => {
  await using app = await testApp()
  const declared = await app.call('POST', '/api/v1/sources', {
    body: { kind: 'text', text: 'x'.repeat(JSON_BYTES_MAX) },
  })
  expect(codeOf(declared)).toEqual({ status: 413, code: 'body_too_large' })
  expect(declared.body.detail).toContain(String(JSON_BYTES_MAX))

  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 64 * 1024
      controller.enqueue(new Uint8Array(64 * 1024).fill(32))
    },
  })
  const chunked = new Request('http://localhost/api/v1/sources', {
    method: 'POST',
    body: endless,
    headers: { ...JSON_TYPE, authorization: `Bearer ${app.team.key}` },
  })
  const answer = await readAnswer(await app.fetch(chunked))
  expect(codeOf(answer)).toEqual({ status: 413, code: 'body_too_large' })
  expect(sent).toBeLessThan(JSON_BYTES_MAX + 1024 * 1024)

  const form = new FormData()
  form.set('file', new File([new Uint8Array(MULTIPART_BYTES_MAX)], 'large.txt'))
  const upload = await app.call('POST', '/api/v1/sources', { body: form })
  expect(codeOf(upload)).toEqual({ status: 413, code: 'body_too_large' })
  expect(upload.body.detail).toContain(String(MULTIPART_BYTES_MAX))
})

test('a form that is broken is malformed', async () => {
  await using app = await testApp()
  for (const type of ['multipart/form-data', 'multipart/form-data; boundary=none']) {
    const answer = await app.call('POST', '/api/v1/sources', {
      body: 'no form',
      headers: { 'content-type': type },
    })
    expect({ type, ...codeOf(answer) }).toEqual({ type, status: 400, code: 'malformed_body' })
  }
})

test('text that no database can keep is repaired on the way in, not changed on the way out', async () => {
  await using app = await testApp()
  const body = '{"sourceIds":[],"title":"a\\ud800b\\u0000c \\ud83d\\ude00"}'
  const created = await app.call('POST', '/api/v1/documents', { body, headers: JSON_TYPE })
  expect(created.body.title).toBe('a\ufffdb\ufffdc 😀')
  expect((await app.call('GET', `/api/v1/documents/${created.body.id}`)).body.title).toBe(
    'a\ufffdb\ufffdc 😀',
  )
})

test('a request without key or session may send only what signing in takes', async () => {
  await using app = await testApp()
  const body = { kind: 'api_key', key: 'x'.repeat(ANONYMOUS_BYTES_MAX) }
  const answer = await app.call('POST', '/api/v1/session', { key: null, body })
  expect(codeOf(answer)).toEqual({ status: 413, code: 'body_too_large' })
  expect(answer.body.detail).toContain(String(ANONYMOUS_BYTES_MAX))
})

test('a key or a cookie that was made up allows no more than none', async () => {
  await using app = await testApp()
  const body = { kind: 'text', text: 'x'.repeat(ANONYMOUS_BYTES_MAX) }
  const made: Record<string, string>[] = [
    { authorization: 'Bearer nothing' },
    { cookie: 'a=b' },
    { cookie: 'quill_session=x' },
  ]
  for (const headers of made) {
    const answer = await app.call('POST', '/api/v1/sources', { key: null, body, headers })
    expect({ headers, ...codeOf(answer) }).toEqual({ headers, status: 413, code: 'body_too_large' })
  }
  expect((await app.call('POST', '/api/v1/sources', { body })).status).toBe(201)
})
