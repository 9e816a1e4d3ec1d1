import { twoFactor } from 'better-auth/plugins/two-factor'
import { RECOVERY_CODES } from './limits.ts'

/** Where a browser that comes back from an identity provider is received, as better-auth names it. */
const CALLBACK_PATH = '/callback/:id'

/**
 * The second factor. better-auth asks for it after a password alone; here it is asked for after an identity provider
 * too: whoever turned it on wants it whichever way somebody comes.
 */
export function secondFactor() {
  const plugin = twoFactor({
    issuer: 'Quill',
    twoFactorTable: 'twoFactors',
    // It would lock the owner out for whoever has the password. Codes are counted as tries to sign in instead.
    accountLockout: { enabled: false },
    backupCodeOptions: { storeBackupCodes: 'plain', amount: RECOVERY_CODES },
  })
  const [afterSignIn, ...others] = plugin.hooks.after
  if (!afterSignIn || others.length)
    throw new Error('better-auth asks for the second factor in another way now.')
  const { matcher, handler } = afterSignIn
  const asks: typeof matcher = (context) => matcher(context) || context.path === CALLBACK_PATH
  return { ...plugin, hooks: { after: [{ matcher: asks, handler }] } }
}
