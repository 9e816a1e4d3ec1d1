import { afterEach, expect, setSystemTime, spyOn, test } from 'bun:test'
import { sessions } from '#db/schema/accounts.ts'
import { hashToken } from '#src/tokens.ts'
import { codeOf, until } from '../harness.ts'
import { actionsOf, isSignedIn, openApp, openBrowser, signIn, signUp, thiefOf } from './browser.ts'

afterEach(() => void setSystemTime())

test('the right password opens a session, in a cookie that scripts and other sites do not reach', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const browser = openBrowser(app)
  const answer = await signIn(browser, 'ADA@example.com')
  expect(answer.body).toEqual({ next: 'done' })
  expect(answer.headers.getSetCookie().join()).toMatch(
    /^quill_session=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
  )
  expect((await browser.call('GET', '/api/v1/session')).body).toMatchObject({
    signedIn: true,
    user: { email: ada.email, isDemo: false },
  })
})

test('behind HTTPS the cookie is bound to the host, and another name is not believed', async () => {
  await using app = await openApp({ PUBLIC_URL: 'https://quill.example' })
  const ada = await signUp(app, 'Ada')
  const [line] = (await signIn(openBrowser(app), ada.email)).headers.getSetCookie()
  expect(line).toMatch(/^__Host-quill_session=[^;]+; .*Path=\/; .*Secure/)
  expect(line).not.toMatch(/Domain/i)
  expect(await isSignedIn(ada)).toBe(true)
  const downgraded = openBrowser(app, new Map([['quill_session', ada.cookies.get('__Host-quill_session')!]]))
  expect(await isSignedIn(downgraded)).toBe(false)
})

test('a wrong password and an account that does not exist are answered alike, after the same work', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const [hash, verify] = [spyOn(Bun.password, 'hash'), spyOn(Bun.password, 'verify')]
  const answerTo = async (email: string) => {
    const before = hash.mock.calls.length + verify.mock.calls.length
    const { status, headers, body } = await signIn(openBrowser(app), email, 'a wrong password')
    const shown = ['content-type', 'set-cookie', 'www-authenticate', 'ratelimit-remaining']
    return {
      status,
      body: { ...body, requestId: '' },
      headers: shown.map((name) => headers.get(name)),
      hashes: hash.mock.calls.length + verify.mock.calls.length - before,
    }
  }
  const known = await answerTo(ada.email)
  const unknown = await answerTo('nobody@example.com')
  hash.mockRestore()
  verify.mockRestore()
  expect(known).toEqual(unknown)
  expect(known).toMatchObject({ status: 401, hashes: 1 })
})

test('the owner of an account sees that somebody tried, and nobody else does', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const thief = openBrowser(app)
  await signIn(thief, ada.email, 'a wrong password')
  await until('it is written down', async () => (await actionsOf(ada)).includes('session.refused'))
  const { body } = await ada.call('GET', '/api/v1/account/activity')
  expect(body.items[0]).toMatchObject({ action: 'session.refused', address: thief.address })
})

test('guessing is slowed down alike for accounts that exist and for those that do not', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  for (const email of [ada.email, 'nobody@example.com']) {
    const thief = openBrowser(app)
    const codes: number[] = []
    for (let count = 0; count < 7; count++)
      codes.push((await signIn(thief, email, 'a wrong password')).status)
    expect({ email, codes }).toEqual({ email, codes: [401, 401, 401, 401, 401, 429, 429] })
    const { headers, body } = await signIn(thief, email)
    expect(Number(headers.get('retry-after'))).toBeWithin(1, 31)
    expect(body.code).toBe('rate_limited')
    setSystemTime(Date.now() + 31_000)
    expect((await signIn(thief, email)).status).toBe(email === ada.email ? 200 : 401)
    setSystemTime()
  }
})

test('a sign-in ends the session that the browser had, and never takes over one that it was given', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const before = thiefOf(app, ada)
  await signIn(ada, ada.email)
  expect([await isSignedIn(ada), await isSignedIn(before)]).toEqual([true, false])
  // A cookie that was planted into the browser of a victim is worth nothing after they sign in.
  const planted = 'x'.repeat(32)
  const victim = openBrowser(app, new Map([['quill_session', planted]]))
  await signIn(victim, ada.email)
  expect(victim.cookies.get('quill_session')).not.toContain(planted)
  expect(await isSignedIn(openBrowser(app, new Map([['quill_session', planted]])))).toBe(false)
})

test('of a session only the hash is kept, so that the database opens none', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const cookie = decodeURIComponent(ada.cookies.get('quill_session')!)
  const [row] = await app.db.select().from(sessions)
  expect(row?.tokenHash).toBe(hashToken(cookie.split('.')[0]!))
  for (const value of [row!.tokenHash, row!.id])
    expect(await isSignedIn(openBrowser(app, new Map([['quill_session', value]])))).toBe(false)
})

test('another site can neither sign anybody in nor out', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const foreign = [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]
  const body = { email: ada.email, password: 'correct horse battery' }
  for (const headers of foreign) {
    const inward = await openBrowser(app).call('POST', '/api/v1/auth/sign-in', body, headers)
    const outward = await ada.call('DELETE', '/api/v1/session', undefined, headers)
    expect([inward, outward].map(codeOf)).toEqual(Array(2).fill({ status: 403, code: 'forbidden' }))
  }
  expect(await isSignedIn(ada)).toBe(true)
})
