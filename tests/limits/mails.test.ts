import { expect, test } from 'bun:test'
import { MAILS_PER_RECIPIENT } from '#src/limits/rate-limits.ts'
import { openApp, openBrowser, PASSWORD, signUp } from '../accounts/browser.ts'
import { codeOf } from '../harness.ts'

const TOO_MANY = { status: 429, code: 'rate_limited' }
const SENDS = Array.from({ length: MAILS_PER_RECIPIENT.limit })

test("nobody's inbox is filled by invitations, from however many projects, or by an address to confirm", async () => {
  await using app = await openApp()
  const { projectId } = app.rivals
  const [olga, rita] = [
    await app.person('Olga', { role: 'owner' }),
    await app.person('Rita', { role: 'owner', projectId }),
  ]
  const invite = (as: typeof olga, email: string) =>
    app.call('POST', '/api/v1/invitations', { as, body: { email, role: 'writer' } })
  for (const [index] of SENDS.entries())
    expect((await invite(index % 2 ? olga : rita, 'ada@example.com')).status).toBe(201)
  const refused = await invite(rita, 'ADA@example.com')
  expect(codeOf(refused)).toEqual(TOO_MANY)
  expect(refused.body.detail).toStartWith(MAILS_PER_RECIPIENT.rule)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)

  const eve = await signUp(app, 'Eve')
  const mails = app.mails.length
  const change = { email: 'ada@example.com', password: PASSWORD }
  expect(codeOf(await eve.call('POST', '/api/v1/account/email', change))).toEqual(TOO_MANY)
  expect(app.mails.length).toBe(mails)
  expect((await invite(rita, 'ben@example.com')).status).toBe(201)
})

test('asking for a changed address is counted by the address, whoever has it, and after the password alone', async () => {
  await using app = await openApp()
  const [ada, eve] = [await signUp(app, 'Ada'), await signUp(app, 'Eve')]
  const change = (password: string) =>
    eve.call('POST', '/api/v1/account/email', { email: ada.email, password })
  await change('not the password')
  for (const _ of SENDS) expect((await change(PASSWORD)).status).toBe(202)
  expect(codeOf(await change(PASSWORD))).toEqual(TOO_MANY)
  expect(
    (await openBrowser(app).call('POST', '/api/v1/auth/password-reset', { email: ada.email })).status,
  ).toBe(202)
})
