import { expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import { connect } from '#db/connect.ts'
import { enforce, refusal } from '#src/limits/enforce.ts'
import {
  PASSWORD_RESETS_PER_ACCOUNT,
  type RateLimit,
  rateLimit,
  rateLimits,
  SIGN_UPS_PER_ADDRESS,
} from '#src/limits/rate-limits.ts'
import { createRates, type Rates, takeRequest } from '#src/limits/rates.ts'
import type { Taking } from '#src/limits/window.ts'
import { createLog } from '#src/log.ts'
import { problems } from '#src/problem.ts'
import { Secret } from '#src/secret.ts'

const limited = (limit: number, kept: 'process' | 'always') =>
  rateLimit({
    name: `${kept} ${limit}`,
    subject: 'key',
    what: 'requests of the tests',
    limit,
    windowMs: 60_000,
    kept,
  })

function rates(shared: boolean) {
  const connection = connect(':memory:')
  const opened = createRates({ db: connection.db, secret: new Secret('a key of the tests'), shared })
  return { ...opened, db: connection.db, [Symbol.dispose]: connection.close }
}

/** An app with one route, which takes of each limit in turn. */
const appWith = (rates: Rates, limits = [limited(2, 'process')]) =>
  new Elysia().use(problems(createLog('silent'))).get('/', async ({ set }) => {
    for (const limit of limits) enforce(await rates.take(limit, 'a'), set.headers)
    return 'done'
  })

const ask = (app: { handle(request: Request): Promise<Response> }) =>
  app.handle(new Request('http://localhost/'))

test('every answer of a limited route tells where the client stands', async () => {
  for (const kept of ['process', 'always'] as const) {
    using limiting = rates(false)
    const app = appWith(limiting, [limited(2, kept)])
    const { status, headers } = await ask(app)
    expect(status).toBe(200)
    expect(headers.get('ratelimit-limit')).toBe('2')
    expect(headers.get('ratelimit-remaining')).toBe('1')
    expect(Number(headers.get('ratelimit-reset'))).toBeWithin(1, 66)
    expect(headers.get('retry-after')).toBeNull()
  }
})

test('who asks too often is told to wait, for how long, and what the limit is', async () => {
  for (const kept of ['process', 'always'] as const) {
    using limiting = rates(false)
    const app = appWith(limiting, [limited(2, kept)])
    await ask(app)
    await ask(app)
    const answer = await ask(app)
    expect(answer.status).toBe(429)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.headers.get('ratelimit-remaining')).toBe('0')
    const retryAfter = answer.headers.get('retry-after')!
    expect(retryAfter).toMatch(/^[1-9]\d*$/)
    expect(answer.headers.get('ratelimit-reset')).toBe(retryAfter)
    const problem = await answer.json()
    expect(problem).toMatchObject({ code: 'rate_limited', status: 429, type: '/docs/errors#rate-limited' })
    expect(problem.detail).toMatch(/^At most 2 requests of the tests in 1 minute\. Try again in \d+ \w+\.$/)
  }
})

test('of several limits the headers tell the one with the least left', async () => {
  for (const limits of [
    [limited(9, 'process'), limited(3, 'always')],
    [limited(3, 'always'), limited(9, 'process')],
  ]) {
    using limiting = rates(false)
    const { headers } = await ask(appWith(limiting, limits))
    expect(headers.get('ratelimit-limit')).toBe('3')
    expect(headers.get('ratelimit-remaining')).toBe('2')
  }
})

test('whole seconds are rounded up, and never none', () => {
  const headers = (resetMs: number) => {
    const set: Record<string, string | number> = {}
    const taking: Taking = { allowed: false, limit: 1, remaining: 0, resetMs, rule: 'At most one.' }
    expect(() => enforce(taking, set)).toThrow('At most one. Try again in ')
    return set['retry-after']
  }
  expect([0, 1, 999, 1_000, 1_001, 60_000].map(headers)).toEqual(['1', '1', '1', '1', '2', '60'])
  const detail = (resetMs: number) =>
    refusal({ allowed: false, limit: 1, remaining: 0, resetMs, rule: 'No.' })
  expect([1, 59_001, 60_000, 60_001, 7_200_000].map(detail)).toEqual([
    'No. Try again in 1 second.',
    'No. Try again in 60 seconds.',
    'No. Try again in 1 minute.',
    'No. Try again in 2 minutes.',
    'No. Try again in 2 hours.',
  ])
})

test('keys, browsers and addresses are counted apart, each by its own limit', async () => {
  using limiting = rates(false)
  const kinds = ['api_key', 'person', 'address'] as const
  const takings = await Promise.all(kinds.map((kind) => takeRequest(limiting, { kind, id: 'the same' })))
  expect(takings.map(({ limit, remaining }) => limit - remaining)).toEqual([1, 1, 1])
  expect(new Set(takings.map(({ rule }) => rule)).size).toBe(3)
})

test('a network is one address, and an e-mail address one account, however it is written', async () => {
  using limiting = rates(false)
  const left = async (limit: RateLimit, subject: string) => (await limiting.take(limit, subject)).remaining
  const networks = [
    await left(SIGN_UPS_PER_ADDRESS, '2001:db8:1:2::1'),
    await left(SIGN_UPS_PER_ADDRESS, '2001:db8:1:2::2'),
  ]
  expect(networks).toEqual([19, 18])
  const accounts = [
    await left(PASSWORD_RESETS_PER_ACCOUNT, 'ada@example.org'),
    await left(PASSWORD_RESETS_PER_ACCOUNT, ' Ada@Example.org'),
  ]
  expect(accounts).toEqual([2, 1])
})

test('one process alone counts requests without asking the database; several share the count', async () => {
  using alone = rates(false)
  const key = { kind: 'api_key', id: 'key' } as const
  expect(takeRequest(alone, key)).not.toBeInstanceOf(Promise)
  using one = rates(true)
  const other = createRates({ db: one.db, secret: new Secret('a key of the tests'), shared: true })
  const first = takeRequest(one, key)
  expect(first).toBeInstanceOf(Promise)
  let allowed = (await first).allowed ? 1 : 0
  for (let asked = 0; asked < 700; asked++)
    if ((await takeRequest(asked % 2 ? one : other, key)).allowed) allowed++
  expect(allowed).toBeWithin(600 - 600 / 16, 601)
  // An attacker with many addresses must not cost a write for each.
  expect(takeRequest(one, { kind: 'address', id: '192.0.2.7' })).not.toBeInstanceOf(Promise)
})

test('every limit has a name of its own and a sentence with its figures', () => {
  expect(new Set(rateLimits.map(({ name }) => name)).size).toBe(rateLimits.length)
  for (const { name, subject, limit, rule } of rateLimits) {
    expect(name).toMatch(new RegExp(`^[a-z_]+_per_${subject}$`))
    expect(rule).toMatch(new RegExp(`^At most ${limit} [a-zA-Z -]+ in (1|15) (minute|hour|day)s?\\.$`))
  }
})
