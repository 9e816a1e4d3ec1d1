import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { audit } from '#src/audit/audit.ts'
import { documented } from '#src/documented.ts'
import { AppError } from '#src/errors.ts'
import { tellProjectsOf } from '#src/jobs/events.ts'
import { twoFactorChanged } from '#src/mail/messages.ts'
import { access } from '#src/projects/access.ts'
import { getAccount, proveItsYou } from './account.ts'
import { cookiesFromAuth, headersForAuth } from './browser-cookies.ts'
import { callAuth } from './call-auth.ts'
import { endProofsOf } from './end-proofs.ts'
import { links } from './links.ts'
import { password } from './schemas.ts'
import type { Person } from './sessions.ts'
import { spendCode } from './spend-code.ts'

const closed = { additionalProperties: false }
const done = { success: { 204: t.Undefined() } }
const withPassword = t.Object({ password }, closed)
const RecoveryCodes = t.Array(t.String(), {
  description: 'Each works once, in the place of a code. Shown once.',
})

/** The second factor of a person's sign-in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes. */
export const twoFactorRoutes = (deps: AppDeps) => {
  const { accounts, db, env, post } = deps
  const tell = (person: Person, on: boolean) =>
    post.send(person.email, twoFactorChanged({ on, at: Date.now(), link: links(env).forgotten() }))
  return new Elysia({ name: 'two-factor', prefix: '/account/two-factor', tags: ['Account'] })
    .use(access(deps))
    .post(
      '',
      async ({ person, body, request, set }) => {
        await proveItsYou(deps, { person, ...body, request, set })
        const { api } = await accounts.auth()
        const response = await callAuth(
          api.enableTwoFactor({ body, headers: headersForAuth(request, undefined, env.secureCookies) }),
        )
        if (response.method !== 'totp') throw new Error('Another second factor was begun.')
        const uri = response.totpURI
        return { uri, secret: new URL(uri).searchParams.get('secret')!, recoveryCodes: response.backupCodes }
      },
      {
        person: 'account',
        body: withPassword,
        ...documented('beginTwoFactor', 'Begin to turn on two-factor sign-in', {
          description: 'It is on once a first code is confirmed.',
          success: {
            200: t.Object({
              uri: t.String({ description: 'For the authenticator app, `otpauth://…`.' }),
              secret: t.String({ description: 'The same, for typing.' }),
              recoveryCodes: RecoveryCodes,
            }),
          },
          errors: ['conflict'],
        }),
      },
    )
    .post(
      '/confirm',
      async ({ person, body, request, set, actor, status }) => {
        if ((await getAccount(db, person.userId)).twoFactor)
          throw new AppError('conflict', 'Two-factor sign-in is on already.')
        const auth = await accounts.auth()
        const code = body.code.replaceAll(' ', '')
        const { headers } = await callAuth(
          auth.api.verifyTOTP({
            body: { code },
            headers: headersForAuth(request, actor().address, env.secureCookies),
            returnHeaders: true,
          }),
        ).catch(notSignedOut)
        await spendCode(auth, { userId: person.userId, code })
        set.headers['set-cookie'] = cookiesFromAuth(headers, env.secureCookies) as never
        await db.batch([
          tellProjectsOf(db, person.userId),
          audit(db, actor(), 'two_factor.enabled', { target: person.userId }),
        ])
        tell(person, true)
        return status(204, undefined)
      },
      {
        person: 'account',
        body: t.Object({ code: t.String({ minLength: 6, maxLength: 10 }) }, closed),
        ...documented('confirmTwoFactor', 'Turn on two-factor sign-in by a first code', {
          ...done,
          errors: ['conflict', 'rate_limited'],
        }),
      },
    )
    .post(
      '/disable',
      async ({ person, body, request, set, actor, status }) => {
        if (!(await getAccount(db, person.userId)).twoFactor)
          throw new AppError('conflict', 'Two-factor sign-in is not on.')
        await proveItsYou(deps, { person, ...body, request, set })
        const { api } = await accounts.auth()
        const { headers } = await callAuth(
          api.disableTwoFactor({
            body,
            headers: headersForAuth(request, actor().address, env.secureCookies),
            returnHeaders: true,
          }),
        )
        set.headers['set-cookie'] = cookiesFromAuth(headers, env.secureCookies) as never
        await db.batch([
          endProofsOf(db, person.userId),
          tellProjectsOf(db, person.userId),
          audit(db, actor(), 'two_factor.disabled', { target: person.userId }),
        ])
        tell(person, false)
        return status(204, undefined)
      },
      {
        person: 'account',
        body: withPassword,
        ...documented('disableTwoFactor', 'Turn off two-factor sign-in', { ...done, errors: ['conflict'] }),
      },
    )
    .post(
      '/recovery-codes',
      async ({ person, body, request, set, actor }) => {
        await proveItsYou(deps, { person, ...body, request, set })
        const { api } = await accounts.auth()
        const { backupCodes } = await callAuth(
          api.generateBackupCodes({ body, headers: headersForAuth(request, undefined, env.secureCookies) }),
        )
        await audit(db, actor(), 'two_factor.recovery_codes_made', { target: person.userId })
        return { recoveryCodes: backupCodes }
      },
      {
        person: 'account',
        body: withPassword,
        ...documented('makeRecoveryCodes', 'Make new recovery codes; the old ones end', {
          success: { 200: t.Object({ recoveryCodes: RecoveryCodes }) },
          errors: ['conflict'],
        }),
      },
    )
}

/** Who types a wrong code while signed in stays signed in: 401 would say otherwise. */
function notSignedOut(error: unknown): never {
  if (error instanceof AppError && error.kind === 'unauthenticated')
    throw new AppError('forbidden', error.message)
  throw error
}
