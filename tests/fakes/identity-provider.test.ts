import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { ClientSecretBasic, ClientSecretPost, generateRandomCodeVerifier } from 'oauth4webapi'
import { startIdentityProvider } from './identity-provider.ts'
import { CALLBACK, independentClient } from './identity-provider-client.ts'
import type { IdTokenFlaw } from './identity-provider-google.ts'

const HOUR_MS = 3_600_000

const idp = startIdentityProvider([CALLBACK])
const { settings } = idp
const { github, discover, ask, exchange, signInWithGoogle } = independentClient(idp)

beforeEach(() => {
  idp.trouble = {}
  idp.idTokenFlaw = undefined
})
afterAll(() => idp[Symbol.asyncDispose]())

const askGithub = (path: string, token: string, headers: Record<string, string> = {}) =>
  fetch(`${settings.GITHUB_API_URL}${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } })

describe('an independent client', () => {
  test('discovers Google, signs in and finds every claim it checks in order', async () => {
    const { claims, person } = await signInWithGoogle()
    expect(claims).toMatchObject({
      iss: settings.GOOGLE_ISSUER,
      aud: settings.GOOGLE_CLIENT_ID,
      email: 'ada@example.com',
      email_verified: true,
      name: 'Ada Lovelace',
    })
    expect(person).toMatchObject({ sub: claims.sub, email: 'ada@example.com', given_name: 'Ada' })
  })

  test('may name itself to Google in a header instead', async () => {
    const { claims } = await signInWithGoogle({ authentication: ClientSecretBasic })
    expect(claims.email).toBe('ada@example.com')
  })

  test('meets whoever gives consent', async () => {
    idp.people.grace!.verified = false
    const { claims } = await signInWithGoogle({ as: 'grace' })
    idp.people.grace!.verified = true
    expect(claims).toMatchObject({ email: 'grace@example.com', email_verified: false })
  })

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
  test.each(flaws)('refuses an id_token with this flaw: %s', async (flaw) => {
    idp.idTokenFlaw = flaw
    await expect(signInWithGoogle()).rejects.toThrow()
  })

  test('still believes what was signed before the keys were rotated, and what is signed after', async () => {
    const { response, read, verify } = await exchange('google')
    idp.rotateKeys()
    await read(response)
    await verify(response)
    expect((await signInWithGoogle()).claims.email).toBe('ada@example.com')
  })

  test('signs in with GitHub and reads who it is', async () => {
    const { response, read } = await exchange('github')
    const { access_token: token, token_type: type } = await read(response)
    expect(type).toBe('bearer')
    const agent = { 'user-agent': 'a test' }
    expect(await (await askGithub('/user', token, agent)).json()).toMatchObject({ id: 1815, login: 'ada' })
    const emails: unknown = await (await askGithub('/user/emails', token, agent)).json()
    expect(emails).toContainEqual({
      email: 'ada@example.com',
      primary: true,
      verified: true,
      visibility: 'private',
    })
  })
})

describe('a code', () => {
  test.each(['verifier', 'redirectUri'] as const)('is refused with another %s', async (field) => {
    const other = { verifier: generateRandomCodeVerifier(), redirectUri: `${CALLBACK}/` }
    const { response, read } = await exchange('google', { [field]: other[field] })
    await expect(read(response)).rejects.toMatchObject({ status: 400 })
  })

  test('is refused without a verifier', async () => {
    const { page } = await ask('google')
    const code = new URL(await idp.consent(page)).searchParams.get('code')!
    const { GOOGLE_CLIENT_ID: client_id, GOOGLE_CLIENT_SECRET: client_secret } = settings
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, client_id, client_secret }
    const body = new URLSearchParams(form)
    const response = await fetch(`${settings.GOOGLE_ISSUER}/token`, { method: 'POST', body })
    expect([response.status, await response.json()]).toMatchObject([400, { error: 'invalid_grant' }])
  })

  test('is refused to a client with another secret', async () => {
    const { response, read } = await exchange('google', {
      authentication: () => ClientSecretPost('guess'),
    })
    await expect(read(response)).rejects.toMatchObject({ status: 401, error: 'invalid_client' })
  })

  test('is refused once it is ten minutes old', async () => {
    const { response, read } = await exchange('google', { ageMs: HOUR_MS })
    await expect(read(response)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('is good once, and takes its token with it when it comes again', async () => {
    const { response, send, read, askPerson } = await exchange('google')
    const { access_token: token } = await read(response)
    await expect(read(await send())).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await askPerson(token)).status).toBe(401)
  })

  test('is good at the provider that gave it alone', async () => {
    await using other = startIdentityProvider([CALLBACK])
    const { page, verifier } = await ask('github')
    const code = new URL(await idp.consent(page)).searchParams.get('code')!
    const { GITHUB_CLIENT_ID: client_id, GITHUB_CLIENT_SECRET: client_secret } = settings
    const form = { code, code_verifier: verifier, redirect_uri: CALLBACK, client_id, client_secret }
    const redeem = async (url: string) => {
      const body = new URLSearchParams(form)
      return (await fetch(`${url}/login/oauth/access_token`, { method: 'POST', body })).text()
    }
    expect(await redeem(other.settings.GITHUB_URL)).toContain('error=bad_verification_code')
    expect(await redeem(settings.GITHUB_URL)).toContain('access_token=gho_')
  })
})

describe('GitHub', () => {
  test('refuses with status 200, as a form unless JSON is asked for', async () => {
    const { response } = await exchange('github', { authentication: () => ClientSecretPost('guess') })
    const refusal = { error: 'incorrect_client_credentials' }
    expect([response.status, await response.json()]).toMatchObject([200, refusal])
    const form = await fetch(github.token_endpoint!, { method: 'POST', body: new URLSearchParams() })
    expect(form.status).toBe(200)
    expect(Object.fromEntries(await form.formData())).toMatchObject(refusal)
  })

  test('shows no address on a profile whose owner hides it', async () => {
    idp.people.ada!.showsEmail = false
    const { response, read } = await exchange('github')
    const { access_token: token } = await read(response)
    const profile = await (await askGithub('/user', token)).json()
    idp.people.ada!.showsEmail = true
    expect(profile).toMatchObject({ login: 'ada', email: null })
  })

  test('answers neither a token it never gave nor a client without a name', async () => {
    expect((await askGithub('/user', 'gho_guess')).status).toBe(401)
    expect((await askGithub('/user', 'gho_guess', { 'user-agent': '' })).status).toBe(403)
  })
})

describe.each(['github', 'google'] as const)('the consent page of %s', (name) => {
  test('is one a browser can show and send', async () => {
    const { page } = await ask(name)
    const answer = await fetch(page)
    expect(answer.headers.get('content-type')).toStartWith('text/html')
    const shown = await answer.text()
    for (const part of ['<form method="post">', 'value="allow"', 'value="refuse"'])
      expect(shown).toContain(part)
  })

  test('sends back that the person refused, with the state', async () => {
    const { page, state, server } = await ask(name)
    const back = new URL(await idp.consent(page, { refuse: true }))
    const { error, ...rest } = Object.fromEntries(back.searchParams)
    expect([error, rest.state, rest.iss, rest.code]).toEqual([
      'access_denied',
      state,
      server.issuer,
      undefined,
    ])
  })

  test.each([
    ['client_id', 'somebody'],
    ['redirect_uri', `${CALLBACK}?more`],
    ['redirect_uri', 'http://localhost:3000/'],
    ['redirect_uri', null],
  ])('sends nobody anywhere for the %s %s', async (field, value) => {
    const { page } = await ask(name, { [field]: value })
    const answer = await fetch(page, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })

  test.each([
    [{ code_challenge: null }, 'invalid_request'],
    [{ code_challenge: 'too-short' }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge_method: null }, 'invalid_request'],
    [{ state: null }, 'invalid_request'],
    [{ scope: null }, 'invalid_scope'],
    [{ scope: 'repo' }, 'invalid_scope'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
  ])('sends back what is wrong with %j', async (changes, error) => {
    const { page } = await ask(name, changes)
    expect(new URL(await idp.consent(page)).searchParams.get('error')).toBe(error)
  })
})

describe('trouble', () => {
  test('can be had at every endpoint: a failure', async () => {
    idp.trouble = { token: 'failing', discovery: 'failing' }
    expect((await fetch(github.token_endpoint!, { method: 'POST' })).status).toBe(500)
    await expect(discover()).rejects.toThrow()
  })

  test('can be had at every endpoint: no answer', async () => {
    idp.trouble = { keys: 'slow' }
    const answer = fetch(`${settings.GOOGLE_ISSUER}/oauth2/v3/certs`, { signal: AbortSignal.timeout(20) })
    await expect(answer).rejects.toThrow('timed out')
  })

  test('leaves a trace: what was asked of whom', async () => {
    idp.asked.length = 0
    await exchange('github')
    expect(idp.asked).toEqual(['github authorize', 'github authorize', 'github token'])
  })
})
