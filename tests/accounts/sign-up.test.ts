import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { identities, users } from '#db/schema/accounts.ts'
import { CONFIRM_LINK_MINUTES } from '#src/accounts/limits.ts'
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
} from './browser.ts'

const ADA = { name: 'Ada', email: 'ada@example.com', password: PASSWORD }

afterEach(() => void setSystemTime())

test('who signs up is in once the address is confirmed, and not before', async () => {
  await using app = await openApp()
  const browser = openBrowser(app)
  expect((await browser.call('POST', '/api/v1/auth/sign-up', ADA)).body).toEqual({ next: 'confirm' })
  expect(await isSignedIn(browser)).toBe(false)
  expect(codeOf(await signIn(browser, ADA.email))).toEqual({ status: 403, code: 'forbidden' })
  const token = await linkTo(app, ADA.email, /Confirm/)
  expect((await browser.call('POST', '/api/v1/auth/confirm', { token })).body).toEqual({ next: 'sign_in' })
  expect(await isSignedIn(browser)).toBe(false)
  expect((await signIn(browser, ADA.email)).body).toEqual({ next: 'done' })
  expect((await browser.call('GET', '/api/v1/account')).body).toMatchObject({
    name: 'Ada',
    email: ADA.email,
    hasPassword: true,
    twoFactor: false,
    identities: [],
  })
})

test('a link that confirms an address signs nobody in a second time, nor after it expired', async () => {
  await using app = await openApp()
  await openBrowser(app).call('POST', '/api/v1/auth/sign-up', ADA)
  const token = await linkTo(app, ADA.email, /Confirm/)
  setSystemTime(Date.now() + CONFIRM_LINK_MINUTES * 60_000 + 1_000)
  const late = await openBrowser(app).call('POST', '/api/v1/auth/confirm', { token })
  expect(codeOf(late)).toEqual({ status: 404, code: 'not_found' })
  setSystemTime()
  await openBrowser(app).call('POST', '/api/v1/auth/confirm', { token })
  const thief = openBrowser(app)
  const again = await thief.call('POST', '/api/v1/auth/confirm', { token })
  expect([again.body, thief.cookies.size]).toEqual([{ next: 'sign_in' }, 0])
})

test('a link that was changed, or made up, confirms nothing', async () => {
  await using app = await openApp()
  await openBrowser(app).call('POST', '/api/v1/auth/sign-up', ADA)
  const token = await linkTo(app, ADA.email, /Confirm/)
  const [head, payload, signature] = token.split('.') as [string, string, string]
  const unsigned = Buffer.from('{"alg":"none"}').toString('base64url')
  const forged = Buffer.from('{"email":"ada@example.com"}').toString('base64url')
  const wrong = [
    'x',
    `${head}.${payload}.`,
    `${unsigned}.${payload}.`,
    `${head}.${forged}.${signature}`,
    token.slice(0, -3),
  ]
  for (const each of wrong) {
    const answer = await openBrowser(app).call('POST', '/api/v1/auth/confirm', { token: each })
    expect({ each, ...codeOf(answer) }).toEqual({ each, status: 404, code: 'not_found' })
  }
  const [user] = await app.db.select().from(users)
  expect(user?.emailVerified).toBe(false)
})

test('a second sign-up of an address is answered alike, changes nothing and mails nobody', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const first = await openBrowser(app).call('POST', '/api/v1/auth/sign-up', {
    ...ADA,
    email: 'eve@example.com',
  })
  const body = { name: 'Eve', email: 'ADA@example.com', password: 'another password' }
  const second = await openBrowser(app).call('POST', '/api/v1/auth/sign-up', body)
  expect([second.status, second.text]).toEqual([first.status, first.text])
  expect(mailsTo(app, ada.email, /Confirm/)).toBe(1)
  expect((await signIn(openBrowser(app), ada.email)).status).toBe(200)
  expect((await signIn(openBrowser(app), ada.email, 'another password')).status).toBe(401)
})

