import { Elysia, t } from 'elysia'
import { roles } from '#db/schema/projects.ts'
import { prolongedCookie, sessionCookie, sessionToken } from '#src/accounts/browser-cookies.ts'
import { providerName } from '#src/accounts/schemas.ts'
import { chooseProject, endSession, SESSION_MS } from '#src/accounts/sessions.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { audit } from '#src/audit/audit.ts'
import { documented } from '#src/documented.ts'
import { AppError, notFound } from '#src/errors.ts'
import { isLoopback } from '#src/loopback.ts'
import { oneOf } from '#src/one-of.ts'
import { access, actorFor, authenticator, PROJECT_HEADER, refuseForeignSite } from './access.ts'
import { type Caller, callerLookups } from './callers.ts'
import { startDemoSession } from './demo.ts'
import { membershipsOf } from './members.ts'
import { permissionNames } from './permissions.ts'

const Session = t.Object(
  {
    signedIn: t.Boolean(),
    /** How somebody may come in here. */
    door: t.Object({
      demo: t.Boolean({ description: 'Whether one click opens the Demo project here.' }),
      signUp: t.Union([t.Literal('open'), t.Literal('invited')]),
      providers: t.Array(providerName),
      mails: t.Boolean({ description: 'Whether this page shows the mails that are sent: in development.' }),
    }),
    user: t.Optional(t.Object({ id: t.String(), name: t.String(), email: t.String(), isDemo: t.Boolean() })),
    project: t.Optional(
      t.Object({ id: t.String(), name: t.String(), role: oneOf(roles), archived: t.Boolean() }),
    ),
    projects: t.Optional(t.Array(t.Object({ id: t.String(), name: t.String(), archived: t.Boolean() }))),
    permissions: t.Optional(t.Array(oneOf(permissionNames))),
  },
  { title: 'Session' },
)

/** The session of the browser: who is in, in which project; the demo; the way out. */
export const sessionRoutes = (deps: AppDeps) => {
  const { db, demo, env, accounts, mailFolder } = deps
  const authenticate = authenticator(deps)
  const lasting = { secure: env.secureCookies, maxAge: SESSION_MS / 1000 }
  const door = {
    demo,
    signUp: env.signUp,
    providers: [...accounts.providers],
    mails: demo && mailFolder !== undefined,
  }

  const describe = async (request: Request) => {
    const caller = await authenticate(request)
    if (!caller?.person) return { signedIn: false, door }
    const { userId, name, email, isDemo } = caller.person
    const memberships = await membershipsOf(db, userId)
    const current = memberships.find(({ projectId }) => projectId === projectOf(caller, request))
    return {
      signedIn: true,
      door,
      user: { id: userId, name, email, isDemo },
      projects: memberships.map((each) => ({
        id: each.projectId,
        name: each.name,
        archived: each.archivedAt !== null,
      })),
      ...(current
        ? {
            project: {
              id: current.projectId,
              name: current.name,
              role: current.role,
              archived: current.archivedAt !== null,
            },
            permissions: [...(caller.projects.get(current.projectId)?.permissions ?? [])],
          }
        : {}),
    }
  }

  return new Elysia({ name: 'session', tags: ['Session'] })
    .use(access(deps))
    .get(
      '/session',
      async ({ request, set }) => {
        const described = await describe(request)
        if (described.signedIn) set.headers['set-cookie'] = prolongedCookie(request, lasting)
        return described
      },
      {
        open: 'it tells the interface whether somebody is signed in',
        ...documented('getSession', 'Who is signed in', { success: { 200: Session }, open: true }),
      },
    )
    .post(
      '/session',
      async ({ request, set, status, visitor }) => {
        refuseForeignSite(request)
        // A page of another site may have made its name point here: the name must be this machine's.
        if (!demo || !isLoopback(new URL(request.url).hostname))
          throw new AppError('forbidden', 'The demo is open in development only, and on this machine only.')
        const token = await startDemoSession(db)
        await audit(db, { name: 'Demo', kind: 'person', ...visitor() }, 'session.started')
        set.headers['set-cookie'] = sessionCookie(token, lasting)
        return status(204, undefined)
      },
      {
        open: 'it opens the demo',
        body: t.Object({ kind: t.Literal('demo') }, { additionalProperties: false }),
        ...documented('openDemo', 'Continue to the Demo project', {
          success: { 204: t.Undefined() },
          errors: ['forbidden', 'invalid_request', 'rate_limited'],
          open: true,
        }),
      },
    )
    .delete(
      '/session',
      async ({ request, set, status, visitor }) => {
        refuseForeignSite(request)
        const token = sessionToken(request, env.secureCookies)
        const caller = token ? await callerLookups(db).person(token) : undefined
        if (token && caller)
          await db.batch([
            ...endSession(db, token),
            audit(db, actorFor(caller, visitor()), 'session.ended', { target: caller.id }),
          ])
        set.headers['set-cookie'] = sessionCookie('', { secure: env.secureCookies, maxAge: 0 })
        return status(204, undefined)
      },
      {
        open: 'signing out twice is no error',
        ...documented('closeSession', 'Sign out', {
          success: { 204: t.Undefined() },
          errors: ['forbidden', 'rate_limited'],
          open: true,
        }),
      },
    )
    .put(
      '/session/project',
      async ({ caller, person, body, status }) => {
        if (!caller.projects.has(body.projectId)) throw notFound('project')
        await chooseProject(db, person.sessionId, body.projectId)
        return status(204, undefined)
      },
      {
        person: 'session',
        body: t.Object({ projectId: t.String({ maxLength: 64 }) }, { additionalProperties: false }),
        ...documented('chooseProject', 'Work in another project from now on', {
          description: 'Where a request names no project in `Quill-Project`, this one is meant.',
          success: { 204: t.Undefined() },
        }),
      },
    )
}

function projectOf(caller: Caller, request: Request): string | undefined {
  const named = request.headers.get(PROJECT_HEADER)
  return named && caller.projects.has(named) ? named : caller.projectId
}
