import { githubEmails, githubPerson, githubTerms, githubToken } from './identity-provider-github.ts'
import {
  googleDiscovery,
  googleKeys,
  googlePerson,
  googleTerms,
  googleToken,
  type IdTokenFlaw,
  rotateGoogleKeys,
} from './identity-provider-google.ts'
import {
  type Client,
  faultOf,
  grantCode,
  type Person,
  refusePage,
  type Site,
  sendBack,
  type Terms,
} from './identity-provider-grants.ts'

export type Endpoint = 'discovery' | 'authorize' | 'token' | 'keys' | 'person' | 'emails'
/** What an endpoint may do instead of its work: answer nothing, fail, send elsewhere, never come to an end. */
export type Trouble = 'slow' | 'failing' | 'moved' | 'endless'

export type IdentityProvider = AsyncDisposable & {
  url: string
  /** What a client is configured with, by the names of its settings. */
  settings: ReturnType<typeof settingsOf>
  /** The callbacks both clients have registered: compared letter by letter. */
  redirectUris: Set<string>
  people: Record<string, Person>
  trouble: Partial<Record<Endpoint, Trouble>>
  idTokenFlaw: IdTokenFlaw | undefined
  /** Every request that came, as `<provider> <endpoint>`, or its path where there is none. */
  asked: string[]
  /** Lets codes and tokens grow older. */
  passTime(ms: number): void
  rotateKeys(): void
  /** Answers a consent page as a person in a browser would; returns the address it sends the browser to. */
  consent(pageUrl: string | URL, answer?: { as?: string; refuse?: boolean }): Promise<string>
}

type Sites = Record<'github' | 'google', Site>
type Shared = Pick<Site, 'now'> & Pick<Client, 'redirectUris'>
type Route = [Endpoint, (request: Request, asked: URLSearchParams) => Response | Promise<Response>]

const PEOPLE: Person[] = [
  { id: 1815, login: 'ada', name: 'Ada Lovelace', email: 'ada@example.com' },
  { id: 1906, login: 'grace', name: 'Grace Hopper', email: 'grace@example.com' },
].map((person) => ({ ...person, verified: true, showsEmail: true }))

const troubled: Record<Trouble, () => Response | Promise<Response>> = {
  slow: () => new Promise(() => {}),
  failing: () => new Response('Server Error', { status: 500 }),
  moved: () => new Response(null, { status: 307, headers: { location: '/elsewhere' } }),
  endless: () => new Response(new ReadableStream({ pull: (body) => body.enqueue(new Uint8Array(65_536)) })),
}

/**
 * GitHub's OAuth and Google's OpenID Connect on one loopback server, as strict as their documentation and
 * stricter: PKCE and `state` are required, and a redirect URI that was not registered is refused by a page.
 */
export function startIdentityProvider(redirectUris: string[]): IdentityProvider {
  let aheadMs = 0
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch: (request) => answer(request),
  })
  const url = `http://127.0.0.1:${server.port}`
  const shared = { redirectUris: new Set(redirectUris), now: () => Date.now() + aheadMs }
  const sites = {
    github: siteOf(githubTerms, `${url}/github/login/oauth`, shared),
    google: siteOf(googleTerms, `${url}/google`, shared),
  }
  const fake: IdentityProvider = {
    url,
    settings: settingsOf(url, sites),
    redirectUris: shared.redirectUris,
    people: Object.fromEntries(PEOPLE.map((person) => [person.login, { ...person }])),
    trouble: {},
    idTokenFlaw: undefined,
    asked: [],
    passTime: (ms) => {
      aheadMs += ms
    },
    rotateKeys: () => rotateGoogleKeys(sites.google),
    consent,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
  const routes = routesOf(fake, sites)

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const [endpoint, handle] = routes[`${request.method} ${pathname}`] ?? []
    fake.asked.push(endpoint ? `${pathname.split('/')[1]!.replace('-api', '')} ${endpoint}` : pathname)
    if (!endpoint) return new Response('Not Found', { status: 404 })
    const trouble = fake.trouble[endpoint]
    return trouble ? troubled[trouble]() : handle!(request, searchParams)
  }
  return fake
}