test('fifty sign-ups of one address at once make one account with one password, and are answered alike', async () => {
  await using app = await openApp()
  const sends = Array.from({ length: 50 }, (_, index) =>
    openBrowser(app).call('POST', '/api/v1/auth/sign-up', { ...ADA, password: `${PASSWORD} ${index}` }),
  )
  const answers = await Promise.all(sends)
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
    new Set(['200 {"next":"confirm"}']),
  )
  expect([await app.db.$count(users), await app.db.$count(identities)]).toEqual([1, 1])
  expect(mailsTo(app, ADA.email, /Confirm/)).toBe(1)
}, 30_000)

test('where accounts are by invitation, nobody makes one without', async () => {
  await using app = await openApp({ SIGN_UP: 'invited' })
  const refused = await openBrowser(app).call('POST', '/api/v1/auth/sign-up', ADA)
  expect(codeOf(refused)).toEqual({ status: 403, code: 'forbidden' })
  const invented = await openBrowser(app).call('POST', '/api/v1/auth/sign-up', {
    ...ADA,
    invitation: 'x'.repeat(43),
  })
  expect(codeOf(invented)).toEqual({ status: 404, code: 'not_found' })
  expect(await app.db.$count(users)).toBe(0)
})

test('who was invited signs up without a second mail, with the address of the invitation alone', async () => {
  await using app = await openApp({ SIGN_UP: 'invited' })
  const owner = await app.person('Olga', { role: 'owner' })
  const body = { email: ADA.email, role: 'writer' }
  const { link } = (await app.call('POST', '/api/v1/invitations', { as: owner, body })).body
  const invitation = link.split('#')[1]
  const ada = openBrowser(app)
  const other = await ada.call('POST', '/api/v1/auth/sign-up', {
    ...ADA,
    email: 'eve@example.com',
    invitation,
  })
  expect(codeOf(other)).toEqual({ status: 403, code: 'forbidden' })
  const signed = await ada.call('POST', '/api/v1/auth/sign-up', {
    ...ADA,
    email: 'Ada@Example.com',
    invitation,
  })
  expect(signed.body).toEqual({ next: 'done' })
  expect(mailsTo(app, ADA.email, /Confirm/)).toBe(0)
  const accepted = await ada.call('POST', '/api/v1/invitations/accept', { token: invitation })
  expect(accepted.body).toEqual({ projectId: app.team.projectId })
  expect(await actionsOf(ada)).toEqual(['account.created', 'session.started', 'member.joined'])
  const again = await openBrowser(app).call('POST', '/api/v1/auth/sign-up', { ...ADA, invitation })
  expect(codeOf(again)).toEqual({ status: 404, code: 'not_found' })
})

test('fifty sign-ups by one invitation make one account', async () => {
  await using app = await openApp({ SIGN_UP: 'invited' })
  const owner = await app.person('Olga', { role: 'owner' })
  const body = { email: ADA.email, role: 'writer' }
  const { link } = (await app.call('POST', '/api/v1/invitations', { as: owner, body })).body
  const invitation = link.split('#')[1]
  const sends = Array.from({ length: 50 }, () =>
    openBrowser(app).call('POST', '/api/v1/auth/sign-up', { ...ADA, invitation }),
  )
  const statuses = (await Promise.all(sends)).map(({ status }) => status).sort()
  expect(statuses).toEqual([200, ...Array(49).fill(409)])
  expect(await app.db.$count(identities)).toBe(1)
}, 30_000)

test('what cannot be an account is refused before a password is hashed', async () => {
  await using app = await openApp()
  const browser = openBrowser(app)
  const wrong = [
    { ...ADA, password: 'nine char' },
    { ...ADA, password: 'x'.repeat(129) },
    { ...ADA, email: 'ada' },
    { ...ADA, email: 'müller@example.de' },
    { ...ADA, email: `${'a'.repeat(250)}@example.com` },
    { ...ADA, name: ' ' },
    { ...ADA, emailVerified: true },
    { ...ADA, role: 'owner' },
  ]
  for (const body of wrong) {
    const answer = await browser.call('POST', '/api/v1/auth/sign-up', body)
    expect({ body, status: answer.status }).toEqual({ body, status: 422 })
  }
  expect(await app.db.$count(users)).toBe(0)
})
