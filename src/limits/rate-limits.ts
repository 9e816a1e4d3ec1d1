import { inWords } from './in-words.ts'

/**
 * How often one subject (a key, a session, an address, an account, a recipient, a project) may do something:
 * at most `limit` times within any `windowMs`, and all of them at once if it likes.
 */
export type RateLimit = {
  name: string
  /** Who is counted. Addresses of one network are one, and so are the spellings of an e-mail address. */
  subject: 'key' | 'session' | 'address' | 'account' | 'recipient' | 'project'
  limit: number
  windowMs: number
  kept: Kept
  /** The limit as a sentence. */
  rule: string
}

/**
 * Where a limit is counted. `process`: in memory, each process for itself. `shared`: in memory while one
 * process serves, in the database when several do. `always`: in the database, where it outlives a restart.
 */
type Kept = 'process' | 'shared' | 'always'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** What a program asks with its key: ten a second, all day. */
export const REQUESTS_PER_KEY = rateLimit({
  name: 'requests_per_key',
  subject: 'key',
  what: 'requests with one API key',
  limit: 600,
  windowMs: MINUTE_MS,
  kept: 'shared',
})

/** What the pages of one browser ask; a person at work needs a tenth of it. */
export const REQUESTS_PER_SESSION = rateLimit({
  name: 'requests_per_session',
  subject: 'session',
  what: 'requests from one signed-in browser',
  limit: 600,
  windowMs: MINUTE_MS,
  kept: 'shared',
})

/** Each process counts for itself: an attacker with many addresses must not cost a write for each. */
export const REQUESTS_PER_ADDRESS = rateLimit({
  name: 'requests_per_address',
  subject: 'address',
  what: 'requests without key or session from one address',
  limit: 120,
  windowMs: MINUTE_MS,
  kept: 'process',
})

/** High enough for an office behind one address; one account from one address is slowed by `sign-in.ts`. */
export const SIGN_INS_PER_ADDRESS = rateLimit({
  name: 'sign_ins_per_address',
  subject: 'address',
  what: 'tries to sign in from one address',
  limit: 100,
  windowMs: 15 * MINUTE_MS,
  kept: 'always',
})

/** From all addresses the account is not used from. OWASP ASVS 4.0, 2.2.1: at most a hundred in an hour. */
export const SIGN_INS_PER_ACCOUNT = rateLimit({
  name: 'sign_ins_per_account',
  subject: 'account',
  what: 'tries to sign in to one account from addresses that are new to it',
  limit: 20,
  windowMs: 15 * MINUTE_MS,
  kept: 'always',
})

export const SIGN_UPS_PER_ADDRESS = rateLimit({
  name: 'sign_ups_per_address',
  subject: 'address',
  what: 'new accounts from one address',
  limit: 20,
  windowMs: HOUR_MS,
  kept: 'always',
})

/** Each is a mail in somebody's inbox. */
export const PASSWORD_RESETS_PER_ACCOUNT = rateLimit({
  name: 'password_resets_per_account',
  subject: 'account',
  what: 'password resets for one account',
  limit: 3,
  windowMs: HOUR_MS,
  kept: 'always',
})

export const PASSWORD_RESETS_PER_ADDRESS = rateLimit({
  name: 'password_resets_per_address',
  subject: 'address',
  what: 'password resets from one address',
  limit: 20,
  windowMs: HOUR_MS,
  kept: 'always',
})

export const INVITATIONS_PER_PROJECT = rateLimit({
  name: 'invitations_per_project',
  subject: 'project',
  what: 'invitations to one project',
  limit: 100,
  windowMs: DAY_MS,
  kept: 'always',
})

/** Whoever asks for them, and in however many projects: nobody's inbox is filled by us. */
export const MAILS_PER_RECIPIENT = rateLimit({
  name: 'mails_per_recipient',
  subject: 'recipient',
  what: 'invitations and confirmations mailed to one e-mail address',
  limit: 5,
  windowMs: HOUR_MS,
  kept: 'always',
})

/** What costs money. */
export const STARTS_PER_PROJECT = rateLimit({
  name: 'starts_per_project',
  subject: 'project',
  what: 'pipelines and steps started in one project',
  limit: 120,
  windowMs: MINUTE_MS,
  kept: 'shared',
})

export const AUDIT_EXPORTS_PER_PROJECT = rateLimit({
  name: 'audit_exports_per_project',
  subject: 'project',
  what: 'exports of the audit log of one project',
  limit: 10,
  windowMs: HOUR_MS,
  kept: 'always',
})

/** All of them, for the documentation. */
export const rateLimits: readonly RateLimit[] = [
  REQUESTS_PER_KEY,
  REQUESTS_PER_SESSION,
  REQUESTS_PER_ADDRESS,
  SIGN_INS_PER_ADDRESS,
  SIGN_INS_PER_ACCOUNT,
  SIGN_UPS_PER_ADDRESS,
  PASSWORD_RESETS_PER_ACCOUNT,
  PASSWORD_RESETS_PER_ADDRESS,
  INVITATIONS_PER_PROJECT,
  MAILS_PER_RECIPIENT,
  STARTS_PER_PROJECT,
  AUDIT_EXPORTS_PER_PROJECT,
]

/** A limit with the sentence that tells it; `what` is what is counted, in the plural. */
export function rateLimit({ what, ...figures }: Omit<RateLimit, 'rule'> & { what: string }): RateLimit {
  return { ...figures, rule: `At most ${figures.limit} ${what} in ${inWords(figures.windowMs)}.` }
}

/** The same limit with another figure. */
export const withLimit = (limit: RateLimit, count: number): RateLimit => ({
  ...limit,
  limit: count,
  rule: limit.rule.replace(`At most ${limit.limit} `, `At most ${count} `),
})
