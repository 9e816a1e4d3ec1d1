import { Elysia } from 'elysia'
import type { Env } from './env.ts'

/** How long a browser may remember what it was told about an address. */
const PREFLIGHT_SECONDS = 600

const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'last-event-id',
  'prefer',
  'quill-project',
  'x-request-id',
].join(', ')
const EXPOSED_HEADERS = [
  'etag',
  'idempotency-replayed',
  'preference-applied',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'x-request-id',
].join(', ')

/**
 * Lets pages of the origins in CORS_ORIGINS call the API, with a key: their requests never carry cookies. Pages of
 * any other origin are told nothing, so their browser keeps the answer from them (Fetch standard, CORS protocol).
 */
export function cors({ corsOrigins }: Pick<Env, 'corsOrigins'>) {
  const app = new Elysia({ name: 'cors' })
  if (!corsOrigins.length) return app
  const allowed = new Set(corsOrigins)
  return app.onRequest(({ request, set }) => {
    set.headers.vary = 'Origin'
    const origin = request.headers.get('origin')
    if (!origin || !allowed.has(origin)) return
    set.headers['access-control-allow-origin'] = origin
    set.headers['access-control-expose-headers'] = EXPOSED_HEADERS
    if (request.method !== 'OPTIONS') return
    return new Response(null, {
      status: 204,
      headers: {
        vary: 'Origin',
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': String(PREFLIGHT_SECONDS),
      },
    })
  })
}
