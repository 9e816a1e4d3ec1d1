import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { gte } from 'drizzle-orm'
import { sessions } from '#db/schema/accounts.ts'
import { SESSION_LIFETIME_MS } from '#src/accounts/sessions.ts'
import { codeOf, testApp, until } from '../harness.ts'
import { actionsOf, isSignedIn, openApp, openBrowser, signIn, signUp, thiefOf } from './browser.ts'

const DAY_MS = 24 * 3_600_000

afterEach(() => void setSystemTime())

test('signing out ends the session itself, not only the cookie of the browser', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const thief = thiefOf(app, ada)
  const answer = await ada.call('DELETE', '/api/v1/session')
  expect([answer.status, ada.cookies.size]).toEqual([204, 0])
  expect(await isSignedIn(thief)).toBe(false)
  expect((await ada.call('DELETE', '/api/v1/session')).status).toBe(204)
})

test('somebody sees where they are signed in, and ends one place or all others', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const [phone, tablet] = [openBrowser(app), openBrowser(app)]
  await phone.call(
    'POST',
    '/api/v1/auth/sign-in',
    { email: ada.email, password: 'correct horse battery' },
    {
      'user-agent': 'A phone',
    },
  )
  await signIn(tablet, ada.email)
  const list = async () => (await ada.call('GET', '/api/v1/account/sessions')).body.items
  const sessions = await list()
  expect(sessions.map(({ current }: { current: boolean }) => current)).toEqual([false, false, true])
  const onPhone = sessions.find(({ userAgent }: { userAgent: string }) => userAgent === 'A phone')
  expect(onPhone).toMatchObject({ address: phone.address, current: false })

  expect((await ada.call('DELETE', `/api/v1/account/sessions/${onPhone.id}`)).status).toBe(204)
  expect([await isSignedIn(phone), await isSignedIn(tablet), await isSignedIn(ada)]).toEqual([
    false,
    true,
    true,
  ])
  const again = await ada.call('DELETE', `/api/v1/account/sessions/${onPhone.id}`)
  expect(codeOf(again)).toEqual({ status: 404, code: 'not_found' })

  expect((await ada.call('DELETE', '/api/v1/account/sessions')).status).toBe(204)
  expect([await isSignedIn(tablet), await isSignedIn(ada)]).toEqual([false, true])
  expect(await list()).toHaveLength(1)
  expect((await actionsOf(ada)).slice(-2)).toEqual(['session.ended', 'sessions.ended'])
})

test("nobody ends or sees another person's session", async () => {
  await using app = await openApp()
  const [ada, eve] = [await signUp(app, 'Ada'), await signUp(app, 'Eve')]
  const [{ id }] = (await ada.call('GET', '/api/v1/account/sessions')).body.items
  expect(codeOf(await eve.call('DELETE', `/api/v1/account/sessions/${id}`))).toEqual({
    status: 404,
    code: 'not_found',
  })
  expect((await eve.call('GET', '/api/v1/account/sessions')).text).not.toContain(id)
  await eve.call('DELETE', '/api/v1/account/sessions')
  expect(await isSignedIn(ada)).toBe(true)
})

test('a session ends after seven days without use, and after thirty however much it is used', async () => {
  await using app = await openApp()
  const start = Date.now()
  const [ada, ben] = [await signUp(app, 'Ada'), await signUp(app, 'Ben')]
  for (const days of [6, 12, 18, 24, 29]) {
    setSystemTime(start + days * DAY_MS)
    expect({ days, in: await isSignedIn(ada) }).toEqual({ days, in: true })
    await until('the use is written down', () =>
      app.db.$count(sessions, gte(sessions.lastUsedAt, Date.now())),
    )
    if (days > 7) expect({ days, in: await isSignedIn(ben) }).toEqual({ days, in: false })
  }
  setSystemTime(start + SESSION_LIFETIME_MS + 60_000)
  expect(await isSignedIn(ada)).toBe(false)
})

test('the demo has no account: nothing of it can be read or changed', async () => {
  await using app = await testApp({ demo: true, settings: { TRUSTED_PROXIES: '1' } })
  const browser = openBrowser(app)
  expect((await browser.call('POST', '/api/v1/session', { kind: 'demo' })).status).toBe(204)
  expect((await browser.call('GET', '/api/v1/session')).body).toMatchObject({ user: { isDemo: true } })
  const refused: [string, string, object?][] = [
    ['GET', '/api/v1/account'],
    ['PATCH', '/api/v1/account', { name: 'Mine' }],
    ['POST', '/api/v1/account/password', { new: 'a new password' }],
    ['POST', '/api/v1/account/email', { email: 'eve@example.com' }],
    ['POST', '/api/v1/account/delete', {}],
    ['GET', '/api/v1/account/sessions'],
    ['DELETE', '/api/v1/account/sessions'],
    ['POST', '/api/v1/account/two-factor', { password: 'x' }],
    ['POST', '/api/v1/account/identities/github'],
    ['GET', '/api/v1/account/api-keys'],
    ['POST', '/api/v1/projects', { name: 'Mine' }],
    ['POST', '/api/v1/invitations/accept', { token: 'x' }],
  ]
  for (const [method, path, body] of refused) {
    const answer = await browser.call(method, path, body)
    expect({ path, ...codeOf(answer) }).toEqual({ path, status: 403, code: 'forbidden' })
  }
  const demo = { email: 'demo@quill.invalid' }
  expect((await browser.call('POST', '/api/v1/auth/password-reset', demo)).status).toBe(202)
  expect((await signIn(openBrowser(app), demo.email)).status).toBe(401)
  expect(app.mails).toEqual([])
})
