import { expect, test } from 'bun:test'
import { linkTo, mailsTo, openApp, openBrowser, PASSWORD, signIn } from './browser.ts'

const VICTIM = 'vera@example.com'
const THEIRS = 'the attacker chose this'

/** Somebody makes an account with an address that is not theirs. */
async function claim(app: Awaited<ReturnType<typeof openApp>>) {
  const attacker = openBrowser(app)
  await attacker.call('POST', '/api/v1/auth/sign-up', { name: 'Mallory', email: VICTIM, password: THEIRS })
  return attacker
}

test('the link that confirms an address signs nobody in: its account may have been begun by another', async () => {
  await using app = await openApp()
  await claim(app)
  const victim = openBrowser(app)
  await victim.call('POST', '/api/v1/auth/confirm', { token: await linkTo(app, VICTIM, /Confirm/) })
  expect(victim.cookies.size).toBe(0)
})

test('who reads the mails of an address gets the account that another began with it', async () => {
  await using app = await openApp()
  const attacker = await claim(app)
  const victim = openBrowser(app)
  const again = { name: 'Vera', email: VICTIM, password: PASSWORD }
  expect((await victim.call('POST', '/api/v1/auth/sign-up', again)).body).toEqual({ next: 'confirm' })
  const token = await linkTo(app, VICTIM, /Reset/)
  await victim.call('POST', '/api/v1/auth/password-reset/confirm', { token, password: PASSWORD })
  expect((await signIn(victim, VICTIM)).body).toEqual({ next: 'done' })
  expect((await signIn(attacker, VICTIM, THEIRS)).status).toBe(401)
})

test('an invitation that was sent to an address gives its reader the account that another began with it', async () => {
  await using app = await openApp()
  const attacker = await claim(app)
  await app.call('POST', '/api/v1/invitations', { body: { email: VICTIM, role: 'writer' } })
  const victim = openBrowser(app)
  const invitation = await linkTo(app, VICTIM, /Invitation/)
  const person = { name: 'Vera', email: VICTIM, password: PASSWORD, invitation }
  expect((await victim.call('POST', '/api/v1/auth/sign-up', person)).body).toEqual({ next: 'done' })
  expect((await victim.call('GET', '/api/v1/account')).body.name).toBe('Vera')
  expect((await signIn(attacker, VICTIM, THEIRS)).status).toBe(401)
})

test('signing up again and again fills nobody’s inbox', async () => {
  await using app = await openApp()
  for (let times = 0; times < 8; times++) await claim(app)
  expect(mailsTo(app, VICTIM, /./)).toBeLessThanOrEqual(4)
})
