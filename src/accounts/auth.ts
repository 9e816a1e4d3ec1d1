import { betterAuth } from 'better-auth'
import { APIError } from 'better-auth/api'
import type { Db } from '#db/connect.ts'
import type { Env } from '#src/env.ts'
import { type IdPrefix, newId } from '#src/ids.ts'
import type { Log } from '#src/log.ts'
import type { Secret } from '#src/secret.ts'
import type { KeyRing } from '#src/secrets/key-ring.ts'
import { authAdapter } from './auth-adapter.ts'
import { ADDRESS_HEADER } from './browser-cookies.ts'
import type { IdentityProviders } from './identity-providers.ts'
import { CONFIRM_LINK_MINUTES, FRESH_MINUTES, RESET_LINK_MINUTES } from './limits.ts'
import { hashPassword, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, verifyPassword } from './passwords.ts'
import { secondFactor } from './second-factor.ts'
import { SESSION_MS } from './sessions.ts'

/** Comes back in the address of the page after a sign-in by a provider. */
const NOT_INVITED = { code: 'invitation_needed', message: 'Accounts are made by invitation here.' }

const idPrefixes: Record<string, IdPrefix> = {
  user: 'usr',
  account: 'idn',
  session: 'ses',
  verification: 'vrf',
  twoFactor: 'tfa',
}

type Created = { id: string; name: string; email: string }

/** What better-auth asks of the house, and tells it. */
export type AuthHooks = {
  sendConfirmation(email: string, token: string): Promise<void>
  sendReset(email: string, token: string): Promise<void>
  /** Somebody signed up with an address that has an account. */
  signedUpAgain(email: string): Promise<void>
  /** Whether somebody of this address may make an account. */
  admits(email: string): Promise<boolean>
  created(user: Created): Promise<void>
  /** An identity of a provider was linked; `credential` is the password. */
  linked(identity: { userId: string; providerId: string }): Promise<void>
  passwordReset(user: Created): Promise<void>
}

export type AuthDeps = {
  db: Db
  env: Env
  log: Log
  ring: KeyRing
  /** Signs cookies and links. */
  secret: Secret
  hooks: AuthHooks
  providers: IdentityProviders
}

export type Auth = Awaited<ReturnType<typeof createAuth>>

/**
 * better-auth, for people alone: passwords, identity providers, second factors, and the links in mails. None of its
 * routes is served: ours call it. Its own limits, cookie cache, tokens of providers and telemetry are off.
 */
export function createAuth({ db, env, log, ring, secret, hooks, providers }: AuthDeps) {
  return betterAuth({
    baseURL: env.publicUrl,
    basePath: '/api/v1/auth',
    secret: secret.reveal(),
    database: authAdapter(db, ring),
    telemetry: { enabled: false },
    onAPIError: { errorURL: `${env.publicUrl}/sign-in` },
    rateLimit: { enabled: false },
    logger: {
      level: 'error',
      log: (_level, message) => log.error({ about: message }, 'sign-in failed inside'),
    },
    advanced: {
      cookiePrefix: 'quill',
      useSecureCookies: false,
      disableCSRFCheck: true,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: ({ model }) => newId(idPrefixes[model] ?? 'vrf') },
      cookies: { session_token: { name: 'quill_session' } },
    },
    user: { modelName: 'users', changeEmail: { enabled: true } },
    session: {
      modelName: 'sessions',
      fields: { token: 'tokenHash', ipAddress: 'address' },
      expiresIn: SESSION_MS / 1000,
      freshAge: FRESH_MINUTES * 60,
      cookieCache: { enabled: false },
      // A request prolongs its session itself: this one would know no end of it.
      disableSessionRefresh: true,
    },
    account: {
      modelName: 'identities',
      fields: { password: 'passwordHash' },
      accountLinking: providers.linking,
      updateAccountOnSignIn: false,
    },
    verification: { modelName: 'verifications', storeIdentifier: 'hashed' },
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      minPasswordLength: PASSWORD_CHARS_MIN,
      maxPasswordLength: PASSWORD_CHARS_MAX,
      resetPasswordTokenExpiresIn: RESET_LINK_MINUTES * 60,
      revokeSessionsOnPasswordReset: true,
      password: { hash: hashPassword, verify: verifyPassword },
      sendResetPassword: ({ user, token }) => hooks.sendReset(user.email, token),
      onPasswordReset: ({ user }) => hooks.passwordReset(user),
      onExistingUserSignUp: ({ user }) => hooks.signedUpAgain(user.email),
    },
    emailVerification: {
      expiresIn: CONFIRM_LINK_MINUTES * 60,
      sendOnSignUp: true,
      sendOnSignIn: true,
      sendVerificationEmail: ({ user, token }) => hooks.sendConfirmation(user.email, token),
    },
    databaseHooks: {
      user: {
        create: {
          before: async ({ email }) => {
            if (!(await hooks.admits(email))) throw new APIError('FORBIDDEN', NOT_INVITED)
          },
          after: (user) => hooks.created(user),
        },
      },
      account: { create: { after: (identity) => hooks.linked(identity) } },
    },
    plugins: [...providers.plugins, secondFactor()],
  })
}
