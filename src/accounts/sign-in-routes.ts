import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { PASSWORD_RESETS_PER_ACCOUNT, PASSWORD_RESETS_PER_ADDRESS } from '#src/limits/rate-limits.ts'
import { access, refuseForeignSite } from '#src/projects/access.ts'
import { cookiesFromAuth, headersForAuth } from './browser-cookies.ts'
import { callAuth } from './call-auth.ts'
import { email, linkToken, newPassword, password, personName, providerName } from './schemas.ts'
import { confirmAddress, signIn, signUp, verifySecondFactor } from './sign-in.ts'
import { during } from './visit.ts'

const closed = { additionalProperties: false }

/** What the page asks for next. */
const NextStep = t.Object(
  {
    next: t.Union([t.Literal('done'), t.Literal('two_factor'), t.Literal('confirm'), t.Literal('sign_in')], {
      description:
        '`done`: signed in. `two_factor`: the code is asked for. `confirm`: a mail with a link is on its way. `sign_in`: sign in now.',
    }),
  },
  { title: 'NextStep' },
)

const open = 'it is how to sign in'

/** How somebody becomes a session. None of it tells whether an account exists. */
export const signInRoutes = (deps: AppDeps) => {
  const { env, accounts, limits } = deps
  return new Elysia({ name: 'sign-in', prefix: '/auth', tags: ['Sign-in'] })
    .use(access(deps))
    .onTransform(({ request }) => refuseForeignSite(request))
    .post(
      '/sign-up',
      ({ body, request, set, visitor }) => signUp(deps, { body, request, set, ...visitor() }),
      {
        open,
        body: t.Object(
          { name: personName, email, password: newPassword, invitation: t.Optional(linkToken) },
          {
            ...closed,
            examples: [{ name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' }],
          },
        ),
        ...documented('signUp', 'Make an account', {
          description: 'With an `invitation` the address needs no confirmation: the link came to it.',
          success: { 200: NextStep },
          errors: ['forbidden', 'not_found', 'conflict', 'invalid_request', 'rate_limited'],
          open: true,
        }),
      },
    )
    .post(
      '/confirm',
      ({ body, request, set, visitor }) => confirmAddress(deps, { ...body, request, set, ...visitor() }),
      {
        open,
        body: t.Object({ token: linkToken }, closed),
        ...documented('confirmAddress', 'Confirm an address by the link in a mail', {
          success: { 200: NextStep },
          errors: ['forbidden', 'not_found', 'invalid_request', 'rate_limited'],
          open: true,
        }),
      },
    )
    .post(
      '/sign-in',
      ({ body, request, set, visitor }) => signIn(deps, { body, request, set, ...visitor() }),
      {
        open,
        body: t.Object({ email, password }, closed),
        ...documented('signIn', 'Sign in with a password', {
          success: { 200: NextStep },
          errors: ['unauthenticated', 'forbidden', 'invalid_request', 'rate_limited'],
          open: true,
        }),
      },
    )
    .post(
      '/two-factor',
      ({ body, request, set, visitor }) => verifySecondFactor(deps, { body, request, set, ...visitor() }),
      {
        open,
        body: t.Object(
          {
            method: t.Union([t.Literal('totp'), t.Literal('recovery_code')]),
            code: t.String({ minLength: 6, maxLength: 20 }),
            trustDevice: t.Optional(t.Boolean({ description: 'Do not ask this browser again for 30 days.' })),
          },
          closed,
        ),
        ...documented('verifySecondFactor', 'Finish a sign-in with the second factor', {
          success: { 200: NextStep },
          errors: ['unauthenticated', 'forbidden', 'conflict', 'invalid_request', 'rate_limited'],
          open: true,
        }),
      },
    )
    .post(
      '/password-reset',
      async ({ body, visitor, set, status }) => {
        const { address } = visitor()
        await limits.take(PASSWORD_RESETS_PER_ADDRESS, address, set)
        await limits.take(PASSWORD_RESETS_PER_ACCOUNT, body.email.toLowerCase(), set)
        // Behind the answer: for an account that exists there is more to do.
        setImmediate(() => void askForReset(deps, body.email.toLowerCase()))
        return status(202, { next: 'confirm' as const })
      },
      {
        open,
        body: t.Object({ email }, closed),
        ...documented('requestPasswordReset', 'Ask for a link to set a new password', {
          description: 'The answer is the same whether or not there is such an account.',
          success: { 202: NextStep },
          errors: ['forbidden', 'invalid_request', 'rate_limited'],
          open: true,
        }),
      },
    )
    .post(
      '/password-reset/confirm',
      async ({ body, visitor }) => {
        const { api } = await accounts.auth()
        const reset = { token: body.token, newPassword: body.password }
        await during(visitor(), () => callAuth(api.resetPassword({ body: reset })))
        return { next: 'sign_in' as const }
      },
      {
        open,
        body: t.Object({ token: linkToken, password: newPassword }, closed),
        ...documented('resetPassword', 'Set a new password by the link in a mail', {
          description: 'Ends every session of the account.',
          success: { 200: NextStep },
          errors: ['forbidden', 'not_found', 'invalid_request', 'rate_limited'],
          open: true,
        }),
      },
    )
    .post(
      '/providers/:provider',
      async ({ params, request, set, visitor }) => {
        const { api } = await accounts.auth()
        const { headers, response } = await callAuth(
          api.signInSocial({
            body: {
              provider: params.provider,
              disableRedirect: true,
              callbackURL: `${env.publicUrl}/`,
              errorCallbackURL: `${env.publicUrl}/sign-in`,
            },
            headers: headersForAuth(request, visitor().address, env.secureCookies),
            returnHeaders: true,
          }),
        )
        set.headers['set-cookie'] = cookiesFromAuth(headers, env.secureCookies) as never
        return { url: response.url! }
      },
      {
        open,
        params: t.Object({ provider: providerName }),
        ...documented('startProviderSignIn', 'Begin to sign in with GitHub or Google', {
          description: 'Send the browser to the `url`; it comes back to `/api/v1/auth/callback/:provider`.',
          success: { 200: t.Object({ url: t.String() }) },
          errors: ['forbidden', 'not_found', 'invalid_request', 'rate_limited', 'unavailable'],
          open: true,
        }),
      },
    )
}

async function askForReset({ accounts, log }: AppDeps, email: string) {
  try {
    const { api } = await accounts.auth()
    await api.requestPasswordReset({ body: { email } })
  } catch (err) {
    log.error({ err }, 'a link to reset a password could not be sent')
  }
}