function siteOf(terms: Terms, issuer: string, { redirectUris, now }: Shared): Site {
  const id = `${terms.name.toLowerCase()}-client`
  return { ...terms, issuer, now, client: { id, secret: `${id}-secret+/=`, redirectUris }, grants: new Map() }
}

function settingsOf(url: string, { github, google }: Sites) {
  return {
    GITHUB_CLIENT_ID: github.client.id,
    GITHUB_CLIENT_SECRET: github.client.secret,
    GITHUB_URL: `${url}/github`,
    GITHUB_API_URL: `${url}/github-api`,
    GOOGLE_CLIENT_ID: google.client.id,
    GOOGLE_CLIENT_SECRET: google.client.secret,
    GOOGLE_ISSUER: google.issuer,
  }
}

function routesOf(fake: IdentityProvider, { github, google }: Sites) {
  const routes: Record<string, Route> = {
    'POST /github/login/oauth/access_token': ['token', (request) => githubToken(github, request)],
    'GET /github-api/user': ['person', (request) => githubPerson(github, request)],
    'GET /github-api/user/emails': ['emails', (request) => githubEmails(github, request)],
    'GET /google/.well-known/openid-configuration': ['discovery', () => googleDiscovery(google)],
    'POST /google/token': ['token', (request) => googleToken(google, request, fake.idTokenFlaw)],
    'GET /google/oauth2/v3/certs': ['keys', () => googleKeys(google)],
    'GET /google/v1/userinfo': ['person', (request) => googlePerson(google, request)],
  }
  const pages: [string, Site][] = [
    ['/github/login/oauth/authorize', github],
    ['/google/o/oauth2/v2/auth', google],
  ]
  for (const [path, site] of pages)
    for (const method of ['GET', 'POST'])
      routes[`${method} ${path}`] = [
        'authorize',
        (request, asked) => authorize(site, fake.people, { request, asked }),
      ]
  return routes
}

/** Shows the consent page, or does what was decided on it: the page posts to its own address. */
async function authorize(
  site: Site,
  people: Record<string, Person>,
  { request, asked }: { request: Request; asked: URLSearchParams },
): Promise<Response> {
  const refusal = refusePage(site, asked)
  if (refusal) return refusal
  const fault = faultOf(site, asked)
  if (fault) return sendBack(site, asked, { error: fault })
  if (request.method === 'GET') return consentPage(site, people)
  const form = new URLSearchParams(await request.text())
  const person = people[form.get('as') ?? '']
  if (!person) return new Response('Nobody by that name.', { status: 400 })
  const allowed = form.get('decision') === 'allow'
  return sendBack(
    site,
    asked,
    allowed ? { code: grantCode(site, asked, person) } : { error: 'access_denied' },
  )
}

function consentPage({ name }: Site, people: Record<string, Person>): Response {
  const options = Object.entries(people).map(([key, { name }]) => `<option value="${key}">${name}</option>`)
  const page = `<!doctype html><html lang="en"><title>Sign in with ${name}</title><main>
<h1>${name}: sign in to Quill?</h1><form method="post">
<p><label>As <select name="as">${options.join('')}</select></label></p>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="refuse">Refuse</button></p>
</form></main></html>`
  return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } })
}

async function consent(pageUrl: string | URL, { as = 'ada', refuse = false } = {}): Promise<string> {
  const page = await fetch(pageUrl, { redirect: 'manual' })
  const sentBack = page.headers.get('location')
  if (sentBack) return sentBack
  if (!page.ok) throw new Error(await page.text())
  const body = new URLSearchParams({ as, decision: refuse ? 'refuse' : 'allow' })
  const answer = await fetch(pageUrl, { method: 'POST', body, redirect: 'manual' })
  const target = answer.headers.get('location')
  if (!target) throw new Error(await answer.text())
  return target
}
