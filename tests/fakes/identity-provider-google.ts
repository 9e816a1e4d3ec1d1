import { createHash } from 'node:crypto'
import {
  type Grant,
  granted,
  type Refusal,
  redeem,
  type Site,
  type Terms,
} from './identity-provider-grants.ts'

export const googleTerms: Terms = {
  name: 'Google',
  scopes: ['openid', 'email', 'profile'],
  requiredScope: 'openid',
  tokenPrefix: 'ya29.',
}

const ID_TOKEN_LIFE_S = 3_600
const NO_STORE = { 'cache-control': 'no-store' }
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

/** What may be wrong with the next id_tokens. */
export type IdTokenFlaw =
  | 'nonce'
  | 'no nonce'
  | 'audience'
  | 'authorized party'
  | 'issuer'
  | 'expired'
  | 'signature'
  | 'unsigned'
  | 'missing'

const ERRORS: Record<Refusal, [status: number, code: string]> = {
  client: [401, 'invalid_client'],
  request: [400, 'invalid_request'],
  code: [400, 'invalid_grant'],
  redirect: [400, 'redirect_uri_mismatch'],
  verifier: [400, 'invalid_grant'],
}

/** OpenID Connect Discovery 1.0 §3, with the members Google publishes. */
export function googleDiscovery({ issuer, scopes }: Site): Response {
  return Response.json({
    issuer,
    authorization_endpoint: `${issuer}/o/oauth2/v2/auth`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/v1/userinfo`,
    jwks_uri: `${issuer}/oauth2/v3/certs`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: scopes,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  })
}

export async function googleToken(site: Site, request: Request, flaw?: IdTokenFlaw): Promise<Response> {
  const form = new URLSearchParams(await request.text())
  const isForm = request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')
  if (!isForm || form.get('grant_type') !== 'authorization_code') return refuse('request')
  const outcome = redeem(site, form, clientOf(request, form))
  if (typeof outcome === 'string') return refuse(outcome)
  const accessToken = outcome.token!.text
  const answer = {
    access_token: accessToken,
    expires_in: ID_TOKEN_LIFE_S - 1,
    scope: outcome.scopes.join(' '),
    token_type: 'Bearer',
    ...(flaw !== 'missing' && { id_token: await idTokenOf(site, outcome, flaw) }),
  }
  return Response.json(answer, { headers: NO_STORE })
}

/** The key that signs, and the one before it: what was signed before a rotation stays good for a while. */
export async function googleKeys(site: Site): Promise<Response> {
  const published = [keyNumber(site), keyNumber(site) - 1].filter((number) => number >= 0)
  return Response.json({ keys: await Promise.all(published.map(publicKey)) })
}

export function googlePerson(site: Site, request: Request): Response {
  const grant = granted(site, request)
  if (grant) return Response.json(claimsOf(grant), { headers: NO_STORE })
  const headers = { 'www-authenticate': 'Bearer error="invalid_token"' }
  return Response.json({ error: 'invalid_token' }, { status: 401, headers })
}

/** From now on a new key signs, under a new id. */
export const rotateGoogleKeys = (site: Site) => rotations.set(site, keyNumber(site) + 1)

function refuse(reason: Refusal): Response {
  const [status, error] = ERRORS[reason]
  return Response.json({ error, error_description: `Refused: ${reason}.` }, { status, headers: NO_STORE })
}

/** The client's id and secret, from the header or from the form, not from both (RFC 6749 §2.3.1). */
function clientOf(request: Request, form: URLSearchParams): { id: string; secret: string } {
  const [, basic] = /^Basic (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  if (!basic) return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' }
  if (form.has('client_secret')) return { id: '', secret: '' }
  const [id = '', secret = ''] = atob(basic)
    .split(':')
    .map((part) => new URLSearchParams(`part=${part}`).get('part')!)
  return { id, secret }
}

/** The claims about a person that the granted scopes open. */
function claimsOf({ person, scopes }: Grant) {
  const [given = '', ...family] = person.name.split(' ')
  return {
    sub: `1${String(person.id).padStart(20, '0')}`,
    ...(scopes.includes('email') && { email: person.email, email_verified: person.verified }),
    ...(scopes.includes('profile') && {
      name: person.name,
      given_name: given,
      family_name: family.join(' '),
      picture: `https://pictures.example/${person.id}`,
    }),
  }
}

async function idTokenOf(site: Site, grant: Grant, flaw?: IdTokenFlaw): Promise<string> {
  const issuedAt = Math.floor(site.now() / 1000) - (flaw === 'expired' ? 2 * ID_TOKEN_LIFE_S : 0)
  const nonce = flaw === 'nonce' ? 'of-another-sign-in' : grant.nonce
  const claims = {
    iss: flaw === 'issuer' ? 'https://accounts.example' : site.issuer,
    azp: flaw === 'authorized party' ? 'another-client' : site.client.id,
    aud: audienceOf(site, flaw),
    ...claimsOf(grant),
    at_hash: createHash('sha256').update(grant.token!.text).digest().subarray(0, 16).toString('base64url'),
    ...(nonce && flaw !== 'no nonce' && { nonce }),
    iat: issuedAt,
    exp: issuedAt + ID_TOKEN_LIFE_S,
  }
  const number = keyNumber(site)
  if (flaw === 'unsigned') return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`
  const signed = `${encode({ alg: 'RS256', kid: `key-${number}`, typ: 'JWT' })}.${encode(claims)}`
  const { privateKey } = await keyPair(flaw === 'signature' ? FORGER : number)
  const signature = await crypto.subtle.sign(RSA.name, privateKey, new TextEncoder().encode(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}

function audienceOf(site: Site, flaw?: IdTokenFlaw): string | string[] {
  if (flaw === 'authorized party') return [site.client.id, 'another-client']
  return flaw === 'audience' ? 'another-client' : site.client.id
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Keys take long to make, so all fakes of a process share them; each knows how often it has rotated. */
const pairs = new Map<number, Promise<CryptoKeyPair>>()
const rotations = new WeakMap<Site, number>()
const FORGER = -1

const keyNumber = (site: Site) => rotations.get(site) ?? 0

function keyPair(number: number): Promise<CryptoKeyPair> {
  const known = pairs.get(number)
  if (known) return known
  const algorithm = { ...RSA, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
  const made = crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>
  pairs.set(number, made)
  return made
}

async function publicKey(number: number) {
  const { n, e } = await crypto.subtle.exportKey('jwk', (await keyPair(number)).publicKey)
  return { kty: 'RSA', alg: 'RS256', use: 'sig', kid: `key-${number}`, n, e }
}
