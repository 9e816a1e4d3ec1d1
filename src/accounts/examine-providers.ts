import type { Env } from '#src/env.ts'
import type { IdentityProviderName } from './identity-providers.ts'

const TIMEOUT_MS = 3_000

type Settings = Pick<Env, IdentityProviderName>

/**
 * Asks a provider, as a sign-in would, whether it is there: Google for its discovery document, GitHub's API who we
 * are. Returns its address, and why it will not do; takes three seconds at most.
 */
export async function examineProvider(
  name: IdentityProviderName,
  settings: Settings,
): Promise<{ address: string; problem?: string }> {
  const [address, asking] =
    name === 'google'
      ? [settings.google.issuer, askGoogle(settings.google.issuer)]
      : [settings.github.apiUrl, askGithub(settings.github.apiUrl)]
  return asking.then(
    () => ({ address }),
    (error: Error) => ({ address, problem: error.message }),
  )
}

async function askGoogle(issuer: string) {
  const { discover } = await import('./google-identity.ts')
  await discover(issuer, TIMEOUT_MS)
}

/** Whoever brings no token is refused, in JSON; what a wrong address answers is a page. */
async function askGithub(apiUrl: string) {
  const url = `${apiUrl}/user`
  const response = await fetch(url, {
    headers: { accept: 'application/vnd.github+json', 'user-agent': 'Quill' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: Error) => {
    throw new Error(`${url} did not answer: ${error.message}`)
  })
  await response.body?.cancel()
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '')
  if (!isJson || ![401, 403, 429].includes(response.status))
    throw new Error(`${url} answered ${response.status}, which GitHub's API does not.`)
}
