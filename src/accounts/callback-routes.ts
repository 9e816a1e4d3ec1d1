import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { access } from '#src/projects/access.ts'
import { cookiesFromAuth, headersForAuth } from './browser-cookies.ts'
import { providerName } from './schemas.ts'

/** Where GitHub and Google send a browser back to. */
export const callbackRoutes = (deps: AppDeps) => {
  const { accounts, env } = deps
  return new Elysia({ name: 'callback', prefix: '/auth', tags: ['Sign-in'] }).use(access(deps)).get(
    '/callback/:provider',
    async ({ params, request, visitor }) => {
      const { handler } = await accounts.auth()
      const address = `${env.publicUrl}/api/v1/auth/callback/${params.provider}${new URL(request.url).search}`
      const answer = await handler(
        new Request(address, { headers: headersForAuth(request, visitor().address) }),
      )
      const headers = new Headers({ location: answer.headers.get('location') ?? `${env.publicUrl}/sign-in` })
      for (const cookie of cookiesFromAuth(answer.headers, env.secureCookies))
        headers.append('set-cookie', cookie)
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
