import type { Mail } from '#src/mail/mail.ts'
import { type Answer, readAnswer, request, type TestApp, testApp, until } from '../harness.ts'

export const PASSWORD = 'correct horse battery'

/** A browser with its cookies, at an address of its own. */
export type Browser = {
  address: string
  cookies: Map<string, string>
  /** Its session, as a request carries it. */
  cookie(): string
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export type Visitor = Browser & { email: string; userId: string }

/** An app that believes what a browser of these tests says of its address. */
export const openApp = (settings: Record<string, string> = {}): Promise<TestApp> =>
  testApp({ limited: true, settings: { TRUSTED_PROXIES: '1', ...settings } })

/** Where a browser goes, and the mails that come from there. */
export type Site = Pick<TestApp, 'fetch'> & { mails: Pick<Mail, 'to' | 'subject' | 'text'>[] }

let hosts = 0

export function openBrowser(app: Pick<Site, 'fetch'>, cookies = new Map<string, string>()): Browser {
  const address = `198.18.${++hosts >> 8}.${hosts & 255}`
  const cookie = () => [...cookies].map((pair) => pair.join('=')).join('; ')
  return {
    address,
    cookies,
    cookie,
    async call(method, path, body, headers = {}) {
      const sent = { 'x-forwarded-for': address, 'sec-fetch-site': 'same-origin', ...headers }
      const withCookies: Record<string, string> = cookies.size ? { cookie: cookie(), ...sent } : sent
      const response = await app.fetch(request(method, path, { body, headers: withCookies }))
      for (const line of response.headers.getSetCookie()) keep(cookies, Bun.Cookie.parse(line))
      return readAnswer(response)
    },
  }
}

/** A copy of a browser as it is now: what somebody has who stole its cookies. */
export const thiefOf = (app: Site, browser: Browser) => openBrowser(app, new Map(browser.cookies))

function keep(cookies: Map<string, string>, { name, value, maxAge }: Bun.Cookie) {
  if (maxAge === 0 || value === '') cookies.delete(name)
  else cookies.set(name, value)
}

/** Somebody with an account whose address is confirmed, signed in. */
export async function signUp(app: Site, name: string): Promise<Visitor> {
  const browser = openBrowser(app)
  const email = `${name.toLowerCase()}@example.com`
  await expectNext(
    browser.call('POST', '/api/v1/auth/sign-up', { name, email, password: PASSWORD }),
    'confirm',
  )
  await expectNext(
    browser.call('POST', '/api/v1/auth/confirm', { token: await linkTo(app, email, /Confirm/) }),
    'sign_in',
  )
  await expectNext(signIn(browser, email), 'done')
  const { body } = await browser.call('GET', '/api/v1/account')
  return Object.assign(browser, { email, userId: body.id as string })
}

export const signIn = (browser: Browser, email: string, password = PASSWORD) =>
  browser.call('POST', '/api/v1/auth/sign-in', { email, password })

/** What the link of the last mail to an address carries, once there is such a mail. */
export const linkTo = (app: Site, email: string, subject: RegExp) =>
  until(`a mail to ${email} about ${subject}`, () => {
    const mail = app.mails.findLast(({ to, subject: about }) => to === email && subject.test(about))
    return mail && /#(\S+)/.exec(mail.text)?.[1]
  })

/** How many mails an address got about something. */
export const mailsTo = (app: Site, email: string, subject: RegExp) =>
  app.mails.filter((mail) => mail.to === email && subject.test(mail.subject)).length

export const isSignedIn = async (browser: Browser) =>
  (await browser.call('GET', '/api/v1/account')).status === 200

/** The actions of the log, the oldest first. */
export async function actionsOf(browser: Browser): Promise<string[]> {
  const { body } = await browser.call('GET', '/api/v1/account/activity?limit=100')
  return body.items.map(({ action }: { action: string }) => action).reverse()
}

async function expectNext(answering: Promise<Answer>, next: string) {
  const { status, text, body } = await answering
  if (body?.next !== next) throw new Error(`Expected ${next}, but it was ${status}: ${text}`)
}
