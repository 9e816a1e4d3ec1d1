import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { AppError } from '#src/errors.ts'
import { isLoopback } from '#src/loopback.ts'
import { oneOf } from '#src/one-of.ts'
import {
  access,
  authenticator,
  refuseForeignSite,
  SESSION_COOKIE,
  sessionToken,
  WRONG_KEY,
} from './access.ts'
import { startDemoSession } from './demo.ts'
import { permissionNames } from './permissions.ts'
import { principalLookups } from './principals.ts'
import { getProject } from './projects.ts'
import { endSession, SESSION_MS, startSession } from './sessions.ts'

const Session = t.Object(
  {
    signedIn: t.Boolean(),
    demo: t.Boolean({ description: 'Whether one click opens the Demo project here.' }),
    project: t.Optional(t.Object({ id: t.String(), name: t.String() })),
    permissions: t.Optional(t.Array(oneOf(permissionNames))),
  },
  { title: 'Session' },
)

const NewSession = t.Union([
  t.Object({ kind: t.Literal('demo') }, { additionalProperties: false }),
  t.Object(
    { kind: t.Literal('api_key'), key: t.String({ maxLength: 200 }) },
    { additionalProperties: false },
  ),
])

/** Sessions of the browser. People's accounts come later: until then a key, or the demo, opens one. */
export const sessionRoutes = ({ db, demo }: AppDeps) => {
  const authenticate = authenticator(db)
  const find = principalLookups(db)

  const openSession = async (body: typeof NewSession.static, request: Request) => {
    if (body.kind === 'demo') {
      // A page of another site may have made its name point here: the name must be this machine's.
      if (!demo || !isLoopback(new URL(request.url).hostname))
        throw new AppError('forbidden', 'The demo is open in development only, and on this machine only.')
      return startDemoSession(db)
    }
    const key = await find.api_key(body.key)
    if (!key) throw new AppError('unauthenticated', WRONG_KEY)
    return startSession(db, {
      projectId: key.projectId,
      scopes: [...key.permissions],
      apiKeyId: key.id,
    })
  }

  const describe = async (request: Request) => {
    const principal = await authenticate(request)
    const project = principal && (await getProject(db, principal.projectId))
    return {
      signedIn: principal !== undefined,
      demo,
      ...(project ? { project: { id: project.id, name: project.name } } : {}),
      ...(principal ? { permissions: [...principal.permissions] } : {}),
    }
  }

  return new Elysia({ name: 'session', tags: ['Session'] })
    .use(access(db))
    .get('/session', ({ request }) => describe(request), {
      open: 'it tells the interface whether somebody is signed in',
      ...documented('getSession', 'Who is signed in', { success: { 200: Session }, open: true }),
    })
    .post(
      '/session',
      async ({ body, request, set, status }) => {
        refuseForeignSite(request)
        set.headers['set-cookie'] = sessionCookie(
          request,
          await openSession(body, request),
          SESSION_MS / 1000,
        )
        return status(204, undefined)
      },
      {
        open: 'it is how to sign in',
        body: NewSession,
        ...documented('openSession', 'Sign in', {
          success: { 204: t.Undefined() },
          errors: ['unauthenticated', 'forbidden', 'invalid_request'],
          open: true,
        }),
      },
    )
    .delete(
      '/session',
      async ({ request, set, status }) => {
        refuseForeignSite(request)
        const token = sessionToken(request)
        if (token) await endSession(db, token)
        set.headers['set-cookie'] = sessionCookie(request, '', 0)
        return status(204, undefined)
      },
      {
        open: 'signing out twice is no error',
        ...documented('closeSession', 'Sign out', {
          success: { 204: t.Undefined() },
          errors: ['forbidden'],
          open: true,
        }),
      },
    )
}

function sessionCookie(request: Request, token: string, maxAge: number): string {
  const secure =
    new URL(request.url).protocol === 'https:' || request.headers.get('x-forwarded-proto') === 'https'
  const name = secure ? `__Host-${SESSION_COOKIE}` : SESSION_COOKIE
  return new Bun.Cookie(name, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    maxAge,
  }).serialize()
}
