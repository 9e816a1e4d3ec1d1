import { afterAll, afterEach, beforeEach, describe, expect, setSystemTime, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { type TOTP, URI } from 'otpauth'
import { identities, users } from '#db/schema/accounts.ts'
import { FRESH_MINUTES } from '#src/accounts/limits.ts'
import { startIdentityProvider } from '#tests/fakes/identity-provider.ts'
import { codeOf, type TestApp } from '../harness.ts'
import {
  actionsOf,
  type Browser,
  isSignedIn,
  openApp,
  openBrowser,
  PASSWORD,
  signIn,
  signUp,
  thiefOf,
} from './browser.ts'

const ORIGIN = 'http://localhost'
const PROVIDERS = ['github', 'google'] as const
const NEW_PASSWORD = 'a better password'

const idp = startIdentityProvider(PROVIDERS.map((name) => `${ORIGIN}/api/v1/auth/callback/${name}`))
const openProviders = (settings = {}) => openApp({ ...idp.settings, ...settings })

beforeEach(() => {
  for (const person of Object.values(idp.people)) person.verified = true
})
afterEach(() => void setSystemTime())
afterAll(() => idp[Symbol.asyncDispose]())

type Walk = { as?: string; refuse?: boolean; link?: boolean }

/** Goes to a provider and comes back; gives the answer that the browser is received with. */
async function walk(browser: Browser, provider: string, { link = false, ...answer }: Walk = {}) {
  const path = link ? `/api/v1/account/identities/${provider}` : `/api/v1/auth/providers/${provider}`
  const begun = await browser.call('POST', path)
  if (begun.status !== 200) throw new Error(begun.text)
  const back = await idp.consent(begun.body.url, answer)
  return browser.call('GET', back.slice(ORIGIN.length), undefined, { 'sec-fetch-site': 'cross-site' })
}

const goalOf = ({ headers }: { headers: Headers }) => headers.get('location')

async function ada(app: TestApp) {
  const browser = openBrowser(app)
  await walk(browser, 'github')
  return browser
}

describe.each(PROVIDERS)('by %s', (provider) => {
  test('somebody new gets an account and a session, and comes back to it', async () => {
    await using app = await openProviders()
    const browser = openBrowser(app)
    const came = await walk(browser, provider)
    expect([came.status, goalOf(came)]).toEqual([302, `${ORIGIN}/`])
    const account = async (of: Browser) => (await of.call('GET', '/api/v1/account')).body
    expect(await account(browser)).toMatchObject({
      email: 'ada@example.com',
      hasPassword: false,
      identities: [{ provider }],
    })
    const again = openBrowser(app)
    await walk(again, provider)
    expect((await account(again)).id).toBe((await account(browser)).id)
    expect(await actionsOf(browser)).toEqual([
      'account.created',
      'identity.linked',
      'session.started',
      'session.started',
    ])
  })

  test('the session is a new one, and the one the browser had ends', async () => {
    await using app = await openProviders()
    const person = await signUp(app, 'Ada')
    const thief = thiefOf(app, person)
    await walk(person, provider)
    expect([await isSignedIn(person), await isSignedIn(thief)]).toEqual([true, false])
  })

  test('the second factor is asked for as after a password', async () => {
    await using app = await openProviders()
    const person = await signUp(app, 'Ada')
    await walk(person, provider, { link: true })
    const begun = await person.call('POST', '/api/v1/account/two-factor', { password: PASSWORD })
    const authenticator = URI.parse(begun.body.uri) as TOTP
    await person.call('POST', '/api/v1/account/two-factor/confirm', { code: authenticator.generate() })
    setSystemTime(Date.now() + 60_000)

    const browser = openBrowser(app)
    const came = await walk(browser, provider)
    expect(goalOf(came)).toBe(`${ORIGIN}/two-factor`)
    expect(await isSignedIn(browser)).toBe(false)
    const body = { method: 'totp', code: authenticator.generate() }
    expect((await browser.call('POST', '/api/v1/auth/two-factor', body)).body).toEqual({ next: 'done' })
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('where accounts are by invitation, nobody new comes in by it', async () => {
    await using app = await openProviders({ SIGN_UP: 'invited' })
    const browser = openBrowser(app)
    const refused = await walk(browser, provider)
    expect(goalOf(refused)).toMatch(/^http:\/\/localhost\/sign-in\?error=/)
    expect([await isSignedIn(browser), await app.db.$count(users)]).toEqual([false, 0])
    const owner = await app.person('Olga', { role: 'owner' })
    await app.call('POST', '/api/v1/invitations', {
      as: owner,
      body: { email: 'ada@example.com', role: 'writer' },
    })
    await walk(browser, provider)
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('who refuses there, or is sent here by somebody else, is not signed in', async () => {
    await using app = await openProviders()
    const browser = openBrowser(app)
    expect(goalOf(await walk(browser, provider, { refuse: true }))).toMatch(/\/sign-in\?error=access_denied/)
    const begun = await openBrowser(app).call('POST', `/api/v1/auth/providers/${provider}`)
    const back = await idp.consent(begun.body.url)
    const victim = openBrowser(app)
    const came = await victim.call('GET', back.slice(ORIGIN.length))
    expect(goalOf(came)).toMatch(/\/sign-in\?error=/)
    expect([await isSignedIn(browser), await isSignedIn(victim)]).toEqual([false, false])
  })

  test('an identity is linked to who is signed in, and unlinked while another way in is left', async () => {
    await using app = await openProviders()
    const person = await signUp(app, 'Ada')
    expect(goalOf(await walk(person, provider, { link: true }))).toBe(`${ORIGIN}/account`)
    expect((await person.call('GET', '/api/v1/account')).body.identities).toMatchObject([{ provider }])
    const unlink = () => person.call('DELETE', `/api/v1/account/identities/${provider}`)
    expect((await unlink()).status).toBe(204)
    expect(codeOf(await unlink())).toEqual({ status: 404, code: 'not_found' })
    expect((await actionsOf(person)).slice(-2)).toEqual(['identity.linked', 'identity.unlinked'])
  })
})

test('the only way to sign in is not unlinked', async () => {
  await using app = await openProviders()
  const browser = await ada(app)
  const answer = await browser.call('DELETE', '/api/v1/account/identities/github')
  expect(codeOf(answer)).toEqual({ status: 409, code: 'conflict' })
  await walk(browser, 'google', { link: true })
  const unlinked = await Promise.all(
    PROVIDERS.map((provider) => browser.call('DELETE', `/api/v1/account/identities/${provider}`)),
  )
  expect(unlinked.map(({ status }) => status).sort()).toEqual([204, 409])
  expect(await app.db.$count(identities)).toBe(1)
})

test('a first password needs a sign-in of a moment ago, and ends every other session', async () => {
  await using app = await openProviders()
  const [browser, other] = [await ada(app), await ada(app)]
  const thief = thiefOf(app, browser)
  const set = () => browser.call('POST', '/api/v1/account/password', { new: NEW_PASSWORD })
  setSystemTime(Date.now() + FRESH_MINUTES * 60_000 + 1_000)
  expect(codeOf(await set())).toEqual({ status: 403, code: 'forbidden' })
  setSystemTime()
  expect((await set()).status).toBe(204)
  expect([await isSignedIn(browser), await isSignedIn(other), await isSignedIn(thief)]).toEqual([
    true,
    false,
    false,
  ])
  expect((await signIn(openBrowser(app), 'ada@example.com', NEW_PASSWORD)).status).toBe(200)
})

test('an account without a password is changed and deleted after a sign-in of a moment ago alone', async () => {
  await using app = await openProviders()
  const browser = await ada(app)
  const attempts: [string, object][] = [
    ['/api/v1/account/email', { email: 'new@example.com' }],
    ['/api/v1/account/delete', {}],
  ]
  setSystemTime(Date.now() + FRESH_MINUTES * 60_000 + 1_000)
  for (const [path, body] of attempts) {
    const answer = await browser.call('POST', path, body)
    expect({ path, ...codeOf(answer) }).toEqual({ path, status: 403, code: 'forbidden' })
  }
  setSystemTime()
  expect((await browser.call('POST', '/api/v1/account/delete', {})).status).toBe(204)
  expect(await app.db.$count(identities)).toBe(0)
})

test('a provider that is not set up is said to be none', async () => {
  await using app = await openApp()
  const answer = await openBrowser(app).call('POST', '/api/v1/auth/providers/github')
  expect(codeOf(answer)).toEqual({ status: 404, code: 'not_found' })
  expect((await openBrowser(app).call('POST', '/api/v1/auth/providers/gitlab')).status).toBe(422)
})

test('an account here whose address was never confirmed is not joined by who comes from a provider', async () => {
  await using app = await openProviders()
  const squatter = { name: 'Eve', email: 'ada@example.com', password: PASSWORD }
  await openBrowser(app).call('POST', '/api/v1/auth/sign-up', squatter)
  const browser = openBrowser(app)
  expect(goalOf(await walk(browser, 'github'))).toMatch(/error=account_not_linked/)
  const [user] = await app.db.select().from(users).where(eq(users.email, squatter.email))
  expect([await isSignedIn(browser), user?.emailVerified]).toEqual([false, false])
})
