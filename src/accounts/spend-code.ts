import type { Auth } from './auth.ts'

/** A code is taken in the 30 seconds it is shown for, and in those before and after. */
const CODE_LIFE_MS = 90_000

/**
 * Marks a code of somebody's authenticator as used. False when it was before: a code counts once (RFC 6238, 5.2),
 * for whoever saw it being typed as well.
 */
export async function spendCode(auth: Auth, { userId, code }: { userId: string; code: string }) {
  const { internalAdapter } = await auth.$context
  return internalAdapter.reserveVerificationValue({
    identifier: `spent-code-${userId}-${code}`,
    value: 'spent',
    expiresAt: new Date(Date.now() + CODE_LIFE_MS),
  })
}
