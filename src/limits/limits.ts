import { enforce } from './enforce.ts'
import type { RateLimit } from './rate-limits.ts'
import { type Rates, takeRequest } from './rates.ts'
import type { Taking } from './window.ts'

type Answer = { headers: Record<string, unknown> }
type Done = void | Promise<void>

/** The rate limits as routes ask them: each tells the client where it stands, and throws `rate_limited`. */
export type Limits = {
  /** A request of a key or of a signed-in browser. */
  request(caller: { kind: 'person' | 'api_key'; id: string }, set: Answer): Done
  /** A request of nobody in particular. */
  anonymous(address: string, set: Answer): Done
  take(limit: RateLimit, subject: string, set: Answer): Done
  /** The same, for who goes on in another way where there is no more. */
  mayTake(limit: RateLimit, subject: string): Promise<boolean>
  /** Says that somebody signed in from an address: it is familiar to the account from now on. */
  signedIn(signIn: { account: string; address: string }): Promise<void>
  /** A try to sign in; `succeeded` says that the password was right. */
  signIn(signIn: { account: string; address: string }, set: Answer): Promise<{ succeeded(): Promise<void> }>
}

export function createLimits(rates: Rates): Limits {
  return {
    request: (caller, set) => settle(takeRequest(rates, caller), set),
    anonymous: (address, set) => settle(takeRequest(rates, { kind: 'address', id: address }), set),
    take: (limit, subject, set) => settle(rates.take(limit, subject), set),
    mayTake: async (limit, subject) => (await rates.take(limit, subject)).allowed,
    signedIn: (signIn) => rates.signIn.succeeded(signIn),
    async signIn(signIn, set) {
      await settle(rates.signIn.take(signIn), set)
      return { succeeded: () => rates.signIn.succeeded(signIn) }
    },
  }
}

// What is counted in memory is not waited for: it is on the way of every request.
function settle(taking: Taking | Promise<Taking>, { headers }: Answer): Done {
  const told = headers as Record<string, string | number | undefined>
  return taking instanceof Promise ? taking.then((taken) => enforce(taken, told)) : enforce(taking, told)
}
