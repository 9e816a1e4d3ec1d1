import { describe, expect, test } from 'bun:test'
import { codeOf, type TestApp, testApp } from '../harness.ts'

const HOST = { host: 'localhost' }
const HTTPS = { PUBLIC_URL: 'https://quill.example' }
const PARTNER = 'https://partner.example'
const FOREIGN: [string, Record<string, string>][] = [
  ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
  ['a page of a sister site', { 'sec-fetch-site': 'same-site' }],
  ['another site, in a browser that says only its origin', { origin: 'https://evil.example', ...HOST }],
  ['another port of this host', { origin: 'http://localhost:8080', ...HOST }],
  ['a page without an origin', { origin: 'null', ...HOST }],
  ['an origin that is no address', { origin: 'localhost', ...HOST }],
  [
    'another site that says this one as well',
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost', ...HOST },
  ],
  ['something that says nothing of where it is from', {}],
]
const OWN: [string, Record<string, string>][] = [
  ['our own page', { 'sec-fetch-site': 'same-origin' }],
  ['an address that was typed', { 'sec-fetch-site': 'none' }],
  ['our own page, in a browser that says only its origin', { origin: 'http://localhost', ...HOST }],
]

describe('a change that is asked for with a cookie', () => {
  const change = async (app: TestApp, headers: Record<string, string>) => {
    const { cookie } = await app.person(crypto.randomUUID(), { role: 'owner' })
    const options = { key: null, body: { name: 'Changed' }, headers: { cookie, ...headers } }
    return codeOf(await app.call('PATCH', '/api/v1/project', options))
  }

  for (const [who, headers] of FOREIGN)
    test(`is refused to ${who}`, async () => {
      await using app = await testApp()
      expect(await change(app, headers)).toEqual({ status: 403, code: 'forbidden' })
      expect((await app.call('GET', '/api/v1/project')).body.name).toBe('Team')
    })

  for (const [who, headers] of OWN)
    test(`is accepted from ${who}`, async () => {
      await using app = await testApp()
      expect(await change(app, headers)).toMatchObject({ status: 200 })
    })
})

test('reading is no change, and a key is sent by nobody who does not know it', async () => {
  await using app = await testApp()
  const { cookie } = await app.person('Ada', { role: 'owner' })
  const crossSite = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  for (const method of ['GET', 'HEAD'])
    expect(
      await app.call(method, '/api/v1/documents', { key: null, headers: { cookie, ...crossSite } }),
    ).toMatchObject({ status: 200 })
  const byKey = await app.call('POST', '/api/v1/documents', { body: { sourceIds: [] }, headers: crossSite })
  expect(byKey.status).toBe(201)
})

test('nobody is signed in, up or out, and no demo is opened, by a page of another site', async () => {
  await using app = await testApp({ demo: true })
  const person = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' }
  for (const [method, path, body] of [
    ['POST', '/api/v1/session', { kind: 'demo' }],
    ['DELETE', '/api/v1/session', undefined],
    ['POST', '/api/v1/auth/sign-up', person],
    ['POST', '/api/v1/auth/sign-in', { email: person.email, password: person.password }],
    ['POST', '/api/v1/auth/two-factor', { method: 'totp', code: '123456' }],
    ['POST', '/api/v1/auth/password-reset', { email: person.email }],
    ['POST', '/api/v1/auth/password-reset/confirm', { token: 'x', password: person.password }],
    ['POST', '/api/v1/auth/confirm', { token: 'x' }],
    ['POST', '/api/v1/auth/providers/github', undefined],
  ] as const)
    for (const [who, headers] of FOREIGN) {
      const answer = await app.call(method, path, { key: null, body, headers })
      expect({ path, who, ...codeOf(answer) }).toEqual({ path, who, status: 403, code: 'forbidden' })
      expect(answer.headers.getSetCookie()).toEqual([])
    }
})

test('a form of another site can send no body that is read', async () => {
  await using app = await testApp()
  const { cookie } = await app.person('Ada', { role: 'owner' })
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const headers = { cookie, 'content-type': type, 'sec-fetch-site': 'same-origin' }
    const body = '{"name":"Changed"}'
    expect(codeOf(await app.call('PATCH', '/api/v1/project', { key: null, body, headers }))).toEqual({
      status: 415,
      code: 'unsupported_media_type',
    })
  }
})

