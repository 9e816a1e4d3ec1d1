import type { IncomingMessage } from 'node:http'
import { AppError, limitExceeded } from '#src/errors.ts'
import { readBody } from './safe-fetch/body.ts'
import { type Deadline, startDeadline } from './safe-fetch/deadline.ts'
import { type Connect, exchange, openSocket } from './safe-fetch/exchange.ts'
import { checkedRequest, firstHop, type Hop, nextHop } from './safe-fetch/hops.ts'
import { publicAddresses, type Resolve, resolveName } from './safe-fetch/public-addresses.ts'

/** Browsers follow 20; a site that means well needs one or two. */
const REDIRECTS_MAX = 5
/** From the look-up of the name to the last byte of the body. */
const EXCHANGE_MS_MAX = 30_000
/** As it is after decoding. */
const BODY_BYTES_MAX = 10 * 1024 * 1024

const BODILESS_STATUSES = new Set([204, 205, 304])

export type SafeFetchOptions = {
  /** Lets this machine be reached, on any port. For development and tests. */
  allowLoopback?: boolean
  /** Of the whole exchange, redirects and body included. */
  timeoutMs?: number
  /** Of the decoded body. */
  bodyBytesMax?: number
  /** Certificate authorities (PEM) to trust instead of the usual ones. */
  ca?: string
  /** Finds every address of a name. */
  resolve?: Resolve
  /** Opens the connection to an address that passed. It must not look elsewhere. */
  connect?: Connect
}

/**
 * Makes the one way by which Quill fetches an address that a person can name: `fetch`, but it reaches nothing
 * except public web sites, and ends by itself.
 *
 * Every address of a name is looked up once and must be public; the connection goes to an address so checked,
 * while Host, SNI and certificate stay those of the name. A redirect is a new address and is checked again.
 * Each exchange has a connection of its own. The runtime's proxy settings are not used: a proxy would look the
 * name up again.
 *
 * Rejects with `address_refused` before the request is sent there, `address_unreachable` when the site fails (only
 * this one is worth another try), `limit_exceeded` over a limit, or the reason of the caller's signal. The body
 * rejects in the same way while it is read. As in `fetch`, `redirect: 'manual'` answers with the redirect itself.
 */
export function safeFetch(options: SafeFetchOptions = {}): typeof fetch {
  const { timeoutMs = EXCHANGE_MS_MAX } = options
  const fetchSafely = async (input: string | URL | Request, init?: RequestInit) => {
    const request = checkedRequest(input, init)
    const deadline = startDeadline(timeoutMs, request)
    try {
      return await deadline.race(follow(request, { ...options, deadline }))
    } catch (error) {
      deadline.end()
      throw error
    }
  }
  // Part of fetch's shape. It would connect to what has not been checked.
  return Object.assign(fetchSafely, { preconnect() {} })
}

type Following = SafeFetchOptions & { deadline: Deadline }

async function follow(request: Request, options: Following): Promise<Response> {
  const { resolve = resolveName, connect = openSocket, allowLoopback = false, ca, deadline } = options
  let hop = await firstHop(request)
  for (let redirects = 0; ; redirects++) {
    const addresses = await publicAddresses(hop.url, { resolve, allowLoopback })
    const message = await exchange(hop, addresses, { connect, ca, signal: deadline.signal })
    const next = request.redirect === 'manual' ? undefined : nextHop(hop, message)
    if (!next) return present(message, hop, { ...options, redirected: redirects > 0 })
    message.destroy()
    if (request.redirect === 'error')
      throw new AppError(
        'address_refused',
        `${hop.url.hostname} redirects to another address: give that one.`,
      )
    if (redirects === REDIRECTS_MAX)
      throw limitExceeded(
        `${hop.url.hostname} redirects more than ${REDIRECTS_MAX} times; that is the limit.`,
      )
    hop = next
  }
}

function present(message: IncomingMessage, hop: Hop, options: Following & { redirected: boolean }): Response {
  const { bodyBytesMax = BODY_BYTES_MAX, redirected, deadline } = options
  const status = message.statusCode ?? 0
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(message.headersDistinct))
    for (const value of values) headers.append(name, value)
  const hasBody = hop.method !== 'HEAD' && !BODILESS_STATUSES.has(status)
  const body = hasBody ? readBody(message, headers, { bytesMax: bodyBytesMax, hop, deadline }) : null
  if (!hasBody) deadline.end()
  const response = new Response(body, { status, statusText: message.statusMessage, headers })
  return Object.defineProperties(response, {
    url: { value: hop.url.href },
    redirected: { value: redirected },
  })
}
