import { createHash, randomBytes } from 'node:crypto'

const ACCESS_TOKEN_LIFE_MS = 3_600_000
/** Both providers let a code live for minutes; GitHub documents ten. */
const CODE_LIFE_MS = 600_000

export type Person = {
  id: number
  login: string
  name: string
  email: string
  /** Whether the provider has made sure that the address is the person's own. */
  verified: boolean
  /** Whether the profile shows the address to everybody, as GitHub asks each person. */
  showsEmail: boolean
}

export type Client = { id: string; secret: string; redirectUris: Set<string> }

/** How the two providers differ. */
export type Terms = {
  name: string
  scopes: string[]
  requiredScope: string
  tokenPrefix: string
}

/** One of the two: what a client may ask of it, and what it has granted. */
export type Site = Terms & {
  /** What it calls itself, in answers (RFC 9207) and in id_tokens. */
  issuer: string
  client: Client
  /** By the code that was given out. */
  grants: Map<string, Grant>
  now: () => number
}

export type Grant = {
  person: Person
  scopes: string[]
  nonce: string | null
  redirectUri: string
  challenge: string
  expiresAt: number
  spent: boolean
  /** Where the token it was exchanged for stands, once it was. */
  token?: { text: string; expiresAt: number }
}

export type Refusal = 'client' | 'request' | 'code' | 'redirect' | 'verifier'

const TEXT = { 'content-type': 'text/plain; charset=utf-8' }
const VERIFIER = /^[\w.~-]{43,128}$/

/** What is wrong with an authorization request that must not be answered with a redirect (RFC 6749 §4.1.2.1). */
export function refusePage(site: Site, asked: URLSearchParams): Response | undefined {
  const refuse = (reason: string) =>
    new Response(`${site.name} refuses: ${reason}`, { status: 400, headers: TEXT })
  if (new Set(asked.keys()).size !== asked.size) return refuse('invalid_request, a parameter stands twice')
  if (asked.get('client_id') !== site.client.id) return refuse('invalid_client')
  if (!site.client.redirectUris.has(asked.get('redirect_uri') ?? '')) return refuse('redirect_uri_mismatch')
}

/** What is wrong with an authorization request that came from a client it may be told to, or undefined. */
export function faultOf(site: Site, asked: URLSearchParams): string | undefined {
  const scopes = scopesOf(asked)
  if (asked.get('response_type') !== 'code') return 'unsupported_response_type'
  if (!asked.get('state')) return 'invalid_request'
  if (!scopes.includes(site.requiredScope) || scopes.some((scope) => !site.scopes.includes(scope)))
    return 'invalid_scope'
  if (asked.get('code_challenge_method') !== 'S256') return 'invalid_request'
  if (!/^[\w-]{43}$/.test(asked.get('code_challenge') ?? '')) return 'invalid_request'
}

/** Sends the browser back to the client with a code, or with what stands against it. */
export function sendBack(
  site: Site,
  asked: URLSearchParams,
  outcome: { code: string } | { error: string },
): Response {
  const target = new URL(asked.get('redirect_uri')!)
  const state = asked.get('state')
  for (const [name, value] of Object.entries({ ...outcome, ...(state && { state }), iss: site.issuer }))
    target.searchParams.set(name, value)
  return new Response(null, { status: 302, headers: { location: target.href } })
}

/** A code for what a person allowed: good once, for ten minutes. */
export function grantCode(site: Site, asked: URLSearchParams, person: Person): string {
  const code = secret()
  site.grants.set(code, {
    person,
    scopes: scopesOf(asked),
    nonce: asked.get('nonce'),
    redirectUri: asked.get('redirect_uri')!,
    challenge: asked.get('code_challenge')!,
    expiresAt: site.now() + CODE_LIFE_MS,
    spent: false,
  })
  return code
}

/**
 * Exchanges a code: once, for the client it was given to, at the redirect URI and with the verifier it was
 * asked for with (RFC 6749 §4.1.3, RFC 7636 §4.6). A code that comes twice takes its token with it.
 */
export function redeem(
  site: Site,
  form: URLSearchParams,
  client: { id: string; secret: string },
): Grant | Refusal {
  if (client.id !== site.client.id || client.secret !== site.client.secret) return 'client'
  if (new Set(form.keys()).size !== form.size) return 'request'
  const found = site.grants.get(form.get('code') ?? '')
  if (!found) return 'code'
  if (found.spent) found.token = undefined
  if (found.spent || found.expiresAt < site.now()) return 'code'
  found.spent = true
  if (form.get('redirect_uri') !== found.redirectUri) return 'redirect'
  const verifier = form.get('code_verifier') ?? ''
  if (!VERIFIER.test(verifier) || challengeOf(verifier) !== found.challenge) return 'verifier'
  found.token = { text: `${site.tokenPrefix}${secret()}`, expiresAt: site.now() + ACCESS_TOKEN_LIFE_MS }
  return found
}

/** The grant behind a request's bearer token, while it holds. */
export function granted(site: Site, request: Request): Grant | undefined {
  const [, token] = /^(?:Bearer|token) (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  return [...site.grants.values()].find(
    (each) => each.token && each.token.text === token && each.token.expiresAt > site.now(),
  )
}

const scopesOf = (asked: URLSearchParams) => (asked.get('scope') ?? '').split(/[ ,]/).filter(Boolean)
const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')
const secret = () => randomBytes(20).toString('hex')
