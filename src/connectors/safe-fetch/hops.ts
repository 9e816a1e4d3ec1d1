import type { IncomingMessage } from 'node:http'
import { AppError } from '#src/errors.ts'
import { NAME, VERSION } from '#src/version.ts'

/** One request to one address; a redirect makes another. */
export type Hop = { url: URL; method: string; headers: Headers; body: Uint8Array | null }

/** Of a name (RFC 1035). */
const HOST_CHARS_MAX = 253
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308])
/** Belong to the connection, which is ours: a caller's value would name another host or another length. */
const CONNECTION_HEADERS = [
  ...['accept-encoding', 'connection', 'content-length', 'expect', 'host', 'keep-alive'],
  ...['proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]
const BODY_HEADERS = ['content-encoding', 'content-language', 'content-location', 'content-type']
/** What another origin is told. Every other header may carry a secret, whatever its name. */
const TRAVELLING_HEADERS = new Set(['accept', 'accept-language', 'user-agent', ...BODY_HEADERS])

/** Takes what `fetch` takes. Throws `address_refused` for what is not a plain web address. */
export function checkedRequest(input: string | URL | Request, init?: RequestInit): Request {
  parseAddress(input instanceof Request ? input.url : String(input))
  const request = new Request(input, init)
  if (!METHODS.has(request.method)) throw new TypeError(`${request.method} is not a method to fetch with.`)
  return request
}

/** The body is read whole, because a redirect may ask for it again. */
export async function firstHop(request: Request): Promise<Hop> {
  const headers = new Headers(request.headers)
  for (const name of CONNECTION_HEADERS) headers.delete(name)
  if (!headers.has('accept')) headers.set('accept', '*/*')
  if (!headers.has('user-agent')) headers.set('user-agent', `${NAME}/${VERSION}`)
  const body = request.body && (await request.bytes())
  return { url: new URL(request.url), method: request.method, headers, body }
}

/**
 * The request that a redirect asks for, or undefined when the answer is none (Fetch standard, HTTP-redirect
 * fetch). Throws `address_refused` when it leads from https to http or to what is not a web address.
 */
export function nextHop(hop: Hop, { statusCode = 0, headers }: IncomingMessage): Hop | undefined {
  if (!REDIRECT_STATUSES.has(statusCode) || !headers.location) return
  // Sites send UTF-8 here, of which the parser makes one character a byte.
  const url = parseAddress(Buffer.from(headers.location, 'latin1').toString(), hop.url)
  if (hop.url.protocol === 'https:' && url.protocol === 'http:')
    throw refused(`${hop.url.hostname} redirects from https to http, where anybody can read along.`)
  const next: Hop = { ...hop, url, headers: new Headers(hop.headers) }
  if (becomesGet(hop.method, statusCode)) {
    next.method = 'GET'
    next.body = null
    for (const name of BODY_HEADERS) next.headers.delete(name)
  }
  if (url.origin !== hop.url.origin)
    for (const name of hop.headers.keys()) if (!TRAVELLING_HEADERS.has(name)) next.headers.delete(name)
  return next
}

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD'
  return method === 'POST' && (status === 301 || status === 302)
}

function parseAddress(text: string, base?: URL): URL {
  const url = URL.parse(text, base)
  if (
    !url?.hostname ||
    url.hostname.length > HOST_CHARS_MAX ||
    (url.protocol !== 'http:' && url.protocol !== 'https:')
  )
    throw refused('A web address starts with http:// or https:// and the name of a site.')
  if (url.username || url.password) throw refused('A web address must not carry a user name or a password.')
  return url
}

const refused = (message: string) => new AppError('address_refused', message)
