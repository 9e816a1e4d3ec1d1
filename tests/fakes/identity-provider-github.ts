import {
  type Grant,
  granted,
  type Person,
  type Refusal,
  redeem,
  type Site,
  type Terms,
} from './identity-provider-grants.ts'

export const githubTerms: Terms = {
  name: 'GitHub',
  scopes: ['user:email', 'read:user'],
  requiredScope: 'user:email',
  tokenPrefix: 'gho_',
}

const ERRORS: Record<Refusal, [code: string, description: string]> = {
  client: ['incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.'],
  request: ['bad_verification_code', 'The code passed is incorrect or expired.'],
  code: ['bad_verification_code', 'The code passed is incorrect or expired.'],
  redirect: ['redirect_uri_mismatch', 'The redirect_uri MUST match the registered callback URL.'],
  verifier: ['bad_verification_code', 'The code passed is incorrect or expired.'],
}

/**
 * Exchanges a code as GitHub does: every answer is 200, a refusal too, and it is a form unless JSON is asked
 * for (GitHub, "Authorizing OAuth apps").
 */
export async function githubToken(site: Site, request: Request): Promise<Response> {
  const form = new URLSearchParams(await request.text())
  const client = { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' }
  const outcome = redeem(site, form, client)
  const fields: Record<string, string> =
    typeof outcome === 'string'
      ? { error: ERRORS[outcome][0], error_description: ERRORS[outcome][1], error_uri: '/apps/oauth-apps' }
      : { access_token: outcome.token!.text, scope: outcome.scopes.join(','), token_type: 'bearer' }
  return request.headers.get('accept')?.includes('application/json')
    ? Response.json(fields)
    : new Response(new URLSearchParams(fields))
}

/** The person's profile: `email` is the address they show to everybody, or null. */
export function githubPerson(site: Site, request: Request): Response {
  return withGrant(site, request, ({ person }) => ({
    login: person.login,
    id: person.id,
    avatar_url: `https://avatars.example/u/${person.id}`,
    type: 'User',
    name: person.name,
    email: person.showsEmail ? person.email : null,
  }))
}

/** Their addresses, for a token with `user:email`. The primary one does not come first. */
export function githubEmails(site: Site, request: Request): Response {
  return withGrant(site, request, ({ person, scopes }) =>
    scopes.includes('user:email') ? addressesOf(person) : undefined,
  )
}

const addressesOf = ({ id, login, email, verified }: Person) => [
  { email: `old.${email}`, primary: false, verified: true, visibility: null },
  { email: `${id}+${login}@users.noreply.github.com`, primary: false, verified: true, visibility: null },
  { email, primary: true, verified, visibility: 'private' },
]

function withGrant(site: Site, request: Request, answer: (grant: Grant) => object | undefined): Response {
  if (!request.headers.get('user-agent'))
    return new Response('Request forbidden by administrative rules. Send a User-Agent header.', {
      status: 403,
    })
  const grant = granted(site, request)
  if (!grant) return Response.json({ message: 'Bad credentials', status: '401' }, { status: 401 })
  const headers = { 'x-oauth-scopes': grant.scopes.join(', ') }
  const body = answer(grant)
  return body
    ? Response.json(body, { headers })
    : Response.json({ message: 'Not Found', status: '404' }, { status: 404, headers })
}
