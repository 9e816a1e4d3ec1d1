import { expect, test } from 'bun:test'
import { connect } from '#db/connect.ts'
import { familiarAddresses, rateWindows, signInTries } from '#db/schema/limits.ts'
import { hashSubjects } from '#src/limits/hash-subject.ts'
import { purgeLimits } from '#src/limits/purge-limits.ts'
import {
  createSignInLimit,
  FIRST_WAIT_MS,
  FREE_TRIES,
  type SignIn,
  WAIT_MS_MAX,
} from '#src/limits/sign-in.ts'
import { Secret } from '#src/secret.ts'
import { allowedOf } from './window-model.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const ADA: SignIn = { account: 'ada@example.org', address: '192.0.2.7' }
const hash = hashSubjects(new Secret('a key of the tests'))

function signingIn() {
  const connection = connect(':memory:')
  const time = { now: Date.UTC(2026, 10, 22, 12) }
  const open = () => createSignInLimit({ db: connection.db, hash, clock: () => time.now })
  return { db: connection.db, time, open, ...open(), [Symbol.dispose]: connection.close }
}

test('five tries are free, then each waits twice as long as the one before, a quarter of an hour at most', async () => {
  using signing = signingIn()
  const { db, take, time } = signing
  expect(await allowedOf(FREE_TRIES, () => take(ADA))).toBe(FREE_TRIES)
  const waits: number[] = []
  for (let tries = 0; tries < 8; tries++) {
    const { allowed, resetMs } = await take(ADA)
    expect(allowed).toBe(false)
    waits.push(resetMs)
    time.now += resetMs - 1
    expect(await take(ADA)).toMatchObject({ allowed: false, resetMs: 1 })
    time.now += 1
    expect(await take(ADA)).toMatchObject({ allowed: true })
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30].map((times) => times * FIRST_WAIT_MS))
  await db.update(signInTries).set({ tries: 1_000 })
  time.now += (await take(ADA)).resetMs
  expect([(await take(ADA)).allowed, (await take(ADA)).resetMs]).toEqual([true, WAIT_MS_MAX])
})

test('of fifty tries at once five are let through, in one process or in several', async () => {
  using signing = signingIn()
  expect(await allowedOf(50, () => signing.take(ADA))).toBe(FREE_TRIES)
  const others = [signing.open(), signing.open()]
  let turn = 0
  const eve = { ...ADA, account: 'eve@example.org' }
  expect(await allowedOf(50, () => others[turn++ % 2]!.take(eve))).toBe(FREE_TRIES)
})

test('whoever hammers at an account makes nobody wait longer', async () => {
  using signing = signingIn()
  const { take, time } = signing
  await allowedOf(FREE_TRIES, () => take(ADA))
  for (let tries = 0; tries < 100; tries++) {
    time.now += 100
    expect(await take(ADA)).toMatchObject({ allowed: false })
  }
  time.now += FIRST_WAIT_MS - 100 * 100
  expect(await take(ADA)).toMatchObject({ allowed: true })
})

test('a right password ends the waiting, and a restart does not', async () => {
  using signing = signingIn()
  await allowedOf(FREE_TRIES, () => signing.take(ADA))
  expect(await signing.open().take(ADA)).toMatchObject({ allowed: false })
  signing.time.now += FIRST_WAIT_MS
  expect(await signing.take(ADA)).toMatchObject({ allowed: true })
  await signing.succeeded(ADA)
  expect(await allowedOf(50, () => signing.take(ADA))).toBe(FREE_TRIES)
})

test('an account is one however it is written, and so is a network', async () => {
  using signing = signingIn()
  const { take } = signing
  const spellings = ['ada@example.org', 'ADA@example.org ', '\tAda@Example.Org']
  const addresses = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9']
  let turn = 0
  const next = () => ({ account: spellings[turn % 3]!, address: addresses[turn++ % 2]! })
  expect(await allowedOf(50, () => take(next()))).toBe(FREE_TRIES)
})

test('many addresses together have twenty tries at an account in a quarter of an hour', async () => {
  using signing = signingIn()
  const { take, time } = signing
  let host = 0
  const fromAnywhere = () => take({ ...ADA, address: `198.51.100.${host++ % 250}` })
  expect(await allowedOf(200, fromAnywhere)).toBe(20)
  time.now += 15 * 60_000
  const later = await allowedOf(200, fromAnywhere)
  expect(later).toBeLessThanOrEqual(20)
  // Its owner, at an address that is new to the account, waits minutes and not hours.
  const { resetMs } = await take({ ...ADA, address: '203.0.113.9' })
  expect(resetMs).toBeLessThan(17 * 60_000)
})

test('an attack on an account from elsewhere does not keep its owner out where he is known', async () => {
  using signing = signingIn()
  const { take, succeeded, time } = signing
  await take(ADA)
  await succeeded(ADA)
  for (let host = 0; host < 60; host++) await take({ ...ADA, address: `198.51.100.${host}` })
  expect(await take({ ...ADA, address: '198.51.100.99' })).toMatchObject({ allowed: false })
  expect(await take(ADA)).toMatchObject({ allowed: true })
  time.now += 31 * DAY_MS
  for (let host = 0; host < 60; host++) await take({ ...ADA, address: `198.51.100.${host}` })
  expect(await take(ADA)).toMatchObject({ allowed: false })
})

test('one address has a hundred tries at all accounts together', async () => {
  using signing = signingIn()
  const { take } = signing
  let person = 0
  expect(await allowedOf(150, () => take({ ...ADA, account: `person ${person++}` }))).toBe(100)
})

test('a try that is refused is counted nowhere', async () => {
  using signing = signingIn()
  const { db, take } = signing
  await allowedOf(FREE_TRIES, () => take(ADA))
  const before = [await db.select().from(signInTries), await db.select().from(rateWindows)]
  await allowedOf(20, () => take(ADA))
  expect([await db.select().from(signInTries), await db.select().from(rateWindows)]).toEqual(before)
})

test('a clock that jumps locks nobody out for longer than the longest wait', async () => {
  for (const jump of [-HOUR_MS, -3 * DAY_MS, 2 * DAY_MS]) {
    using signing = signingIn()
    const { take, time } = signing
    for (let tries = 0; tries < 12; tries++) time.now += (await take(ADA)).resetMs
    time.now += jump
    expect(await allowedOf(20, () => take(ADA))).toBeLessThanOrEqual(FREE_TRIES)
    const { allowed, resetMs } = await take(ADA)
    expect(allowed).toBe(false)
    expect(resetMs).toBeLessThanOrEqual(WAIT_MS_MAX)
    time.now += resetMs
    expect(await take(ADA)).toMatchObject({ allowed: true })
  }
})

test('what nobody needs any more is deleted', async () => {
  using signing = signingIn()
  const { db, take, succeeded, time } = signing
  await take(ADA)
  await succeeded(ADA)
  await take({ ...ADA, account: 'eve@example.org' })
  expect(await purgeLimits(db, time.now)).toBe(0)
  expect(await purgeLimits(db, time.now + DAY_MS)).toBeGreaterThan(0)
  const counts = () =>
    Promise.all([signInTries, rateWindows, familiarAddresses].map((table) => db.$count(table)))
  expect(await counts()).toEqual([0, 0, 1])
  await purgeLimits(db, time.now + 31 * DAY_MS)
  expect(await counts()).toEqual([0, 0, 0])
})
