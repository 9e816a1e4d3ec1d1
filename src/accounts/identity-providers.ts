import type { BetterAuthPlugin } from 'better-auth'
import type { OAuthProvider } from 'better-auth/oauth2'
import { ConfigError, type Env } from '#src/env.ts'
import { AppError } from '#src/errors.ts'
import { isLoopback } from '#src/loopback.ts'

/** How long one request to a provider may take; a sign-in makes up to three of them, one after the other. */
const PROVIDER_TIMEOUT_MS = 10_000

export type IdentityProviderName = 'github' | 'google'
export type IdentityProviders = ReturnType<typeof identityProviders>

type Settings = Pick<Env, IdentityProviderName>
type Logger = { error: (message: string) => void }

/**
 * The providers people may sign in with, as better-auth takes them: `plugins`, the rules for `linking`, and
 * their `names` in the order of buttons. Nothing is asked of a provider before somebody signs in with it.
 * Throws ConfigError when the address of one of them is neither https nor on this machine.
 */
export function identityProviders(settings: Settings, timeoutMs = PROVIDER_TIMEOUT_MS) {
  const { github, google } = settings
  refuseUnsafe({ GITHUB_URL: github.url, GITHUB_API_URL: github.apiUrl, GOOGLE_ISSUER: google.issuer })
  return {
    names: (['github', 'google'] as const).filter(
      (name) => settings[name].clientId && settings[name].clientSecret,
    ),
    plugins: [pluginFor(settings, timeoutMs)],
    linking,
  }
}

/**
 * When an account at a provider joins a person who is already here: only when the provider has proven the
 * address and so have we (else whoever registers another's address first would share their account), and only
 * when the two addresses are the same. No provider is trusted beyond what it has proven.
 */
const linking = {
  enabled: true,
  trustedProviders: [],
  requireLocalEmailVerified: true,
  allowDifferentEmails: false,
}

/**
 * Puts the providers beside better-auth's own. Its built-in ones cannot be pointed at another address and
 * take Google's id_token unchecked; its generic ones hold up every sign-in while discovery hangs, and take a
 * person without an id_token.
 */
function pluginFor(settings: Settings, timeoutMs: number) {
  return {
    id: 'identity-providers',
    async init({ logger, socialProviders }) {
      const providers = await providersOf(settings, timeoutMs)
      return {
        context: {
          socialProviders: [...providers.map((each) => reporting(each, logger)), ...socialProviders],
        },
      }
    },
  } satisfies BetterAuthPlugin
}

/** Loaded with better-auth's engine, not with the first page. */
async function providersOf({ github, google }: Settings, timeoutMs: number): Promise<OAuthProvider[]> {
  const providers: OAuthProvider[] = []
  if (github.clientId && github.clientSecret) {
    const { githubIdentity } = await import('./github-identity.ts')
    providers.push(githubIdentity({ ...github, clientSecret: github.clientSecret, timeoutMs }))
  }
  if (google.clientId && google.clientSecret) {
    const { googleIdentity } = await import('./google-identity.ts')
    providers.push(googleIdentity({ ...google, clientSecret: google.clientSecret, timeoutMs }))
  }
  return providers
}

/** Turns what goes wrong at a provider into a line of the log and into what better-auth answers with. */
function reporting(provider: OAuthProvider, logger: Logger): OAuthProvider {
  const orNull = async <T>(work: () => Promise<T> | T): Promise<T | null> => {
    try {
      return await work()
    } catch (error) {
      logger.error(`${provider.name}: ${(error as Error).message}`)
      return null
    }
  }
  return {
    ...provider,
    validateAuthorizationCode: (request) => orNull(() => provider.validateAuthorizationCode(request)),
    getUserInfo: (tokens) => orNull(() => provider.getUserInfo(tokens)),
    createAuthorizationURL: async (request) => {
      const url = await orNull(() => provider.createAuthorizationURL(request))
      if (url) return url
      throw new AppError(
        'unavailable',
        `${provider.name} cannot be reached at present. Try again in a minute, or sign in another way.`,
      )
    },
  }
}

function refuseUnsafe(addresses: Record<string, string>) {
  const problems = Object.entries(addresses).flatMap(([name, address]) => {
    const { protocol, hostname } = new URL(address)
    return protocol === 'https:' || isLoopback(hostname)
      ? []
      : [`${name} must start with https://, or be on this machine, but is "${address}".`]
  })
  if (problems.length) throw new ConfigError(problems)
}
