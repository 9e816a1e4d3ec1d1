import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { Secret as OtpSecret, TOTP, URI } from 'otpauth'
import { twoFactors } from '#db/schema/accounts.ts'
import { codeOf, type TestApp, testApp } from '../harness.ts'
import {
  actionsOf,
  type Browser,
  isSignedIn,
  linkTo,
  mailsTo,
  openApp,
  openBrowser,
  PASSWORD,
  signIn,
  signUp,
  thiefOf,
  type Visitor,
} from './browser.ts'

const STEP_MS = 30_000

afterEach(() => void setSystemTime())

/** Somebody with two-factor sign-in, an authenticator of their own making, and the clock past the first code. */
async function protectedPerson(app: TestApp) {
  const ada = await signUp(app, 'Ada')
  const begun = await ada.call('POST', '/api/v1/account/two-factor', { password: PASSWORD })
  const authenticator = URI.parse(begun.body.uri) as TOTP
  const confirmed = await ada.call('POST', '/api/v1/account/two-factor/confirm', {
    code: authenticator.generate(),
  })
  if (confirmed.status !== 204) throw new Error(confirmed.text)
  setSystemTime(Date.now() + 2 * STEP_MS)
  return { ada, authenticator, recoveryCodes: begun.body.recoveryCodes as string[] }
}

/** Answers the password part of a sign-in, and gives the browser that is asked for the code. */
async function halfway(app: TestApp, email: string): Promise<Browser> {
  const browser = openBrowser(app)
  const { body } = await signIn(browser, email)
  if (body.next !== 'two_factor') throw new Error(JSON.stringify(body))
  return browser
}

const prove = (browser: Browser, code: string, method = 'totp') =>
  browser.call('POST', '/api/v1/auth/two-factor', { method, code })

/** A code that is wrong now, and in the steps beside. */
function wrongCode(authenticator: TOTP): string {
  const near = [-1, 0, 1].map((step) => authenticator.generate({ timestamp: Date.now() + step * STEP_MS }))
  return ['000000', '111111', '222222', '333333'].find((code) => !near.includes(code))!
}

test('two-factor sign-in is on after a first code, which gives the session a new token and is told by mail', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const begin = (password: string) => ada.call('POST', '/api/v1/account/two-factor', { password })
  expect(codeOf(await begin('not the password'))).toEqual({ status: 403, code: 'forbidden' })
  const { uri, secret, recoveryCodes } = (await begin(PASSWORD)).body
  expect(uri).toStartWith('otpauth://totp/Quill:ada%40example.com?')
  expect([new Set(recoveryCodes).size, recoveryCodes.length]).toEqual([10, 10])
  const authenticator = new TOTP({ secret: OtpSecret.fromBase32(secret) })
  expect((URI.parse(uri) as TOTP).generate()).toBe(authenticator.generate())

  const confirm = (code: string) => ada.call('POST', '/api/v1/account/two-factor/confirm', { code })
  expect((await confirm(wrongCode(authenticator))).status).toBe(403)
  expect((await signIn(openBrowser(app), ada.email)).body.next).toBe('done')
  const thief = thiefOf(app, ada)
  expect((await confirm(authenticator.generate())).status).toBe(204)
  expect([await isSignedIn(ada), await isSignedIn(thief)]).toEqual([true, false])
  expect((await ada.call('GET', '/api/v1/account')).body.twoFactor).toBe(true)
  expect(mailsTo(app, ada.email, /turned on/)).toBe(1)
  expect(await actionsOf(ada)).toContain('two_factor.enabled')
  expect(codeOf(await begin(PASSWORD))).toEqual({ status: 409, code: 'conflict' })
})

test('what proves a second factor is unreadable in the database', async () => {
  await using app = await openApp()
  const { authenticator, recoveryCodes } = await protectedPerson(app)
  const stored = JSON.stringify(await app.db.select().from(twoFactors))
  for (const secret of [authenticator.secret.base32, authenticator.secret.utf8, ...recoveryCodes])
    expect(stored).not.toContain(secret)
})

test('the password alone opens nothing; the code does, of an authenticator that knows nothing of Quill', async () => {
  await using app = await openApp()
  const { ada, authenticator } = await protectedPerson(app)
  const browser = await halfway(app, ada.email)
  expect(await isSignedIn(browser)).toBe(false)
  expect(codeOf(await prove(browser, wrongCode(authenticator)))).toEqual({
    status: 401,
    code: 'unauthenticated',
  })
  const spaced = authenticator.generate().replace(/^.../, '$& ')
  expect((await prove(browser, spaced)).body).toEqual({ next: 'done' })
  expect(await isSignedIn(browser)).toBe(true)
})

