import { Elysia } from 'elysia'
import { sessionToken } from '#src/accounts/browser-cookies.ts'
import type { Person } from '#src/accounts/sessions.ts'
import type { AppDeps } from '#src/app-deps.ts'
import type { Actor } from '#src/audit/audit.ts'
import { AppError, notFound } from '#src/errors.ts'
import { isListed } from './allowed-addresses.ts'
import { type Caller, callerLookups, type Principal } from './callers.ts'
import { lastUseRecorder } from './last-use.ts'
import type { Permission } from './permissions.ts'

/** Names the project that a request is about, where its sender works in several. */
export const PROJECT_HEADER = 'quill-project'
export const WRONG_KEY = 'This API key is unknown, expired or revoked.'
const NO_KEY = 'Sign in, or send an API key as a bearer token.'
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

export type AccessDeps = Pick<AppDeps, 'db' | 'env' | 'limits' | 'addressOf'>

type Found = Caller | undefined

/** What a route learns of who asks. */
type Admitted = { caller: Caller; principal?: Principal }

/**
 * What a route declares of who may call it: the `permission` that it needs in the project of the request;
 * that it is about the `person` who is signed in (a key is refused; the demo too where it changes an
 * `account`); or why it is `open`, or a `probe`, which machines ask all the time. All of it is checked before
 * the request is validated (401 and 403 come before 404 and 422) and stands in the API document;
 * `refuseUndeclared` stops an app with a route that declares nothing.
 */
export function access(deps: AccessDeps) {
  const authenticate = authenticator(deps)
  const admitted = new WeakMap<Request, Admitted>()
  const actorOf = (request: Request, requestId: unknown) => {
    const { caller, principal } = admitted.get(request)!
    return actorFor(caller, {
      name: principal?.name,
      address: deps.addressOf(request),
      requestId: String(requestId),
    })
  }
  const refuse = async (request: Request, set: { headers: Record<string, unknown> }): Promise<never> => {
    await deps.limits.anonymous(deps.addressOf(request), set)
    throw new AppError('unauthenticated', request.headers.has('authorization') ? WRONG_KEY : NO_KEY)
  }
  return new Elysia({ name: 'access' }).macro({
    permission: (needed: Permission) => ({
      detail: {
        'x-permission': needed,
        'x-principals': ['person', 'api_key'],
        security: [{ apiKey: [] }, { session: [] }],
      },
      transform: async ({ request, set }) => {
        const caller = (await authenticate(request)) ?? (await refuse(request, set))
        const counted = deps.limits.request(caller, set)
        if (counted) await counted
        const principal = principalIn(caller, request.headers.get(PROJECT_HEADER))
        if (!principal.permissions.has(needed))
          throw new AppError('forbidden', `This needs the permission ${needed}.`)
        admitted.set(request, { caller, principal })
      },
      resolve: ({ request, set }) => ({
        principal: admitted.get(request)!.principal!,
        actor: () => actorOf(request, set.headers['x-request-id']),
      }),
    }),
    person: (about: 'session' | 'account') => ({
      detail: { 'x-permission': about, 'x-principals': ['person'], security: [{ session: [] }] },
      transform: async ({ request, set }) => {
        const caller = (await authenticate(request)) ?? (await refuse(request, set))
        const counted = deps.limits.request(caller, set)
        if (counted) await counted
        if (!caller.person) throw new AppError('forbidden', 'This is for people, not for API keys.')
        if (about === 'account' && caller.person.isDemo)
          throw new AppError('forbidden', 'The demo has no account of its own.')
        admitted.set(request, { caller })
      },
      resolve: ({ request, set }) => ({
        person: admitted.get(request)!.caller.person as Person,
        caller: admitted.get(request)!.caller,
        actor: () => actorOf(request, set.headers['x-request-id']),
      }),
    }),
    probe: (why: string) => ({ detail: openDetail(why) }),
    open: (why: string) => ({
      detail: openDetail(why),
      // Who is known is counted as such: colleagues share an address.
      transform: async ({ request, set }) => {
        const caller = await authenticate(request)
        await (caller
          ? deps.limits.request(caller, set)
          : deps.limits.anonymous(deps.addressOf(request), set))
      },
      resolve: ({ request, set }) => ({
        visitor: () => ({ address: deps.addressOf(request), requestId: String(set.headers['x-request-id']) }),
      }),
    }),
  })
}

const openDetail = (why: string) => ({
  'x-permission': 'none',
  'x-open-because': why,
  'x-principals': ['anybody'],
  security: [],
})

/** Finds who makes a request: a bearer key, or the session of the browser's cookie. */
export function authenticator({ db, env, addressOf }: AccessDeps) {
  const find = callerLookups(db)
  const noteUse = lastUseRecorder(db)
  return (request: Request): Found | Promise<Found> => {
    const header = request.headers.get('authorization')
    if (header !== null && !/^bearer /i.test(header)) return undefined
    const token = header === null ? sessionToken(request, env.secureCookies) : header.slice(7).trim()
    if (!token) return undefined
    const found = header === null ? find.person(token) : find.api_key(token)
    return found instanceof Promise ? found.then((caller) => admit(request, caller)) : admit(request, found)
  }

  function admit(request: Request, caller: Found): Found {
    if (!caller) return undefined
    if (caller.allowedAddresses.length && !isListed(addressOf(request), caller.allowedAddresses))
      return undefined
    if (caller.person) refuseForeignSite(request)
    noteUse(caller)
    return caller
  }
}

/**
 * The caller in the project that a request names, or else the one that is meant. Throws `not_found` for a
 * project of others, and `project_missing` when nothing tells which one is meant.
 */
export function principalIn(caller: Caller, named: string | null): Principal {
  const projectId = named ?? caller.projectId
  if (projectId === undefined && caller.projects.size)
    throw new AppError(
      'project_missing',
      'This key is for several projects: name one in Quill-Project.',
      [...caller.projects.keys()].map((id) => ({ path: 'Quill-Project', message: id })),
    )
  const principal = projectId === undefined ? undefined : caller.projects.get(projectId)
  if (principal) return principal
  if (named === null)
    throw new AppError('forbidden', 'You are a member of no project. Create one, or ask to be invited.')
  throw notFound('project')
}

/** Throws when a route says neither who may call it nor why everybody may. */
export function refuseUndeclared(routes: { method: string; path: string; hooks: { detail?: object } }[]) {
  const undeclared = routes.filter((route) => !(route.hooks.detail && 'x-permission' in route.hooks.detail))
  if (undeclared.length)
    throw new Error(
      `Routes without a permission: ${undeclared.map((route) => `${route.method} ${route.path}`).join(', ')}`,
    )
}

/** A cookie travels with requests that other sites make; a change is accepted from our own pages only. */
export function refuseForeignSite(request: Request) {
  if (SAFE_METHODS.has(request.method)) return
  const site = request.headers.get('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return
  const origin = request.headers.get('origin')
  if (site === null && origin !== null && URL.parse(origin)?.host === request.headers.get('host')) return
  throw new AppError('forbidden', 'A request from another site was refused.')
}

export function actorFor(
  caller: Caller,
  { name, address, requestId }: { name?: string; address?: string; requestId: string },
): Actor {
  const { person, userId, kind, id } = caller
  return {
    userId,
    name: person?.name ?? name ?? id,
    kind,
    principalId: id,
    address,
    requestId,
  }
}
