import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { RESET_LINK_MINUTES } from '#src/accounts/limits.ts'
import { codeOf } from '../harness.ts'
import {
  actionsOf,
  isSignedIn,
  linkTo,
  mailsTo,
  openApp,
  openBrowser,
  PASSWORD,
  signIn,
  signUp,
  thiefOf,
} from './browser.ts'

const NEW_PASSWORD = 'a better password'

afterEach(() => void setSystemTime())

test('a changed password ends every other session, gives this one a new token, and is told by mail', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const other = openBrowser(app)
  await signIn(other, ada.email)
  const thief = thiefOf(app, ada)
  const change = (current: string) =>
    ada.call('POST', '/api/v1/account/password', { current, new: NEW_PASSWORD })
  expect(codeOf(await change('not the password'))).toEqual({ status: 403, code: 'forbidden' })
  expect(await isSignedIn(other)).toBe(true)
  expect((await change(PASSWORD)).status).toBe(204)
  expect([await isSignedIn(ada), await isSignedIn(other), await isSignedIn(thief)]).toEqual([
    true,
    false,
    false,
  ])
  expect((await signIn(openBrowser(app), ada.email)).status).toBe(401)
  expect((await signIn(openBrowser(app), ada.email, NEW_PASSWORD)).status).toBe(200)
  expect(mailsTo(app, ada.email, /password was changed/)).toBe(1)
  expect(await actionsOf(ada)).toContain('password.changed')
})

test('a password that is set without the old one is refused where there is one', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const answer = await ada.call('POST', '/api/v1/account/password', { new: NEW_PASSWORD })
  expect(codeOf(answer)).toEqual({ status: 403, code: 'forbidden' })
})

test('a reset is a link that works once, ends every session, and is written down', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const ask = (email: string) => openBrowser(app).call('POST', '/api/v1/auth/password-reset', { email })
  const known = await ask('ADA@example.com')
  const unknown = await ask('nobody@example.com')
  expect([known.status, known.text]).toEqual([unknown.status, unknown.text])
  const token = await linkTo(app, ada.email, /Reset/)
  expect(app.mails.map(({ to }) => to)).not.toContain('nobody@example.com')

  const reset = (password: string) =>
    openBrowser(app).call('POST', '/api/v1/auth/password-reset/confirm', { token, password })
  expect((await reset('short')).status).toBe(422)
  expect((await reset(NEW_PASSWORD)).body).toEqual({ next: 'sign_in' })
  expect(codeOf(await reset('a third password'))).toEqual({ status: 404, code: 'not_found' })
  expect(await isSignedIn(ada)).toBe(false)
  expect((await signIn(ada, ada.email)).status).toBe(401)
  expect((await signIn(ada, ada.email, NEW_PASSWORD)).status).toBe(200)
  expect(await actionsOf(ada)).toContain('password.reset')
})

test('of fifty resets by one link at once, one counts', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  await ada.call('POST', '/api/v1/auth/password-reset', { email: ada.email })
  const token = await linkTo(app, ada.email, /Reset/)
  const sends = Array.from({ length: 50 }, (_, index) =>
    openBrowser(app).call('POST', '/api/v1/auth/password-reset/confirm', {
      token,
      password: `${NEW_PASSWORD} ${index}`,
    }),
  )
  const statuses = (await Promise.all(sends)).map(({ status }) => status).sort()
  expect(statuses).toEqual([200, ...Array(49).fill(404)])
}, 30_000)

test('a link of a reset that was asked for before ends with a changed password', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  await openBrowser(app).call('POST', '/api/v1/auth/password-reset', { email: ada.email })
  const token = await linkTo(app, ada.email, /Reset/)
  await ada.call('POST', '/api/v1/account/password', { current: PASSWORD, new: NEW_PASSWORD })
  const body = { token, password: 'a third password' }
  const answer = await openBrowser(app).call('POST', '/api/v1/auth/password-reset/confirm', body)
  expect(codeOf(answer)).toEqual({ status: 404, code: 'not_found' })
})

test('a reset that came too late changes nothing', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  await ada.call('POST', '/api/v1/auth/password-reset', { email: ada.email })
  const token = await linkTo(app, ada.email, /Reset/)
  setSystemTime(Date.now() + RESET_LINK_MINUTES * 60_000 + 1_000)
  const body = { token, password: NEW_PASSWORD }
  const late = await openBrowser(app).call('POST', '/api/v1/auth/password-reset/confirm', body)
  expect(codeOf(late)).toEqual({ status: 404, code: 'not_found' })
  expect((await signIn(openBrowser(app), ada.email)).status).toBe(200)
})

test('nobody fills the inbox of another with resets, and whether there is an account does not show', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  for (const email of [ada.email, 'nobody@example.com']) {
    const statuses: number[] = []
    for (let count = 0; count < 5; count++)
      statuses.push((await openBrowser(app).call('POST', '/api/v1/auth/password-reset', { email })).status)
    expect({ email, statuses }).toEqual({ email, statuses: [202, 202, 202, 429, 429] })
  }
  expect(mailsTo(app, ada.email, /Reset/)).toBe(3)
})

test('whoever has come by a session finds out no password by it', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const thief = thiefOf(app, ada)
  const guesses: [string, object][] = [
    ['/account/password', { current: 'a guess at it', new: NEW_PASSWORD }],
    ['/account/email', { email: 'eve@example.com', password: 'a guess at it' }],
    ['/account/delete', { password: 'a guess at it' }],
    ['/account/two-factor', { password: 'a guess at it' }],
    ['/account/email', { email: 'mal@example.com', password: 'a guess at it' }],
    ['/account/two-factor/recovery-codes', { password: 'a guess at it' }],
  ]
  const statuses: number[] = []
  for (const [path, body] of guesses) statuses.push((await thief.call('POST', `/api/v1${path}`, body)).status)
  expect(statuses).toEqual([403, 403, 403, 403, 403, 429])
  const right = await thief.call('POST', '/api/v1/account/delete', { password: PASSWORD })
  expect(codeOf(right)).toEqual({ status: 429, code: 'rate_limited' })
  // The owner, where she signed in, is not held up by it.
  expect((await signIn(ada, ada.email)).status).toBe(200)
})

test('a link of one kind is no link of another', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  await ada.call('POST', '/api/v1/auth/password-reset', { email: ada.email })
  const tokens = [await linkTo(app, ada.email, /Reset/), await linkTo(app, ada.email, /Confirm/)] as const
  const asConfirmation = await openBrowser(app).call('POST', '/api/v1/auth/confirm', { token: tokens[0] })
  const body = { token: tokens[1], password: NEW_PASSWORD }
  const asReset = await openBrowser(app).call('POST', '/api/v1/auth/password-reset/confirm', body)
  const asInvitation = await ada.call('POST', '/api/v1/invitations/accept', { token: tokens[0] })
  for (const answer of [asConfirmation, asReset, asInvitation]) expect(answer.status).toBe(404)
})
