import { Elysia } from 'elysia'
import type { Db } from '#db/connect.ts'
import { AppError } from '#src/errors.ts'
import { apiKeyLookup } from './api-keys.ts'
import { isPermission, type Permission } from './permissions.ts'
import { sessionLookup } from './sessions.ts'

export const SESSION_COOKIE = 'quill_session'
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Who makes a request, on whose project, and what they may do. */
export type Principal = {
  kind: 'api_key' | 'session'
  id: string
  projectId: string
  permissions: ReadonlySet<Permission>
}

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
          throw new AppError('unauthenticated', 'Sign in, or send an API key as a bearer token.')
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
  const findKey = apiKeyLookup(db)
  const findSession = sessionLookup(db)
  return async (request) => {
    const header = request.headers.get('authorization')
    if (header !== null) {
      const key = /^Bearer /i.test(header) ? await findKey(header.slice(7).trim()) : undefined
      return key && principalOf('api_key', key)
    }
    const token = sessionToken(request)
    const session = token ? await findSession(token) : undefined
    if (!session) return undefined
    refuseForeignSite(request)
    return principalOf('session', session)
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

function principalOf(
  kind: Principal['kind'],
  row: { id: string; projectId: string; scopes: string[] },
): Principal {
  return { kind, id: row.id, projectId: row.projectId, permissions: new Set(row.scopes.filter(isPermission)) }
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
