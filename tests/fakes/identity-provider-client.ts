import * as oauth from 'oauth4webapi'
import type { IdentityProvider } from './identity-provider.ts'

export const CALLBACK = 'http://localhost:3000/callback'

type Name = 'github' | 'google'
type Changes = Record<string, string | null>

export type Attempt = {
  as?: string
  verifier?: string
  redirectUri?: string
  authentication?: (secret: string) => oauth.ClientAuth
  /** How long the client keeps the code before it exchanges it. */
  ageMs?: number
}

const http = { [oauth.allowInsecureRequests]: true }

/**
 * A client of both providers made of oauth4webapi, which is certified for OpenID Connect and knows nothing of
 * Quill: what it takes for sound is sound, and what it refuses is wrong.
 */
export function independentClient({ settings, consent, passTime }: IdentityProvider) {
  const github: oauth.AuthorizationServer = {
    issuer: `${settings.GITHUB_URL}/login/oauth`,
    authorization_endpoint: `${settings.GITHUB_URL}/login/oauth/authorize`,
    token_endpoint: `${settings.GITHUB_URL}/login/oauth/access_token`,
    authorization_response_iss_parameter_supported: true,
  }
  const accounts = {
    github: { id: settings.GITHUB_CLIENT_ID, secret: settings.GITHUB_CLIENT_SECRET, scope: 'user:email' },
    google: {
      id: settings.GOOGLE_CLIENT_ID,
      secret: settings.GOOGLE_CLIENT_SECRET,
      scope: 'openid email profile',
    },
  }

  async function discover() {
    const issuer = new URL(settings.GOOGLE_ISSUER)
    const answer = await oauth.discoveryRequest(issuer, { ...http, algorithm: 'oidc' })
    return oauth.processDiscoveryResponse(issuer, answer)
  }

  /** Where to ask for a code, with changes to what is asked, and what the client keeps for the way back. */
  async function ask(name: Name, changes: Changes = {}) {
    const server = name === 'github' ? github : await discover()
    const kept = {
      verifier: oauth.generateRandomCodeVerifier(),
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
    }
    const asked: Changes = {
      client_id: accounts[name].id,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: accounts[name].scope,
      state: kept.state,
      nonce: kept.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(kept.verifier),
      code_challenge_method: 'S256',
      ...changes,
    }
    const page = new URL(server.authorization_endpoint!)
    for (const [field, value] of Object.entries(asked))
      if (value !== null) page.searchParams.set(field, value)
    return { server, page, ...kept }
  }

  /** Walks to the answer of the token endpoint; `send` asks for it once more, `read` checks one. */
  async function exchange(name: Name, attempt: Attempt = {}) {
    const { as, ageMs = 0, redirectUri = CALLBACK, authentication = oauth.ClientSecretPost } = attempt
    const { server, page, verifier, state, nonce } = await ask(name)
    const client = { client_id: accounts[name].id }
    const back = new URL(await consent(page, { as }))
    passTime(ageMs)
    const params = oauth.validateAuthResponse(server, client, back, state)
    const proof = authentication(accounts[name].secret)
    const used = attempt.verifier ?? verifier
    const send = () =>
      oauth.authorizationCodeGrantRequest(server, client, proof, params, redirectUri, used, http)
    const expected = name === 'google' ? { expectedNonce: nonce, requireIdToken: true } : {}
    const read = (response: Response) =>
      oauth.processAuthorizationCodeResponse(server, client, response, expected)
    const verify = (response: Response) => oauth.validateApplicationLevelSignature(server, response, http)
    const askPerson = (token: string) => oauth.userInfoRequest(server, client, token, http)
    const readPerson = (sub: string, response: Response) =>
      oauth.processUserInfoResponse(server, client, sub, response)
    return { response: await send(), send, read, verify, askPerson, readPerson }
  }

  async function signInWithGoogle(attempt?: Attempt) {
    const { response, read, verify, askPerson, readPerson } = await exchange('google', attempt)
    const tokens = await read(response)
    await verify(response)
    const claims = oauth.getValidatedIdTokenClaims(tokens)!
    return { claims, person: await readPerson(claims.sub, await askPerson(tokens.access_token)) }
  }

  return { github, discover, ask, exchange, signInWithGoogle }
}
