import { createAuthorizationURL, type OAuthProvider } from 'better-auth/oauth2'
import type { Secret } from '#src/secret.ts'
import { askProvider, refusalIn, textField } from './ask-provider.ts'

export type GithubSettings = {
  clientId: string
  clientSecret: Secret
  /** Where people sign in, without a slash at the end; for an Enterprise Server its own address. */
  url: string
  apiUrl: string
  timeoutMs: number
}

type GithubPerson = { id: number; login: string; name: string | null }

/**
 * GitHub as better-auth's provider: authorization code with PKCE, and of the person only who they are and
 * their addresses (https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps).
 * An account is known by its number: a login may pass to somebody else.
 */
export function githubIdentity({ clientId, clientSecret, url, apiUrl, timeoutMs }: GithubSettings) {
  const ask = (path: string, token: string) =>
    askProvider(`${apiUrl}${path}`, timeoutMs, {
      headers: {
        authorization: `Bearer ${token}`,
        'user-agent': 'Quill',
        accept: 'application/vnd.github+json',
      },
    })
  return {
    id: 'github',
    name: 'GitHub',
    issuer: `${url}/login/oauth`,
    accountSubject: ({ profile }) => profile.id,
    createAuthorizationURL: ({ state, codeVerifier, redirectURI, loginHint }) =>
      createAuthorizationURL({
        id: 'github',
        options: { clientId },
        authorizationEndpoint: `${url}/login/oauth/authorize`,
        scopes: ['user:email'],
        additionalParams: loginHint ? { login: loginHint } : {},
        state,
        codeVerifier,
        redirectURI,
      }),

    async validateAuthorizationCode({ code, codeVerifier, redirectURI }) {
      const answer = await askProvider(`${url}/login/oauth/access_token`, timeoutMs, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: clientId,
          client_secret: clientSecret.reveal(),
          code,
          code_verifier: codeVerifier ?? '',
          redirect_uri: redirectURI,
        }),
      })
      // GitHub refuses with status 200.
      const refusal = refusalIn(answer)
      if (refusal) throw new Error(`The code was refused: ${refusal}.`)
      // Under `raw` the token serves this sign-in and is stored nowhere.
      return { raw: { access_token: textField(answer, 'access_token') } }
    },

    async getUserInfo({ raw }) {
      const token = textField(raw, 'access_token')
      const [person, emails] = await Promise.all([ask('/user', token), ask('/user/emails', token)])
      const profile = personOf(person)
      const email = verifiedEmail(emails)
      return {
        user: { name: profile.name || profile.login, email, emailVerified: email !== null },
        data: profile,
      }
    },
  } satisfies OAuthProvider<GithubPerson>
}

function personOf(answer: unknown): GithubPerson {
  const { id, name } = answer as Partial<GithubPerson>
  if (!Number.isSafeInteger(id)) throw new Error('GitHub names a person without a number.')
  return { id: id!, login: textField(answer, 'login'), name: typeof name === 'string' ? name : null }
}

/** The primary address, once GitHub has made sure of it; another one may be old, or GitHub's own relay. */
function verifiedEmail(answer: unknown): string | null {
  if (!Array.isArray(answer)) throw new Error('GitHub lists no addresses.')
  const primary = answer.find((entry) => entry?.primary === true)
  return primary?.verified === true ? textField(primary, 'email') : null
}
