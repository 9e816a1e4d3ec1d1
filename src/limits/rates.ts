import type { Db } from '#db/connect.ts'
import type { Secret } from '#src/secret.ts'
import { networkOf } from './client-address.ts'
import { hashSubjects } from './hash-subject.ts'
import { createMemoryWindow } from './memory-window.ts'
import {
  type RateLimit,
  REQUESTS_PER_ADDRESS,
  REQUESTS_PER_KEY,
  REQUESTS_PER_SESSION,
  withLimit,
} from './rate-limits.ts'
import { createSharedWindow } from './shared-window.ts'
import { accountOf, createSignInLimit } from './sign-in.ts'
import type { Taking, Window } from './window.ts'

type Options = {
  db: Db
  /** A secret of this installation, with which subjects are hashed before they are stored. */
  secret: Secret
  /** Whether several processes serve: limits that they share are then kept in the database. */
  shared: boolean
  /** Of one key, and of one signed-in browser, in the place of what the limits say. */
  requestsPerMinute?: number
}

/** The rate limits of a process. */
export type Rates = {
  /** Takes one of a limit for a subject. Only what is kept in the database has to be waited for. */
  take(limit: RateLimit, subject: string): Taking | Promise<Taking>
  signIn: ReturnType<typeof createSignInLimit>
}

export function createRates({ db, secret, shared, requestsPerMinute }: Options): Rates {
  const hash = hashSubjects(secret)
  const windows = new Map<RateLimit, Window>()

  function open(limit: RateLimit): Window {
    const isStored = limit.kept === 'always' || (limit.kept === 'shared' && shared)
    const set = isSet(limit) && requestsPerMinute ? withLimit(limit, requestsPerMinute) : limit
    const counted = isStored ? createSharedWindow(set, { db, hash }) : createMemoryWindow(set)
    const spell = SPELLINGS[limit.subject]
    const window = spell ? { take: (subject: string) => counted.take(spell(subject)) } : counted
    windows.set(limit, window)
    return window
  }

  return {
    take: (limit, subject) => (windows.get(limit) ?? open(limit)).take(subject),
    signIn: createSignInLimit({ db, hash }),
  }
}

/** Makes one of what is spelled in many ways. */
const SPELLINGS: Partial<Record<RateLimit['subject'], (subject: string) => string>> = {
  address: networkOf,
  account: accountOf,
  recipient: accountOf,
}

const isSet = (limit: RateLimit) => limit === REQUESTS_PER_KEY || limit === REQUESTS_PER_SESSION

const REQUESTS_PER = {
  api_key: REQUESTS_PER_KEY,
  person: REQUESTS_PER_SESSION,
  address: REQUESTS_PER_ADDRESS,
}

/** Takes one request of a key, of the session of a person, or of an address. */
export const takeRequest = (rates: Rates, caller: { kind: keyof typeof REQUESTS_PER; id: string }) =>
  rates.take(REQUESTS_PER[caller.kind], caller.id)
