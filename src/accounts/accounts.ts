import type { AppDeps } from '#src/app-deps.ts'
import { type Actor, audit } from '#src/audit/audit.ts'
import { addressConfirmation, passwordReset } from '#src/mail/messages.ts'
import { hasOpenInvitation } from '#src/projects/invitations.ts'
import { installationSecret } from '#src/secrets/installation-secret.ts'
import { PASSWORD_PROVIDER } from './account.ts'
import type { Auth } from './auth.ts'
import { type IdentityProviderName, identityProviders } from './identity-providers.ts'
import { links } from './links.ts'
import { DEMO_EMAIL, findPeople } from './people.ts'
import { CONFIRM_LINK_MINUTES, RESET_LINK_MINUTES } from './sessions.ts'
import { currentVisit } from './visit.ts'

/** The secret of this installation that signs cookies and the links in mails. */
const AUTH_SECRET = 'auth'

export type AccountsDeps = Pick<AppDeps, 'db' | 'env' | 'log' | 'keyRing' | 'limits' | 'post'>

/** People's sign-in. Its engine is loaded when somebody first signs in, so that a start waits for nothing. */
export type Accounts = {
  providers: readonly IdentityProviderName[]
  auth(): Promise<Auth>
  /** Signs a session's token as the engine does, for a cookie. */
  sign(token: string): Promise<string>
}

export function openAccounts(deps: AccountsDeps): Accounts {
  const { db, env, log, keyRing } = deps
  const providers = identityProviders(env)
  let opened: Promise<Auth> | undefined
  const secret = () => installationSecret(db, keyRing, AUTH_SECRET)
  const open = async () => {
    const { createAuth } = await import('./auth.ts')
    return createAuth({
      db,
      env,
      log,
      ring: keyRing,
      secret: await secret(),
      hooks: hooksOf(deps),
      providers,
    })
  }
  return {
    providers: providers.names,
    auth() {
      opened ??= open().catch((error) => {
        opened = undefined
        throw error
      })
      return opened
    },
    async sign(token) {
      const signature = new Bun.CryptoHasher('sha256', (await secret()).reveal())
        .update(token)
        .digest('base64')
      return `${token}.${signature}`
    },
  }
}

/** Mails go out behind the answer: how long it takes must not tell whether an account exists. */
function hooksOf({ db, env, limits, post }: AccountsDeps) {
  const { confirm, reset } = links(env)
  const actorOf = (user: { id: string; name: string }): Actor => ({
    userId: user.id,
    name: user.name,
    kind: 'person',
    ...currentVisit(),
  })
  return {
    sendConfirmation: async (email: string, token: string) =>
      post.send(email, addressConfirmation({ link: confirm(token), minutes: CONFIRM_LINK_MINUTES })),
    async sendReset(email: string, token: string) {
      // Who may open the demo may not give it a password.
      if (email === DEMO_EMAIL) return
      post.send(email, passwordReset({ link: reset(token), minutes: RESET_LINK_MINUTES }))
    },
    admits: async (email: string) => env.signUp === 'open' || (await hasOpenInvitation(db, email)),
    async linked({ userId, providerId }: { userId: string; providerId: string }) {
      const person = (await findPeople(db, [userId])).get(userId)
      if (!person || providerId === PASSWORD_PROVIDER) return
      await audit(db, actorOf(person), 'identity.linked', {
        target: userId,
        details: { provider: providerId },
      })
    },
    async created(user: { id: string; name: string; email: string }) {
      await audit(db, actorOf(user), 'account.created', { target: user.id })
    },
    async passwordReset(user: { id: string; name: string; email: string }) {
      await audit(db, actorOf(user), 'password.reset', { target: user.id })
      // Whoever holds the link has the address: an attack on the account does not keep them out.
      const { address } = currentVisit()
      if (address) await limits.signedIn({ account: user.email, address })
    },
  }
}
