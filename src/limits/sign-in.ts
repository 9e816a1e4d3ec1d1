import { and, eq, gt, sql } from 'drizzle-orm'
import { asConditionFailed, ConditionFailed, conditionHeld, type Db, type Write } from '#db/connect.ts'
import { familiarAddresses, signInTries } from '#db/schema/limits.ts'
import { networkOf } from './client-address.ts'
import type { HashSubject } from './hash-subject.ts'
import { inWords } from './in-words.ts'
import { purgeSome } from './purge-limits.ts'
import { SIGN_INS_PER_ACCOUNT, SIGN_INS_PER_ADDRESS } from './rate-limits.ts'
import type { Taking } from './window.ts'
import { readRows, type Standing, standingOf, takeFromRows } from './window-rows.ts'

/** Tries at one account from one address before the first wait. */
export const FREE_TRIES = 5
/** Doubled by each further try. */
export const FIRST_WAIT_MS = 30_000
export const WAIT_MS_MAX = 15 * 60_000
/** Of the last try, when none has followed. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000
/** Since somebody last signed in to the account from the address. */
const FAMILIAR_MS = 30 * 24 * 3_600_000
const TRIES_PER_PURGE = 64

export const SIGN_IN_RULE =
  `After ${FREE_TRIES} tries to sign in to one account from one address each further one has to wait, ` +
  `${inWords(FIRST_WAIT_MS)} at first and ${inWords(WAIT_MS_MAX)} at most.`

/** `account` is the e-mail address as it was typed, whether or not there is such an account. */
export type SignIn = { account: string; address: string }

type Bound = Standing & { limit: number; rule: string }
type Places = ReturnType<typeof placesOf>
type Options = { db: Db; hash: HashSubject; clock?: () => number }

/**
 * Slows down guessing, alike for accounts that exist and for those that do not. `take` is called before the
 * password is looked at and counts the try; `succeeded` after it was right. Nothing is counted of a try that
 * is refused, so that whoever hammers at an account makes nobody wait longer. See
 * docs/decisions/011-rate-limits.md.
 */
export function createSignInLimit({ db, hash, clock = Date.now }: Options) {
  let taken = 0
  return {
    async take(signIn: SignIn): Promise<Taking> {
      const places = placesOf(signIn, hash, clock())
      const { isFamiliar, bounds } = await look(db, places)
      if (bounds.some(({ remaining }) => remaining === 0)) return answer(false, bounds, places.now)
      const allowed = await count(db, places, isFamiliar)
      if (++taken % TRIES_PER_PURGE === 0) await purgeSome(db, places.now)
      return answer(allowed, (await look(db, places)).bounds, places.now)
    },

    async succeeded(signIn: SignIn): Promise<void> {
      const { pair, familiar, now } = placesOf(signIn, hash, clock())
      const expiresAt = now + FAMILIAR_MS
      await db.batch([
        db.delete(signInTries).where(eq(signInTries.subject, pair)),
        db
          .insert(familiarAddresses)
          .values({ subject: familiar, expiresAt })
          .onConflictDoUpdate({ target: familiarAddresses.subject, set: { expiresAt } }),
      ])
    },
  }
}

/** An account by its e-mail address, however that was typed. */
export const accountOf = (typed: string) => typed.trim().toLowerCase()

function placesOf(signIn: SignIn, hash: HashSubject, now: number) {
  const account = accountOf(signIn.account)
  const network = networkOf(signIn.address)
  const place = (limit: typeof SIGN_INS_PER_ACCOUNT, subject: string) => ({
    limit,
    subject: hash(limit.name, subject),
    now,
  })
  return {
    now,
    pair: hash('sign_in_tries', `${network}\n${account}`),
    familiar: hash('familiar_addresses', `${network}\n${account}`),
    ofAddress: place(SIGN_INS_PER_ADDRESS, network),
    ofAccount: place(SIGN_INS_PER_ACCOUNT, account),
  }
}

async function look(db: Db, { now, pair, familiar, ofAddress, ofAccount }: Places) {
  const [[tries], familiars, addressRows, accountRows] = await db.batch([
    db.select().from(signInTries).where(eq(signInTries.subject, pair)),
    db
      .select({ expiresAt: familiarAddresses.expiresAt })
      .from(familiarAddresses)
      .where(and(eq(familiarAddresses.subject, familiar), gt(familiarAddresses.expiresAt, now))),
    readRows(db, ofAddress),
    readRows(db, ofAccount),
  ])
  const isFamiliar = familiars.length > 0
  const bounds = [
    boundOfPair(tries, now),
    { ...ofAddress.limit, ...standingOf(ofAddress, addressRows) },
    ...(isFamiliar ? [] : [{ ...ofAccount.limit, ...standingOf(ofAccount, accountRows) }]),
  ]
  return { isFamiliar, bounds }
}

function boundOfPair(row: typeof signInTries.$inferSelect | undefined, now: number): Bound {
  const tries = row && row.expiresAt > now ? row.tries : 0
  const backAt = row?.nextAt ?? now
  const mustWait = backAt > now && backAt <= now + WAIT_MS_MAX
  const remaining = mustWait ? 0 : Math.max(1, FREE_TRIES - tries)
  return { limit: FREE_TRIES, rule: SIGN_IN_RULE, remaining, backAt }
}

/** Counts the try everywhere, or nowhere when another try came first: false then. */
async function count(db: Db, { now, pair, ofAddress, ofAccount }: Places, isFamiliar: boolean) {
  const counted: [Write, Write] = [addTry(db, pair, now), conditionHeld(db)]
  for (const place of isFamiliar ? [ofAddress] : [ofAddress, ofAccount])
    counted.push(takeFromRows(db, place), conditionHeld(db))
  try {
    await db.batch(counted)
    return true
  } catch (error) {
    if (asConditionFailed(error) instanceof ConditionFailed) return false
    throw error
  }
}

function addTry(db: Db, subject: string, now: number) {
  const tries = sql`CASE WHEN ${signInTries.expiresAt} <= ${now} THEN 1 ELSE ${signInTries.tries} + 1 END`
  const doublings = sql`min(${tries} - ${FREE_TRIES}, 30)`
  const waitMs = sql`CASE WHEN ${doublings} < 0 THEN 0 ELSE min(${FIRST_WAIT_MS} << ${doublings}, ${WAIT_MS_MAX}) END`
  const expiresAt = now + FORGOTTEN_AFTER_MS
  return (
    db
      .insert(signInTries)
      .values({ subject, tries: 1, nextAt: now, expiresAt })
      // A wait that seems to be longer than any was begun before the clock was set back.
      .onConflictDoUpdate({
        target: signInTries.subject,
        set: { tries, nextAt: sql`${now} + ${waitMs}`, expiresAt },
        setWhere: sql`${signInTries.nextAt} NOT BETWEEN ${now + 1} AND ${now + WAIT_MS_MAX}`,
      })
  )
}

/** What the tightest of the bounds says. */
function answer(allowed: boolean, bounds: Bound[], now: number): Taking {
  const { limit, remaining, backAt, rule } = bounds.toSorted(
    (a, b) => a.remaining - b.remaining || b.backAt - a.backAt,
  )[0]!
  return { allowed, limit, remaining, resetMs: Math.max(0, backAt - now), rule }
}