test('a code proves nothing without the password before it', async () => {
  await using app = await openApp()
  const { authenticator } = await protectedPerson(app)
  const code = authenticator.generate()
  expect((await prove(openBrowser(app), code)).status).toBe(401)
  const forged = openBrowser(app, new Map([['quill.two_factor', '2fa-made-up.c2lnbmF0dXJl']]))
  expect((await prove(forged, code)).status).toBe(401)
})

test('a code works once: whoever looked over a shoulder has nothing', async () => {
  await using app = await openApp()
  const { ada, authenticator } = await protectedPerson(app)
  const [browser, thief] = [await halfway(app, ada.email), await halfway(app, ada.email)]
  const code = authenticator.generate()
  expect((await prove(browser, code)).status).toBe(200)
  expect(codeOf(await prove(thief, code))).toEqual({ status: 401, code: 'unauthenticated' })
  expect(await isSignedIn(thief)).toBe(false)
  setSystemTime(Date.now() + STEP_MS)
  expect((await prove(await halfway(app, ada.email), authenticator.generate())).status).toBe(200)
})

test('the code that turned it on does not sign in as well', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const begun = await ada.call('POST', '/api/v1/account/two-factor', { password: PASSWORD })
  const code = (URI.parse(begun.body.uri) as TOTP).generate()
  await ada.call('POST', '/api/v1/account/two-factor/confirm', { code })
  expect((await prove(await halfway(app, ada.email), code)).status).toBe(401)
})

test('of fifty browsers that show one code at once, one gets in', async () => {
  await using app = await openApp()
  const { ada, authenticator } = await protectedPerson(app)
  const browsers = [await halfway(app, ada.email)]
  while (browsers.length < 10) browsers.push(await halfway(app, ada.email))
  const code = authenticator.generate()
  const answers = await Promise.all(
    browsers.flatMap((browser) => Array(5).fill(browser)).map((each) => prove(each, code)),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  const { body } = await ada.call('GET', '/api/v1/account/sessions')
  expect(body.items).toHaveLength(2)
}, 30_000)

test('who guesses codes has to wait, longer each time; the owner does not', async () => {
  await using app = await openApp()
  const { ada, authenticator } = await protectedPerson(app)
  const wrong = wrongCode(authenticator)
  const thief = await halfway(app, ada.email)
  const codes: number[] = []
  for (let count = 0; count < 6; count++) codes.push((await prove(thief, wrong)).status)
  expect(codes).toEqual([401, 401, 401, 401, 429, 429])
  const refused = await prove(thief, authenticator.generate())
  expect(codeOf(refused)).toEqual({ status: 429, code: 'rate_limited' })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await isSignedIn(thief)).toBe(false)

  expect((await signIn(ada, ada.email)).body.next).toBe('two_factor')
  expect((await prove(ada, authenticator.generate())).status).toBe(200)
  expect(await actionsOf(ada)).toContain('session.refused')
}, 30_000)

test('what a code of better-auth waits for ends after five wrong ones', async () => {
  await using app = await testApp({ settings: { TRUSTED_PROXIES: '1' } })
  const { ada, authenticator } = await protectedPerson(app)
  const browser = await halfway(app, ada.email)
  for (let count = 0; count < 5; count++)
    expect((await prove(browser, wrongCode(authenticator))).status).toBe(401)
  expect((await prove(browser, authenticator.generate())).status).toBe(401)
}, 30_000)

test('each recovery code works once, and new ones end the old', async () => {
  await using app = await openApp()
  const { ada, recoveryCodes } = await protectedPerson(app)
  const [one, two] = recoveryCodes as [string, string]
  const use = async (code: string) =>
    (await prove(await halfway(app, ada.email), code, 'recovery_code')).status
  expect([await use(one), await use(one), await use('aaaaa-bbbbb')]).toEqual([200, 401, 401])
  const renew = (password: string) =>
    ada.call('POST', '/api/v1/account/two-factor/recovery-codes', { password })
  expect((await renew('not the password')).status).toBe(403)
  const fresh = (await renew(PASSWORD)).body.recoveryCodes as string[]
  expect(fresh).toHaveLength(10)
  expect([await use(two), await use(fresh[0]!)]).toEqual([401, 200])
  expect(await actionsOf(ada)).toContain('two_factor.recovery_codes_made')
}, 30_000)

