import { and, eq, sql } from 'drizzle-orm'
import { type Db, tryAtomically } from '#db/connect.ts'
import { identities, users } from '#db/schema/accounts.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { type Actor, audit } from '#src/audit/audit.ts'
import { AppError, notFound } from '#src/errors.ts'
import { isoTime } from '#src/time.ts'
import { headersForAuth } from './browser-cookies.ts'
import { callAuth } from './call-auth.ts'
import { FRESH_MINUTES } from './limits.ts'
import type { Person } from './sessions.ts'

/** What better-auth calls the identity that is a password. */
export const PASSWORD_PROVIDER = 'credential'

/** A person's account as they see it. */
export async function getAccount(db: Db, userId: string) {
  const [user] = await db.select().from(users).where(eq(users.id, userId))
  const rows = await db.select().from(identities).where(eq(identities.userId, userId))
  return {
    id: userId,
    name: user!.name,
    email: user!.email,
    twoFactor: user!.twoFactorEnabled,
    hasPassword: rows.some((row) => row.providerId === PASSWORD_PROVIDER && row.passwordHash !== null),
    identities: rows
      .filter((row) => row.providerId !== PASSWORD_PROVIDER)
      .map((row) => ({ provider: row.providerId as 'github' | 'google', linkedAt: isoTime(row.createdAt)! })),
    createdAt: isoTime(user!.createdAt)!,
  }
}

/** Changes the name that others see. */
export async function renameAccount(db: Db, userId: string, name: string, actor: Actor) {
  await db.batch([
    db.update(users).set({ name, updatedAt: Date.now() }).where(eq(users.id, userId)),
    audit(db, actor, 'account.renamed', { target: userId, details: { name } }),
  ])
}

type Proof = {
  person: Person
  password?: string
  request: Request
  set: { headers: Record<string, unknown> }
}

/**
 * Proves that whoever is signed in is still the same: by the password or, where an account has none, by a sign-in
 * of a moment ago. Throws `forbidden`.
 */
export async function proveItsYou(
  { accounts, addressOf, db, env, limits }: AppDeps,
  { person, password, request, set }: Proof,
) {
  const { hasPassword } = await getAccount(db, person.userId)
  if (hasPassword) {
    if (!password) throw new AppError('forbidden', 'Give your password as well.')
    // Whoever has come by a session must not find out the password by it.
    const tried = await limits.signIn({ account: person.email, address: addressOf(request) }, set)
    const { api } = await accounts.auth()
    await callAuth(
      api.verifyPassword({
        body: { password },
        headers: headersForAuth(request, undefined, env.secureCookies),
      }),
    )
    await tried.succeeded()
  } else if (Date.now() - person.signedInAt > FRESH_MINUTES * 60_000)
    throw new AppError(
      'forbidden',
      `This needs a sign-in of the last ${FRESH_MINUTES} minutes. Sign out, sign in again, and repeat it.`,
    )
}

/** Unlinks an identity provider. Throws `conflict` for the last way to sign in, and `not_found`. */
export async function unlinkIdentity(db: Db, userId: string, provider: string, actor: Actor) {
  const hasOther = sql`EXISTS (
    SELECT 1 FROM identities other WHERE other.user_id = ${userId} AND other.provider_id <> ${provider})`
  const linked = and(eq(identities.userId, userId), eq(identities.providerId, provider))
  const done = await tryAtomically(db, db.delete(identities).where(and(linked, hasOther)), [
    audit(db, actor, 'identity.unlinked', { target: userId, details: { provider } }),
  ])
  if (done) return
  if (!(await db.$count(identities, linked))) throw notFound('linked account')
  throw new AppError('conflict', 'This is your only way to sign in. Set a password first.')
}
