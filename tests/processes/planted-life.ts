import { type TOTP, URI } from 'otpauth'
import { type Browser, linkTo } from '../accounts/browser.ts'
import type { Answer } from '../harness.ts'
import type { World } from './planted-world.ts'

export const PUBLIC_URL = 'https://quill.example'
const ADA = 'ada@example.com'
const BEN = 'ben@example.com'

/** Of every kind of character that something might write in another way. */
export const PASSWORDS = {
  first: 'p4ssw0rd "quoted" & wörd/+=%',
  second: 'n3w p4ssw0rd <tag> \\ ünd/+=%',
  third: 'r3set p4ssw0rd {brace} $ é/+=%',
  wrong: 'wr0ng p4ssw0rd; -- 😀/+=%',
}

/** Does once what can be done with a secret; returns what the event stream said meanwhile. */
export async function live(world: World): Promise<string> {
  const ada = await signUp(world)
  await expectDone(ada.call('POST', '/api/v1/projects', { name: 'Engines' }))
  const listening = await listen(world, ada)
  await inviteBen(world, ada)
  await useKeys(world, ada)
  await protect(world, ada)
  await comeByProviders(world)
  await changePasswords(world, ada)
  await expectDone(ada.call('PATCH', '/api/v1/project', { name: 'The end' }))
  return listening.until('The end')
}

async function signUp(world: World): Promise<Browser> {
  const ada = world.browser('Ada')
  const body = { name: 'Ada', email: ADA, password: PASSWORDS.first }
  await expectDone(ada.call('POST', '/api/v1/auth/sign-up', body))
  const token = await mailed(world, 'the link that confirms', ADA, /Confirm/)
  await expectDone(ada.call('POST', '/api/v1/auth/confirm', { token }))
  await ada.call('POST', '/api/v1/auth/sign-in', { email: ADA, password: PASSWORDS.wrong })
  await expectDone(ada.call('POST', '/api/v1/auth/sign-in', { email: ADA, password: PASSWORDS.first }))
  return ada
}

async function inviteBen(world: World, ada: Browser) {
  const { body } = await expectDone(ada.call('POST', '/api/v1/invitations', { email: BEN, role: 'writer' }))
  const token = await mailed(world, 'the link of an invitation', BEN, /Invitation/)
  world.shown['the link of an invitation'] = token
  if (!body.link.endsWith(token)) throw new Error('The mail has another link.')
  const ben = world.browser('Ben')
  await expectDone(ben.call('POST', '/api/v1/invitations/look', { token }))
  const person = { name: 'Ben', email: BEN, password: PASSWORDS.first, invitation: token }
  await expectDone(ben.call('POST', '/api/v1/auth/sign-up', person))
  await expectDone(ben.call('POST', '/api/v1/invitations/accept', { token }))
  await ben.call('POST', '/api/v1/invitations/accept', { token })
}

async function useKeys(world: World, ada: Browser) {
  const { body: session } = await ada.call('GET', '/api/v1/session')
  const key = {
    name: 'Mine',
    projectIds: [session.project.id],
    scopes: ['documents:read', 'documents:write'],
  }
  const made = await expectDone(ada.call('POST', '/api/v1/account/api-keys', key))
  world.shown['a key'] = made.body.text
  const rotated = await expectDone(
    ada.call('POST', `/api/v1/account/api-keys/${made.body.key.id}/rotate`, {}),
  )
  world.shown['the key after it'] = rotated.body.text
  for (const text of [made.body.text, rotated.body.text]) {
    const headers = { authorization: `Bearer ${text}` }
    await expectDone(world.browser('a program').call('POST', '/api/v1/documents', { sourceIds: [] }, headers))
    await world.browser('a program').call('GET', '/api/v1/audit', undefined, headers)
  }
  await expectDone(ada.call('DELETE', `/api/v1/account/api-keys/${made.body.key.id}`))
  for (const path of [
    '/account/api-keys',
    '/api-keys',
    '/audit',
    '/audit/export',
    '/account/activity',
    '/members',
  ])
    await expectDone(ada.call('GET', `/api/v1${path}`))
}