test('of fifty uses of one recovery code at once, one gets in', async () => {
  await using app = await openApp()
  const { ada, recoveryCodes } = await protectedPerson(app)
  const browsers = [await halfway(app, ada.email)]
  while (browsers.length < 10) browsers.push(await halfway(app, ada.email))
  const uses = browsers
    .flatMap((browser) => Array<Browser>(5).fill(browser))
    .map((each) => prove(each, recoveryCodes[0]!, 'recovery_code'))
  expect((await Promise.all(uses)).filter(({ status }) => status === 200)).toHaveLength(1)
  const { body } = await ada.call('GET', '/api/v1/account/sessions')
  expect(body.items).toHaveLength(2)
}, 30_000)

test('a browser that is trusted is not asked again for a month; another one is', async () => {
  await using app = await openApp()
  const { ada, authenticator } = await protectedPerson(app)
  const browser = await halfway(app, ada.email)
  const body = { method: 'totp', code: authenticator.generate(), trustDevice: true }
  await browser.call('POST', '/api/v1/auth/two-factor', body)
  expect((await signIn(browser, ada.email)).body).toEqual({ next: 'done' })
  expect((await signIn(openBrowser(app), ada.email)).body).toEqual({ next: 'two_factor' })
  setSystemTime(Date.now() + 31 * 24 * 3_600_000)
  expect((await signIn(browser, ada.email)).body).toEqual({ next: 'two_factor' })
})

test('a browser that was trusted and got lost is asked again after what one does about that', async () => {
  const remedies: Record<string, (ada: Visitor) => Promise<unknown>> = {
    'signing out everywhere else': (ada) => ada.call('DELETE', '/api/v1/account/sessions'),
    'another password': (ada) =>
      ada.call('POST', '/api/v1/account/password', { current: PASSWORD, new: PASSWORD }),
    'turning it off and on': async (ada) => {
      await ada.call('POST', '/api/v1/account/two-factor/disable', { password: PASSWORD })
      const { body } = await ada.call('POST', '/api/v1/account/two-factor', { password: PASSWORD })
      const code = (URI.parse(body.uri) as TOTP).generate()
      await ada.call('POST', '/api/v1/account/two-factor/confirm', { code })
    },
  }
  for (const [remedy, act] of Object.entries(remedies)) {
    await using app = await openApp()
    const { ada, authenticator } = await protectedPerson(app)
    const lost = await halfway(app, ada.email)
    const body = { method: 'totp', code: authenticator.generate(), trustDevice: true }
    await lost.call('POST', '/api/v1/auth/two-factor', body)
    await act(ada)
    expect({ remedy, ...(await signIn(lost, ada.email)).body }).toEqual({ remedy, next: 'two_factor' })
    setSystemTime()
  }
}, 30_000)

test('it is turned off with the password alone, in a session of its own, and told by mail', async () => {
  await using app = await openApp()
  const { ada } = await protectedPerson(app)
  const disable = (password: string) => ada.call('POST', '/api/v1/account/two-factor/disable', { password })
  expect(codeOf(await disable('not the password'))).toEqual({ status: 403, code: 'forbidden' })
  const thief = thiefOf(app, ada)
  expect((await disable(PASSWORD)).status).toBe(204)
  expect([await isSignedIn(ada), await isSignedIn(thief)]).toEqual([true, false])
  expect((await signIn(openBrowser(app), ada.email)).body).toEqual({ next: 'done' })
  expect(await app.db.$count(twoFactors)).toBe(0)
  expect(mailsTo(app, ada.email, /turned off/)).toBe(1)
  expect(await actionsOf(ada)).toContain('two_factor.disabled')
})

test('a reset of the password does not go around the second factor', async () => {
  await using app = await openApp()
  const { ada } = await protectedPerson(app)
  await ada.call('POST', '/api/v1/auth/password-reset', { email: ada.email })
  const token = await linkTo(app, ada.email, /Reset/)
  const password = 'a better password'
  await openBrowser(app).call('POST', '/api/v1/auth/password-reset/confirm', { token, password })
  expect((await signIn(ada, ada.email, password)).body).toEqual({ next: 'two_factor' })
})

test('confirming what is on already says so, and writes nothing down', async () => {
  await using app = await openApp()
  const { ada, authenticator } = await protectedPerson(app)
  const again = await ada.call('POST', '/api/v1/account/two-factor/confirm', {
    code: authenticator.generate(),
  })
  expect(codeOf(again)).toEqual({ status: 409, code: 'conflict' })
  const actions = await actionsOf(ada)
  expect(actions.filter((action) => action === 'two_factor.enabled')).toHaveLength(1)
})
