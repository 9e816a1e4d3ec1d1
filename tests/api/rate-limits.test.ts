import { expect, test } from 'bun:test'
import { REQUESTS_PER_ADDRESS, REQUESTS_PER_KEY, STARTS_PER_PROJECT } from '#src/limits/rate-limits.ts'
import { type Answer, type CallOptions, codeOf, type TestApp, testApp } from '../harness.ts'
import { addDocument } from '../material.ts'

const LIMITED = { status: 429, code: 'rate_limited' }
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }
const remaining = ({ headers }: Answer) => Number(headers.get('ratelimit-remaining'))
const from = (address: string) => ({ key: null, headers: { 'x-forwarded-for': address } })

/** Asks until it is refused, as often as the limit allows and once more; the answers. */
async function useUp(app: TestApp, limit: number, options: CallOptions, path = '/api/v1/project') {
  const answers: Answer[] = []
  for (let asked = 0; asked <= limit; asked++) answers.push(await app.call('GET', path, options))
  return answers
}

test('every key has its own allowance, is told what is left, and is asked to wait when it is used up', async () => {
  await using app = await testApp({ limited: true })
  const { limit } = REQUESTS_PER_KEY
  const answers = await useUp(app, limit, {})
  expect(answers.map(remaining).slice(0, 3)).toEqual([limit - 1, limit - 2, limit - 3])
  expect(new Set(answers.slice(0, limit).map(({ status }) => status))).toEqual(new Set([200]))
  const refused = answers.at(-1)!
  expect(codeOf(refused)).toEqual(LIMITED)
  expect(refused.headers.get('ratelimit-limit')).toBe(String(limit))
  expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
  expect(refused.body.detail).toContain(REQUESTS_PER_KEY.rule)
  const other = await app.keyWith(['project:read'])
  expect((await app.call('GET', '/api/v1/project', { key: other })).status).toBe(200)
  const { cookie } = await app.person('Ada', { role: 'viewer' })
  expect((await app.call('GET', '/api/v1/project', { key: null, headers: { cookie } })).status).toBe(200)
})

test('what is refused for want of a right counts as well', async () => {
  await using app = await testApp({ limited: true })
  const key = await app.keyWith(['sources:read'])
  const answers = await useUp(app, REQUESTS_PER_KEY.limit, { key })
  expect(codeOf(answers[0]!)).toEqual({ status: 403, code: 'forbidden' })
  expect(codeOf(answers.at(-1)!)).toEqual(LIMITED)
})

test('an address without a key has its own, however it asks; another address, and who has a key, are not touched', async () => {
  await using app = await testApp({ limited: true, settings: { TRUSTED_PROXIES: '1' } })
  const { limit } = REQUESTS_PER_ADDRESS
  const answers = await useUp(app, limit, from('192.0.2.7'), '/api/v1/session')
  expect(answers.slice(0, limit).every(({ status }) => status === 200)).toBe(true)
  expect(codeOf(answers.at(-1)!)).toEqual(LIMITED)
  expect(codeOf(await app.call('GET', '/api/v1', from('192.0.2.7')))).toEqual(LIMITED)
  expect((await app.call('GET', '/api/v1', from('192.0.2.8'))).status).toBe(200)
  expect(
    (await app.call('GET', '/api/v1/project', { headers: { 'x-forwarded-for': '192.0.2.7' } })).status,
  ).toBe(200)
  expect((await app.call('GET', '/health/live', from('192.0.2.7'))).status).toBe(200)
})

test('guessing keys is limited by address, whatever the address claims of itself', async () => {
  await using app = await testApp({ limited: true, settings: { TRUSTED_PROXIES: '1' } })
  const guess = (claimed: string) => ({
    key: `${app.team.key.slice(0, -1)}!`,
    headers: { 'x-forwarded-for': `${claimed}, 192.0.2.7` },
  })
  let last: Answer | undefined
  for (let asked = 0; asked <= REQUESTS_PER_ADDRESS.limit; asked++)
    last = await app.call('GET', '/api/v1/project', guess(`198.51.100.${asked}`))
  expect(codeOf(last!)).toEqual(LIMITED)
})

test('a network of IPv6 is one address', async () => {
  await using app = await testApp({ limited: true, settings: { TRUSTED_PROXIES: '1' } })
  let last: Answer | undefined
  for (let asked = 0; asked <= REQUESTS_PER_ADDRESS.limit; asked++)
    last = await app.call('GET', '/api/v1', from(`2001:db8::${asked.toString(16)}`))
  expect(codeOf(last!)).toEqual(LIMITED)
  expect((await app.call('GET', '/api/v1', from('2001:db8:0:1::1'))).status).toBe(200)
})

test('what costs money is limited for a project, by whatever key it is started', async () => {
  await using app = await testApp({ limited: true })
  const { id } = await addDocument(app)
  const keys = [await app.keyWith(['pipelines:run']), await app.keyWith(['pipelines:run'])]
  const start = async (asked: number) => {
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const key = keys[asked % 2]!
    return asked % 3
      ? app.call('POST', '/api/v1/steps/seo.generate', { key, headers, body: { title: 'A', markdown: 'B' } })
      : app.call('POST', '/api/v1/pipelines/generate_blog', { key, headers, body: { documentId: id } })
  }
  const codes: number[] = []
  for (let asked = 0; asked <= STARTS_PER_PROJECT.limit; asked++) codes.push((await start(asked)).status)
  expect(codes.slice(0, -1).filter((status) => status === 429)).toEqual([])
  expect(codes.at(-1)).toBe(429)
  const body = { title: 'A', markdown: 'B' }
  const headers = { 'idempotency-key': 'one' }
  const rival = await app.call('POST', '/api/v1/steps/seo.generate', { key: app.rivals.key, headers, body })
  expect(rival.status).toBe(202)
})

test('signing in is slowed down from one address, with the same headers, whether or not there is an account', async () => {
  await using app = await testApp({ limited: true, settings: { TRUSTED_PROXIES: '1' } })
  const person = await app.person('Ada', { role: 'owner' })
  const told = async (email: string, address: string) => {
    const seen: unknown[] = []
    for (let tried = 0; tried < 7; tried++) {
      const answer = await app.call('POST', '/api/v1/auth/sign-in', {
        key: null,
        body: { email, password: 'not the password' },
        headers: { ...SAME_ORIGIN, 'x-forwarded-for': address },
      })
      seen.push({ ...codeOf(answer), left: remaining(answer), waits: answer.headers.has('retry-after') })
    }
    return seen
  }
  const known = await told(person.email, '192.0.2.7')
  expect(known).toEqual(await told('nobody@example.com', '192.0.2.8'))
  expect(known.at(0)).toMatchObject({ status: 401 })
  expect(known.at(-1)).toMatchObject({ ...LIMITED, left: 0, waits: true })
})
