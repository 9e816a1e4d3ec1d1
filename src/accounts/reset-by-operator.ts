import { eq } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { twoFactors, users } from '#db/schema/accounts.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { audit, operator } from '#src/audit/audit.ts'
import { notFound } from '#src/errors.ts'
import { randomBase62 } from '#src/tokens.ts'
import { endProofsOf } from './end-proofs.ts'
import { RESET_LINK_MINUTES } from './limits.ts'
import { links } from './links.ts'
import { DEMO_EMAIL, findPersonByEmail } from './people.ts'
import { endSessionsOf } from './sessions.ts'

/** 256 random bits. */
const TOKEN_CHARS = 43

type Asked = { email: string; twoFactor: boolean }

/**
 * A link to set a new password, for somebody who has lost every other way in; it holds as long as that of a mail.
 * Ends their sessions and, where `twoFactor` is to go too, turns it off. Throws `not_found`.
 */
export async function resetByOperator(
  { accounts, db, env }: Pick<AppDeps, 'accounts' | 'db' | 'env'>,
  { email, twoFactor }: Asked,
): Promise<string> {
  const person = await findPersonByEmail(db, email)
  if (!person || email === DEMO_EMAIL) throw notFound('account')
  await db.batch([
    ...endSessionsOf(db, person.id),
    endProofsOf(db, person.id),
    ...(twoFactor ? turnOff(db, person.id) : []),
    // It stands in their own log, too.
    audit(db, { ...operator, userId: person.id }, 'account.reset_by_operator', {
      target: person.id,
      details: { twoFactor },
    }),
  ])
  const { internalAdapter } = await (await accounts.auth()).$context
  const token = randomBase62(TOKEN_CHARS)
  await internalAdapter.createVerificationValue({
    identifier: `reset-password:${token}`,
    value: person.id,
    expiresAt: new Date(Date.now() + RESET_LINK_MINUTES * 60_000),
  })
  return links(env).reset(token)
}

const turnOff = (db: Db, userId: string) => [
  db.delete(twoFactors).where(eq(twoFactors.userId, userId)),
  db.update(users).set({ twoFactorEnabled: false, updatedAt: Date.now() }).where(eq(users.id, userId)),
]
