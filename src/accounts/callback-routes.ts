import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { audit } from '#src/audit/audit.ts'
import { documented } from '#src/documented.ts'
import { access, actorFor } from '#src/projects/access.ts'
import { callerLookups } from '#src/projects/callers.ts'
import { cookiesFromAuth, headersForAuth, SESSION_COOKIE, sessionToken } from './browser-cookies.ts'
import { providerName } from './schemas.ts'
import { endSession } from './sessions.ts'
import { during } from './visit.ts'

/** Where GitHub and Google send a browser back to. */
export const callbackRoutes = (deps: AppDeps) => {
  const { accounts, env } = deps
  return new Elysia({ name: 'callback', prefix: '/auth', tags: ['Sign-in'] }).use(access(deps)).get(
    '/callback/:provider',
    async ({ params, query, request, visitor }) => {
      const { api } = await accounts.auth()
      const visit = visitor()
      const answer = await during(visit, () =>
        api.callbackOAuth({
          params: { id: params.provider },
          query,
          headers: headersForAuth(request, visit.address, env.secureCookies),
          asResponse: true,
        }),
      )
      const location = await goalOf(answer, env.publicUrl)
      const headers = new Headers({ location })
      for (const cookie of cookiesFromAuth(answer.headers, env.secureCookies))
        headers.append('set-cookie', cookie)
      const token = newSessionToken(answer.headers)
      if (token) await noteArrival(deps, { token, request, ...visit })
      return new Response(null, { status: 302, headers })
    },
    {
      open: 'an identity provider sends people here who are not signed in yet',
      params: t.Object({ provider: providerName }),
      query: t.Object(
        {
          code: t.Optional(t.String({ maxLength: 2_000 })),
          state: t.Optional(t.String({ maxLength: 2_000 })),
          error: t.Optional(t.String({ maxLength: 200 })),
        },
        { additionalProperties: true },
      ),
      ...documented('finishProviderSignIn', 'Finish to sign in with GitHub or Google', {
        success: { 302: t.Undefined({ description: 'To the page, signed in or with `error`.' }) },
        errors: ['invalid_request', 'rate_limited'],
        open: true,
      }),
    },
  )
}

/** The page to go to; where the second factor is still to come, the one that asks for it. */
async function goalOf(answer: Response, publicUrl: string): Promise<string> {
  const asksForCode = (await answer.clone().text()).includes('"twoFactorRedirect":true')
  if (asksForCode) return `${publicUrl}/two-factor`
  return answer.headers.get('location') ?? `${publicUrl}/sign-in`
}

function newSessionToken(headers: Headers): string | undefined {
  const prefix = `${SESSION_COOKIE}=`
  const cookie = headers.getSetCookie().find((each) => each.startsWith(prefix))
  return cookie?.slice(prefix.length).split(/[.;]/)[0] || undefined
}

/** The new session takes the place of the one that the browser had. */
async function noteArrival(
  { db, env }: AppDeps,
  {
    token,
    request,
    address,
    requestId,
  }: { token: string; request: Request; address: string; requestId: string },
) {
  const caller = await callerLookups(db).person(token)
  if (!caller) return
  const earlier = sessionToken(request, env.secureCookies)
  if (earlier && earlier !== token) await db.batch(endSession(db, earlier))
  await audit(db, actorFor(caller, { address, requestId }), 'session.started', {
    target: caller.person?.userId,
  })
}
