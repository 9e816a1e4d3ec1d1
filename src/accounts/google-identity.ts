import { createAuthorizationURL, type OAuthProvider } from 'better-auth/oauth2'
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type { Secret } from '#src/secret.ts'
import { askProvider, textField } from './ask-provider.ts'

/** How far the clocks of two machines may differ. */
const CLOCK_TOLERANCE_S = 30

export type GoogleSettings = {
  clientId: string
  clientSecret: Secret
  issuer: string
  timeoutMs: number
}

type Claims = JWTPayload & { sub: string }

/**
 * Google, or whoever speaks OpenID Connect as it does, as better-auth's provider: authorization code with PKCE,
 * and an id_token whose signature, issuer, audience, authorized party, nonce and times are checked
 * (OpenID Connect Core 1.0 §3.1.3.7). Without one there is no sign-in. Where it signs and answers is
 * discovered at the first sign-in, and again after a failure, so that no start waits for it.
 */
export function googleIdentity({ clientId, clientSecret, issuer, timeoutMs }: GoogleSettings) {
  const endpoints = onceItSucceeds(() => discover(issuer, timeoutMs))

  async function verify(idToken: string, nonce: string): Promise<Claims> {
    const { jwks } = await endpoints()
    // Asked for anew at each sign-in: keys change, and the answer is as bounded as every other.
    const keys = (await askProvider(jwks, timeoutMs)) as JSONWebKeySet
    const { payload } = await jwtVerify(idToken, createLocalJWKSet(keys), {
      issuer,
      audience: clientId,
      algorithms: ['RS256'],
      requiredClaims: ['sub', 'iat', 'exp'],
      clockTolerance: CLOCK_TOLERANCE_S,
    })
    if (payload.nonce !== nonce) throw new Error('The id_token answers another sign-in.')
    if (payload.azp !== undefined && payload.azp !== clientId)
      throw new Error('The id_token was given to another client.')
    return payload as Claims
  }

  return {
    id: 'google',
    name: 'Google',
    issuer,
    requiresIdTokenNonce: true,
    accountSubject: ({ profile }) => profile.sub,
    async createAuthorizationURL({ state, codeVerifier, redirectURI, idTokenNonce, loginHint }) {
      const { authorization } = await endpoints()
      return createAuthorizationURL({
        id: 'google',
        options: { clientId },
        authorizationEndpoint: authorization,
        scopes: ['openid', 'email', 'profile'],
        nonce: idTokenNonce,
        state,
        codeVerifier,
        redirectURI,
        loginHint,
      })
    },

    async validateAuthorizationCode({ code, codeVerifier, redirectURI }) {
      const { token } = await endpoints()
      const answer = await askProvider(token, timeoutMs, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: clientId,
          client_secret: clientSecret.reveal(),
          code,
          code_verifier: codeVerifier ?? '',
          redirect_uri: redirectURI,
        }),
      })
      // Under `raw` the token serves this sign-in and is stored nowhere.
      return { raw: { id_token: textField(answer, 'id_token') } }
    },

    async getUserInfo({ raw, expectedIdTokenNonce }) {
      if (!expectedIdTokenNonce) throw new Error('No sign-in asked for this id_token.')
      const claims = await verify(textField(raw, 'id_token'), expectedIdTokenNonce)
      const { email, email_verified: verified, name } = claims
      const proven = verified === true && typeof email === 'string' ? email : null
      return {
        user: {
          name: typeof name === 'string' && name ? name : (proven ?? ''),
          email: proven,
          emailVerified: proven !== null,
        },
        data: claims,
      }
    },
  } satisfies OAuthProvider<Claims>
}

/** Reads the provider's discovery document (OpenID Connect Discovery 1.0 §4). */
export async function discover(issuer: string, timeoutMs: number) {
  const url = `${issuer}/.well-known/openid-configuration`
  const document = await askProvider(url, timeoutMs)
  if (textField(document, 'issuer') !== issuer) throw new Error(`${url} speaks for another issuer.`)
  const address = (field: string) => {
    const found = textField(document, field)
    if (new URL(found).protocol !== new URL(issuer).protocol)
      throw new Error(`${url}: ${field} is less safe.`)
    return found
  }
  return {
    authorization: address('authorization_endpoint'),
    token: address('token_endpoint'),
    jwks: address('jwks_uri'),
  }
}

/** Does the work when it is first needed, keeps what came of it, and tries again after a failure. */
function onceItSucceeds<T>(work: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined
  return () => {
    kept ??= work().catch((error) => {
      kept = undefined
      throw error
    })
    return kept
  }
}
