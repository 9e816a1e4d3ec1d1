import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { identityProviders } from '#src/accounts/identity-providers.ts'
import { Secret } from '#src/secret.ts'
import type { IdTokenFlaw } from '#tests/fakes/identity-provider-google.ts'
import {
  cookies,
  finish,
  installation,
  PROVIDERS,
  type ProviderName,
  settingsOf,
  signUp,
  start,
  startProviders,
  walk,
} from './signing-in.ts'

/** Soon over when a provider does not answer; enough for what it still has to answer. */
const SHORT_MS = 500

const idp = startProviders()
const settings = settingsOf(idp)

beforeEach(() => {
  idp.trouble = {}
  idp.idTokenFlaw = undefined
  idp.asked.length = 0
  for (const person of Object.values(idp.people)) person.verified = true
})
afterAll(() => idp[Symbol.asyncDispose]())

describe.each(PROVIDERS)('signing in with %s', (name) => {
  test('makes a person of who gave consent, with a proven address and a session', async () => {
    const at = installation(idp)
    expect(await walk(at, name)).toEqual({ location: '/done', cookie: expect.stringContaining('session') })
    expect(at.tables.user).toMatchObject([
      { name: 'Ada Lovelace', email: 'ada@example.com', emailVerified: true },
    ])
    expect(at.tables.session).toHaveLength(1)
  })

  test('knows who comes again by their number, whatever their address and login are by then', async () => {
    const at = installation(idp)
    await walk(at, name)
    const before = { ...idp.people.ada! }
    Object.assign(idp.people.ada!, { email: 'lovelace@example.com', login: 'lovelace' })
    await walk(at, name)
    Object.assign(idp.people.ada!, before)
    expect([at.tables.user.length, at.tables.account.length, at.tables.session.length]).toEqual([1, 1, 2])
  })

  test('tells two people apart', async () => {
    const at = installation(idp)
    await walk(at, name)
    await walk(at, name, { as: 'grace' })
    expect(at.tables.user.map(({ email }) => email)).toEqual(['ada@example.com', 'grace@example.com'])
  })

  test('asks with PKCE for nothing but who somebody is, whatever the caller asks for', async () => {
    const body = {
      provider: name,
      callbackURL: '/done',
      scopes: ['repo'],
      additionalParams: { access_type: 'offline' },
    }
    const { url } = await installation(idp).api.signInSocial({ body })
    const { scope, code_challenge_method, access_type } = Object.fromEntries(new URL(url!).searchParams)
    const least = name === 'github' ? 'user:email' : 'openid email profile'
    expect([scope, code_challenge_method, access_type]).toEqual([least, 'S256', undefined])
  })

  test('keeps no token', async () => {
    const at = installation(idp)
    await walk(at, name, { session: await signUp(at, true) })
    await walk(at, name, { as: 'grace' })
    expect(at.tables.account).toHaveLength(3)
    expect(JSON.stringify(at.tables)).not.toMatch(/gho_|ya29\.|eyJ/)
  })

  test('takes nobody whose address is not proven, and keeps nothing of them', async () => {
    idp.people.ada!.verified = false
    const at = installation(idp)
    expect(await walk(at, name)).toEqual({ location: '/failed?error=email_not_found', cookie: '' })
    expect([...at.tables.user, ...at.tables.account]).toEqual([])
  })

  test.each([
    [true, true, '/done', 2],
    [true, false, '/failed?error=email_not_found', 1],
    [false, true, '/failed?error=account_not_linked', 1],
    [false, false, '/failed?error=email_not_found', 1],
  ])(
    'joins somebody who is here only when both have proven the address: %p, %p',
    async (here, there, goal, accounts) => {
      const at = installation(idp)
      await signUp(at, here)
      idp.people.ada!.verified = there
      const { location } = await walk(at, name)
      expect([location, at.tables.account.length]).toEqual([goal, accounts])
    },
  )

  test('says so when the person refuses', async () => {
    const { location } = await walk(installation(idp), name, { refuse: true })
    expect(location).toStartWith('/failed?error=access_denied')
  })

  test('is refused to another browser, from another provider, and a second time', async () => {
    const at = installation(idp)
    const other = name === 'github' ? 'google' : 'github'
    const come = async (changes: object = {}, provider: ProviderName = name) => {
      const { page, cookie } = await start(at, name)
      const came = { back: await idp.consent(page), cookie, ...changes }
      return { came, location: (await finish(at, provider, came)).location }
    }
    expect((await come({ cookie: '' })).location).toBe('/failed?error=state_mismatch')
    expect((await come({}, other)).location).toBe('/failed?error=issuer_mismatch')
    expect(at.tables.user).toEqual([])
    const { came, location } = await come()
    expect(location).toBe('/done')
    expect((await finish(at, name, came)).location).toBe('/failed?error=state_mismatch')
  })

  test.each(['failing', 'moved', 'endless'] as const)(
    'fails, and tells nobody a secret, when the provider is %s',
    async (trouble) => {
      const at = installation(idp)
      const { page, cookie } = await start(at, name)
      idp.trouble = { token: trouble }
      const { location } = await finish(at, name, { back: await idp.consent(page), cookie })
      expect(location).toBe('/failed?error=invalid_code')
      expect(idp.asked).not.toContain('/elsewhere')
    },
  )

  test('tells the operator, not the person, that the provider does not know the client', async () => {
    const at = installation(idp, { [name]: { ...settings[name], clientSecret: new Secret('a guess') } })
    expect((await walk(at, name)).location).toBe('/failed?error=invalid_code')
    expect(at.log.join('\n')).toMatch(/invalid_client|incorrect_client_credentials/)
    expect(at.log.join('\n')).not.toContain('a guess')
  })

  test('fails within the time limit, with the reason in the log, while the provider does not answer', async () => {
    const at = installation(idp, { timeoutMs: SHORT_MS })
    const { page, cookie } = await start(at, name)
    idp.trouble = { token: 'slow' }
    const { location } = await finish(at, name, { back: await idp.consent(page), cookie })
    expect(location).toBe('/failed?error=invalid_code')
    expect(at.log.join('\n')).toMatch(/(GitHub|Google): http.* did not answer/)
    expect(at.log.join('\n')).not.toContain('secret')
  })
})

