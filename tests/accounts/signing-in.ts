import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { identityProviders } from '#src/accounts/identity-providers.ts'
import { Secret } from '#src/secret.ts'
import { type IdentityProvider, startIdentityProvider } from '#tests/fakes/identity-provider.ts'

const ORIGIN = 'http://localhost:3000'
const GOALS = { callbackURL: '/done', errorCallbackURL: '/failed' }

export const PROVIDERS = ['github', 'google'] as const
export type ProviderName = (typeof PROVIDERS)[number]
export type Installation = ReturnType<typeof installation>

type Row = Record<string, unknown>
type Walk = { as?: string; refuse?: boolean; session?: string }

export const startProviders = () =>
  startIdentityProvider(PROVIDERS.map((name) => `${ORIGIN}/auth/callback/${name}`))

export function settingsOf({ settings }: IdentityProvider) {
  return {
    github: {
      clientId: settings.GITHUB_CLIENT_ID,
      clientSecret: new Secret(settings.GITHUB_CLIENT_SECRET),
      url: settings.GITHUB_URL,
      apiUrl: settings.GITHUB_API_URL,
    },
    google: {
      clientId: settings.GOOGLE_CLIENT_ID,
      clientSecret: new Secret(settings.GOOGLE_CLIENT_SECRET),
      issuer: settings.GOOGLE_ISSUER,
    },
  }
}

/** better-auth over tables in memory, with providers of these settings. */
export function installation(
  idp: IdentityProvider,
  { timeoutMs, ...changes }: Partial<ReturnType<typeof settingsOf>> & { timeoutMs?: number } = {},
) {
  const tables: Record<'user' | 'session' | 'account' | 'verification', Row[]> = {
    user: [],
    session: [],
    account: [],
    verification: [],
  }
  const log: string[] = []
  const { linking, plugins } = identityProviders({ ...settingsOf(idp), ...changes }, timeoutMs)
  const auth = betterAuth({
    baseURL: ORIGIN,
    basePath: '/auth',
    secret: 'a secret of this test that is long enough, 0123456789',
    telemetry: { enabled: false },
    logger: { level: 'error', log: (_level, message) => log.push(message) },
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    account: { accountLinking: linking },
    onAPIError: { errorURL: '/failed' },
    plugins,
  })
  return { idp, api: auth.api, tables, log }
}

/** Starts to sign in, or to join an account to whose session it is; returns the provider's page. */
export async function start({ api }: Installation, provider: ProviderName, session?: string) {
  const response = session
    ? await api.linkSocialAccount({
        body: { provider, ...GOALS },
        headers: cookies(session),
        asResponse: true,
      })
    : await api.signInSocial({ body: { provider, ...GOALS }, asResponse: true })
  const { url } = (await response.json()) as { url: string }
  return { page: new URL(url), cookie: [cookieOf(response), session].filter(Boolean).join('; ') }
}

/** Comes back from the provider; returns where the browser is sent then, and the cookies it holds. */
export async function finish(
  { api }: Installation,
  provider: ProviderName,
  came: { back: string; cookie: string },
) {
  const query = Object.fromEntries(new URL(came.back).searchParams)
  const request = {
    params: { id: provider },
    query,
    headers: cookies(came.cookie),
    asResponse: true,
  } as const
  const response: Response = await api.callbackOAuth(request)
  return { location: response.headers.get('location'), cookie: cookieOf(response) }
}

export async function walk(at: Installation, provider: ProviderName, { session, ...answer }: Walk = {}) {
  const { page, cookie } = await start(at, provider, session)
  return finish(at, provider, { back: await at.idp.consent(page, answer), cookie })
}

/** Signs up with a password; returns the cookie of the session. */
export async function signUp({ api, tables }: Installation, emailVerified: boolean) {
  const body = { email: 'ada@example.com', password: 'correct horse', name: 'Ada' }
  const response = await api.signUpEmail({ body, asResponse: true })
  tables.user[0]!.emailVerified = emailVerified
  return cookieOf(response)
}

export const cookies = (cookie: string) => new Headers({ cookie })
const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0]!)
    .filter((pair) => !pair.endsWith('='))
    .join('; ')
