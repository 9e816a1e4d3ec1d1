import { Elysia } from 'elysia'
import type { Db } from '#db/connect.ts'
import { AppError } from '#src/errors.ts'
import type { Permission } from './permissions.ts'
import { type Principal, principalLookups } from './principals.ts'

export const SESSION_COOKIE = 'quill_session'
export const WRONG_KEY = 'This API key is unknown, expired or revoked.'
const NO_KEY = 'Sign in, or send an API key as a bearer token.'
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The `permission` of a route. It is checked before the request is validated (401 and 403 come before 422)
 * and stands in the API document as `x-permission`; `refuseUndeclared` stops an app with a route that has none.
 */
export function access(db: Db) {
  const authenticate = authenticator(db)
  const principals = new WeakMap<Request, Principal>()
  return new Elysia({ name: 'access' }).macro({
    permission: (needed: Permission) => ({
      detail: { 'x-permission': needed, security: [{ apiKey: [] }, { session: [] }] },
      transform: async ({ request }) => {
        const principal = await authenticate(request)
        if (!principal)
          throw new AppError('unauthenticated', request.headers.has('authorization') ? WRONG_KEY : NO_KEY)
        if (!principal.permissions.has(needed))
          throw new AppError('forbidden', `This needs the permission ${needed}.`)
        principals.set(request, principal)
      },
      resolve: ({ request }) => ({ principal: principals.get(request)! }),
    }),
    open: (why: string) => ({ detail: { 'x-permission': 'none', 'x-open-because': why, security: [] } }),
  })
}

/** Finds the principal of a request: a bearer key, or the session of the browser's cookie. */
export function authenticator(db: Db): (request: Request) => Promise<Principal | undefined> {
  const find = principalLookups(db)
  return async (request) => {
    const header = request.headers.get('authorization')
    if (header !== null) return /^bearer /i.test(header) ? find.api_key(header.slice(7).trim()) : undefined
    const token = sessionToken(request)
    const principal = token ? await find.session(token) : undefined
    if (principal) refuseForeignSite(request)
    return principal
  }
}

/** Throws when a route says neither what permission it needs nor why it needs none. */
export function refuseUndeclared(routes: { method: string; path: string; hooks: { detail?: object } }[]) {
  const undeclared = routes.filter((route) => !(route.hooks.detail && 'x-permission' in route.hooks.detail))
  if (undeclared.length)
    throw new Error(
      `Routes without a permission: ${undeclared.map((route) => `${route.method} ${route.path}`).join(', ')}`,
    )
}

/** The session token a browser sent. Behind HTTPS the cookie's name is bound to the host. */
export function sessionToken(request: Request): string | undefined {
  const header = request.headers.get('cookie')
  if (!header) return undefined
  const cookies = new Bun.CookieMap(header)
  return cookies.get(`__Host-${SESSION_COOKIE}`) ?? cookies.get(SESSION_COOKIE) ?? undefined
}

// A cookie travels with requests that other sites make; a change is accepted from our own pages only.
export function refuseForeignSite(request: Request) {
  if (SAFE_METHODS.has(request.method)) return
  const site = request.headers.get('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return
  const origin = request.headers.get('origin')
  if (site === null && origin !== null && URL.parse(origin)?.host === request.headers.get('host')) return
  throw new AppError('forbidden', 'A request from another site was refused.')
}