describe('signing in with Google', () => {
  const flaws: IdTokenFlaw[] = [
    'nonce',
    'no nonce',
    'audience',
    'authorized party',
    'issuer',
    'expired',
    'signature',
    'unsigned',
    'missing',
  ]
  test.each(flaws)('lets nobody in by an id_token with this flaw: %s', async (flaw) => {
    idp.idTokenFlaw = flaw
    const at = installation(idp)
    expect((await walk(at, 'google')).location).toMatch(/error=(unable_to_get_user_info|invalid_code)/)
    expect([...at.tables.user, ...at.tables.session]).toEqual([])
  })

  test('takes no id_token from a client', async () => {
    const body = { provider: 'google', idToken: { token: 'a.b.c' } }
    await expect(installation(idp).api.signInSocial({ body })).rejects.toMatchObject({ statusCode: 404 })
  })

  test('holds up nobody who signs in another way while its discovery hangs', async () => {
    idp.trouble = { discovery: 'slow' }
    const at = installation(idp, { timeoutMs: SHORT_MS })
    await signUp(at, true)
    expect(idp.asked).toEqual([])
    await expect(start(at, 'google')).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'Google cannot be reached at present. Try again in a minute, or sign in another way.',
    })
  })

  test('works again as soon as discovery does', async () => {
    idp.trouble = { discovery: 'failing' }
    const at = installation(idp)
    await expect(start(at, 'google')).rejects.toMatchObject({ kind: 'unavailable' })
    expect(at.log.join('\n')).toMatch(/Google: .* answered 500/)
    idp.trouble = {}
    expect((await walk(at, 'google')).location).toBe('/done')
  })

  test('discovers once', async () => {
    const at = installation(idp)
    await Promise.all([walk(at, 'google'), walk(at, 'google', { as: 'grace' })])
    expect(idp.asked.filter((what) => what === 'google discovery')).toHaveLength(1)
  })

  test('does not believe a document that speaks for another issuer', async () => {
    const issuer = settings.google.issuer.replace('127.0.0.1', 'localhost')
    const at = installation(idp, { google: { ...settings.google, issuer } })
    await expect(start(at, 'google')).rejects.toMatchObject({ kind: 'unavailable' })
    expect(at.log.join('\n')).toContain('speaks for another issuer')
  })
})

describe('joining an account to who is signed in', () => {
  test('works for the address they have, and for no other', async () => {
    const at = installation(idp)
    const session = await signUp(at, true)
    expect((await walk(at, 'github', { session })).location).toBe('/done')
    expect((await walk(at, 'google', { session, as: 'grace' })).location).toBe(
      '/failed?error=email_does_not_match',
    )
    expect(at.tables.account.map(({ providerId }) => providerId)).toEqual(['credential', 'github'])
  })

  test('is over when they sign out before they come back', async () => {
    const at = installation(idp)
    const session = await signUp(at, true)
    const { page, cookie } = await start(at, 'github', session)
    await at.api.signOut({ headers: cookies(session) })
    const { location } = await finish(at, 'github', { back: await idp.consent(page), cookie })
    expect(location).toBe('/failed?error=unable_to_link_account')
    expect(at.tables.account).toHaveLength(1)
  })
})

test('only the providers that have a client are offered', () => {
  const none = { clientId: '', clientSecret: undefined }
  const names = (changes: object) => identityProviders({ ...settings, ...changes }).names
  expect(names({})).toEqual(['github', 'google'])
  expect(names({ google: { ...settings.google, ...none } })).toEqual(['github'])
  expect(names({ github: { ...settings.github, ...none } })).toEqual(['google'])
})

test('secrets are sent to no address that anybody on the way could read', () => {
  const github = { ...settings.github, url: 'http://github.example', apiUrl: 'http://api.github.example' }
  expect(() => identityProviders({ ...settings, github })).toThrow(
    'GITHUB_URL must start with https://, or be on this machine, but is "http://github.example".\n' +
      'GITHUB_API_URL must start with https://, or be on this machine, but is "http://api.github.example".',
  )
})
