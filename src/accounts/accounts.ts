import type { AppDeps } from '#src/app-deps.ts'
import { type Actor, audit } from '#src/audit/audit.ts'
import { tellProjectsOf } from '#src/jobs/events.ts'
import { PASSWORD_RESETS_PER_ACCOUNT } from '#src/limits/rate-limits.ts'
import { addressConfirmation, passwordChanged, passwordReset } from '#src/mail/messages.ts'
import { hasOpenInvitation } from '#src/projects/invitations.ts'
import { installationSecret } from '#src/secrets/installation-secret.ts'
import { PASSWORD_PROVIDER } from './account.ts'
import { addressChangeIn, changeIdentifier } from './address-change.ts'
import type { Auth } from './auth.ts'
import { endProofsOf } from './end-proofs.ts'
import { type IdentityProviderName, identityProviders } from './identity-providers.ts'
import { CONFIRM_LINK_MINUTES, RESET_LINK_MINUTES } from './limits.ts'
import { links } from './links.ts'
import { DEMO_EMAIL, findPeople, proveAddress } from './people.ts'
import { currentVisit } from './visit.ts'

/** The secret of this installation that signs cookies and the links in mails. */
const AUTH_SECRET = 'auth'

export type AccountsDeps = Pick<AppDeps, 'db' | 'env' | 'log' | 'keyRing' | 'limits' | 'post'>

/** People's sign-in. Its engine is loaded when somebody first signs in, so that a start waits for nothing. */
export type Accounts = {
  providers: readonly IdentityProviderName[]
  auth(): Promise<Auth>
}

export function openAccounts(deps: AccountsDeps): Accounts {
  const { db, env, log, keyRing } = deps
  const providers = identityProviders(env)
  let opened: Promise<Auth> | undefined
  const auth = () => {
    opened ??= open().catch((error) => {
      opened = undefined
      throw error
    })
    return opened
  }
  const open = async () => {
    const { createAuth } = await import('./auth.ts')
    const secret = await installationSecret(db, keyRing, AUTH_SECRET)
    return createAuth({ db, env, log, ring: keyRing, secret, hooks: hooksOf(deps, auth), providers })
  }
  return { providers: providers.names, auth }
}

/** Mails go out behind the answer: how long it takes must not tell whether an account exists. */
function hooksOf({ db, env, limits, post }: AccountsDeps, auth: () => Promise<Auth>) {
  const { confirm, reset } = links(env)
  const actorOf = (user: { id: string; name: string }): Actor => ({
    userId: user.id,
    name: user.name,
    kind: 'person',
    ...currentVisit(),
  })
  return {
    async sendConfirmation(email: string, token: string) {
      const change = addressChangeIn(token)
      if (change) {
        const { internalAdapter } = await (await auth()).$context
        const expiresAt = new Date(Date.now() + CONFIRM_LINK_MINUTES * 60_000)
        await internalAdapter.createVerificationValue({
          identifier: changeIdentifier(token),
          value: change.userId,
          expiresAt,
        })
      }
      post.send(email, addressConfirmation({ link: confirm(token), minutes: CONFIRM_LINK_MINUTES }))
    },
    async sendReset(email: string, token: string) {
      // Who may open the demo may not give it a password.
      if (email === DEMO_EMAIL) return
      post.send(email, passwordReset({ link: reset(token), minutes: RESET_LINK_MINUTES }))
    },
    // Whoever began it, whoever reads the mails of this address may have the account, with a password of theirs.
    async signedUpAgain(email: string) {
      const allowed = await limits.mayTake(PASSWORD_RESETS_PER_ACCOUNT, email)
      if (allowed) await (await auth()).api.requestPasswordReset({ body: { email } })
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
      // Whoever holds the link has the address: it is proven, and an attack on the account does not keep them out.
      await db.batch([
        proveAddress(db, user.id),
        endProofsOf(db, user.id),
        tellProjectsOf(db, user.id),
        audit(db, actorOf(user), 'password.reset', { target: user.id }),
      ])
      post.send(user.email, passwordChanged({ at: Date.now(), link: links(env).forgotten() }))
      const { address } = currentVisit()
      if (address) await limits.signedIn({ account: user.email, address })
    },
  }
}