async function protect(world: World, ada: Browser) {
  const password = PASSWORDS.first
  await ada.call('POST', '/api/v1/account/two-factor', { password: PASSWORDS.wrong })
  const begun = await expectDone(ada.call('POST', '/api/v1/account/two-factor', { password }))
  const authenticator = URI.parse(begun.body.uri) as TOTP
  const confirm = { code: authenticator.generate() }
  await expectDone(ada.call('POST', '/api/v1/account/two-factor/confirm', confirm))
  world.shown['the second factor'] = begun.body.secret
  world.hidden['the second factor, in bytes'] = authenticator.secret.utf8
  for (const [index, code] of begun.body.recoveryCodes.entries()) world.shown[`recovery code ${index}`] = code
  const elsewhere = world.browser('Ada elsewhere')
  await expectDone(elsewhere.call('POST', '/api/v1/auth/sign-in', { email: ADA, password }))
  const code = begun.body.recoveryCodes[0]
  for (const _ of ['right', 'wrong'])
    await elsewhere.call('POST', '/api/v1/auth/two-factor', { method: 'recovery_code', code })
  const fresh = await expectDone(ada.call('POST', '/api/v1/account/two-factor/recovery-codes', { password }))
  for (const [index, each] of fresh.body.recoveryCodes.entries())
    world.shown[`new recovery code ${index}`] = each
  await expectDone(ada.call('POST', '/api/v1/account/two-factor/disable', { password }))
}

async function comeByProviders(world: World) {
  for (const provider of ['github', 'google']) {
    const browser = world.browser(`Grace, by ${provider}`)
    const { body } = await expectDone(browser.call('POST', `/api/v1/auth/providers/${provider}`))
    const back = new URL(await world.idp.consent(body.url, { as: 'grace' }))
    world.hidden[`the code of ${provider}`] = back.searchParams.get('code')!
    const path = back.pathname + back.search
    await expectDone(browser.call('GET', path))
    // A second time, and with an error of the provider, nothing is told either.
    await browser.call('GET', path)
    world.idp.trouble = { token: 'failing' }
    const again = await browser.call('POST', `/api/v1/auth/providers/${provider}`)
    const failing = new URL(await world.idp.consent(again.body.url, { as: 'grace' }))
    world.hidden[`the second code of ${provider}`] = failing.searchParams.get('code')!
    await browser.call('GET', failing.pathname + failing.search)
    world.idp.trouble = {}
  }
}

async function changePasswords(world: World, ada: Browser) {
  const change = (current: string) =>
    ada.call('POST', '/api/v1/account/password', { current, new: PASSWORDS.second })
  await change(PASSWORDS.wrong)
  await expectDone(change(PASSWORDS.first))
  await expectDone(ada.call('POST', '/api/v1/auth/password-reset', { email: ADA }))
  const token = await mailed(world, 'the link of a reset', ADA, /Reset/)
  const reset = { token, password: PASSWORDS.third }
  const visitor = world.browser('a visitor')
  await expectDone(visitor.call('POST', '/api/v1/auth/password-reset/confirm', reset))
  await visitor.call('POST', '/api/v1/auth/password-reset/confirm', reset)
  await expectDone(ada.call('POST', '/api/v1/auth/sign-in', { email: ADA, password: PASSWORDS.third }))
  const address = { email: 'new@example.com', password: PASSWORDS.third }
  await expectDone(ada.call('POST', '/api/v1/account/email', address))
  await mailed(world, 'the link of a changed address', 'new@example.com', /Confirm/)
}

async function mailed(world: World, name: string, email: string, subject: RegExp): Promise<string> {
  const token = await linkTo(world, email, subject)
  world.mailed[name] = token
  return token
}

/** Follows the events of Ada's project in a session of its own. */
async function listen(world: World, ada: Browser) {
  const headers = { cookie: ada.cookie() }
  const response = await world.fetch(new Request('http://localhost/api/v1/events?after=0', { headers }))
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  let heard = ''
  return {
    async until(text: string) {
      while (!heard.includes(text)) {
        const { done, value } = await reader.read()
        if (done) break
        heard += decoder.decode(value, { stream: true })
      }
      await reader.cancel()
      return heard
    },
  }
}

async function expectDone(answering: Promise<Answer>): Promise<Answer> {
  const answer = await answering
  if (answer.status >= 400) throw new Error(`It was refused, ${answer.status}: ${answer.text}`)
  return answer
}