test('the cookie of the demo is out of reach of scripts and other sites; behind HTTPS it is bound to the host', async () => {
  const cookieOf = async (settings: Record<string, string>, method: string, body?: object) => {
    await using app = await testApp({ demo: true, settings })
    const headers = { 'sec-fetch-site': 'same-origin' }
    const answer = await app.call(method, '/api/v1/session', { key: null, body, headers })
    expect(answer.status).toBe(204)
    return answer.headers.getSetCookie()
  }
  const demo = { kind: 'demo' }
  expect(await cookieOf({}, 'POST', demo)).toEqual([
    expect.stringMatching(/^quill_session=\w{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/),
  ])
  expect(await cookieOf(HTTPS, 'POST', demo)).toEqual([
    expect.stringMatching(
      /^__Host-quill_session=\w{43}; Path=\/; Max-Age=604800; Secure; HttpOnly; SameSite=Lax$/,
    ),
  ])
  const [ended] = await cookieOf(HTTPS, 'DELETE')
  expect(ended).toMatch(/^__Host-quill_session=; Path=\/; Max-Age=0; Secure; HttpOnly; SameSite=Lax$/)
})

test('the demo opens where it is allowed, under a name of this machine, and nowhere else', async () => {
  const open = async (demo: boolean, origin: string) => {
    await using app = await testApp({ demo })
    const request = new Request(`${origin}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: '{"kind":"demo"}',
    })
    return (await app.fetch(request)).status
  }
  expect(await open(true, 'http://localhost')).toBe(204)
  expect(await open(true, 'http://127.0.0.1:3000')).toBe(204)
  expect(await open(true, 'http://evil.example')).toBe(403)
  expect(await open(true, 'http://localhost.evil.example')).toBe(403)
  expect(await open(false, 'http://localhost')).toBe(403)
})

describe('pages of other origins', () => {
  const preflight = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  }
  const corsOf = (headers: Headers) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')))

  test('are told nothing unless they are named', async () => {
    for (const settings of [{}, { CORS_ORIGINS: PARTNER }] as Record<string, string>[]) {
      await using app = await testApp({ settings })
      for (const origin of [
        'https://evil.example',
        'null',
        `${PARTNER}.evil.example`,
        'http://partner.example',
      ]) {
        const read = await app.call('GET', '/api/v1/documents', { headers: { origin } })
        const asked = await app.call('OPTIONS', '/api/v1/documents', {
          key: null,
          headers: { origin, ...preflight },
        })
        expect({ origin, read: corsOf(read.headers), asked: corsOf(asked.headers) }).toEqual({
          origin,
          read: {},
          asked: {},
        })
      }
    }
  })

  test('may call with a key where they are named, and never with a cookie', async () => {
    await using app = await testApp({ settings: { CORS_ORIGINS: `${PARTNER},https://other.example` } })
    const headers = { origin: PARTNER }
    const asked = await app.call('OPTIONS', '/api/v1/documents', {
      key: null,
      headers: { ...headers, ...preflight },
    })
    expect(asked.status).toBe(204)
    expect(corsOf(asked.headers)).toMatchObject({
      'access-control-allow-origin': PARTNER,
      'access-control-allow-headers': expect.stringContaining('authorization'),
      'access-control-allow-methods': expect.stringContaining('PATCH'),
    })
    for (const answer of [
      await app.call('GET', '/api/v1/documents', { headers }),
      await app.call('GET', '/api/v1/documents', { key: null, headers }),
      await app.call('GET', '/api/v1/nothing', { headers }),
    ]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe(PARTNER)
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      expect(answer.headers.get('access-control-expose-headers')).toContain('retry-after')
      expect(answer.headers.get('vary')).toBe('Origin')
    }
    const { cookie } = await app.person('Ada', { role: 'owner' })
    const body = { name: 'Changed' }
    const change = await app.call('PATCH', '/api/v1/project', {
      key: null,
      body,
      headers: { ...headers, cookie, 'sec-fetch-site': 'cross-site' },
    })
    expect(change.status).toBe(403)
  })
})

describe('every answer says how a browser is to treat it', () => {
  const paths = [
    '/api/v1',
    '/api/v1/documents',
    '/api/v1/nothing',
    '/health/live',
    '/docs',
    '/docs/errors',
    '/docs/json',
  ]

  test('not to guess its type, to show it in no frame, to tell nobody where it was read', async () => {
    await using app = await testApp()
    for (const path of paths) {
      const { headers } = await app.call('GET', path)
      const policy = headers.get('content-security-policy') ?? ''
      expect({ path, sniffing: headers.get('x-content-type-options') }).toEqual({ path, sniffing: 'nosniff' })
      expect({ path, policy }).toEqual({ path, policy: expect.stringContaining("default-src 'none'") })
      expect({ path, policy }).toEqual({ path, policy: expect.stringContaining("frame-ancestors 'none'") })
      expect(policy).not.toMatch(/script-src[^;]*('unsafe|https?:|\*)/)
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('strict-transport-security')).toBeNull()
    }
  })

  test('to come by HTTPS alone, where PUBLIC_URL does', async () => {
    await using app = await testApp({ settings: HTTPS })
    for (const path of paths)
      expect((await app.call('GET', path)).headers.get('strict-transport-security')).toMatch(
        /^max-age=\d{8}$/,
      )
  })

  test('to keep nothing of what it holds', async () => {
    await using app = await testApp()
    for (const path of ['/api/v1/documents', '/api/v1/session', '/api/v1/nothing', '/health/live'])
      expect((await app.call('GET', path)).headers.get('cache-control')).toBe('no-store')
  })
})
