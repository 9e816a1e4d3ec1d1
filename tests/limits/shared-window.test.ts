import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { connect, overPort, type Statement } from '#db/connect.ts'
import { rateWindows } from '#db/schema/limits.ts'
import { hashSubjects } from '#src/limits/hash-subject.ts'
import { purgeLimits } from '#src/limits/purge-limits.ts'
import type { RateLimit } from '#src/limits/rate-limits.ts'
import { createSharedWindow } from '#src/limits/shared-window.ts'
import { Secret } from '#src/secret.ts'
import { allowedOf, arbitraryBursts, arbitraryLimit, createLedger, limitOf } from './window-model.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const NOON = Date.UTC(2026, 10, 22, 12)
const hash = hashSubjects(new Secret('a key of the tests'))

/** A database with a clock that stands still until it is set, and as many processes as are opened on it. */
function sharing() {
  const connection = connect(':memory:')
  const time = { now: NOON }
  const statements: Statement[] = []
  const db = overPort({
    ...connection.port,
    batch: (batch) => {
      statements.push(...batch)
      return connection.port.batch(batch)
    },
  })
  return {
    db,
    time,
    statements,
    open: (limit: RateLimit) => createSharedWindow(limit, { db, hash, clock: () => time.now }),
    [Symbol.dispose]: connection.close,
  }
}

test('processes that share a limit never exceed it together, and leave little of it unused', async () => {
  using shared = sharing()
  let run = 0
  const moves = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(arbitraryLimit, arbitraryBursts, moves, async (limit, bursts, order) => {
      const subject = `subject ${++run}`
      const processes = [1, 2, 3].map(() => shared.open(limit))
      const idle = (processes.length - 1) * Math.max(1, Math.floor(limit.limit / 16))
      const ledger = createLedger(limit)
      let taken = 0
      for (const { windows, share } of bursts) {
        shared.time.now += Math.ceil(windows * limit.windowMs)
        for (let times = 0; times < share * limit.limit; times++) {
          const process = processes[order[taken++ % order.length]!]!
          ledger.enter(await process.take(subject), shared.time.now, idle)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('one process alone is never refused below the limit', async () => {
  using shared = sharing()
  let run = 0
  await fc.assert(
    fc.asyncProperty(arbitraryLimit, arbitraryBursts, async (limit, bursts) => {
      const subject = `subject ${++run}`
      const window = shared.open(limit)
      const ledger = createLedger(limit)
      for (const { windows, share } of bursts) {
        shared.time.now += Math.ceil(windows * limit.windowMs)
        for (let times = 0; times < share * limit.limit; times++)
          ledger.enter(await window.take(subject), shared.time.now)
      }
    }),
    { numRuns: 40 },
  )
})

test('fifty that come at once, in one process or in several, get what there is', async () => {
  using shared = sharing()
  const limit = limitOf(20, MINUTE_MS)
  const one = shared.open(limit)
  expect(await allowedOf(50, () => one.take('a'))).toBe(20)
  const [first, second] = [shared.open(limit), shared.open(limit)]
  let turn = 0
  expect(await allowedOf(50, () => (turn++ % 2 ? first : second).take('b'))).toBe(20)
})

test('a restart forgives nothing', async () => {
  using shared = sharing()
  const limit = limitOf(5, HOUR_MS)
  expect(await allowedOf(3, () => shared.open(limit).take('a'))).toBe(3)
  const restarted = shared.open(limit)
  expect(await allowedOf(9, () => restarted.take('a'))).toBe(2)
})

test('what is spent costs a write now and then, and what is refused none', async () => {
  using shared = sharing()
  const window = shared.open(limitOf(600, MINUTE_MS))
  const batches = () => shared.statements.filter(({ sql }) => /INSERT INTO rate_windows/.test(sql)).length
  for (let taken = 0; taken < 600; taken++) await window.take('a')
  expect(batches()).toBeLessThan(30)
  await window.take('a')
  const before = shared.statements.length
  for (let taken = 0; taken < 100; taken++) expect(window.take('a')).toMatchObject({ allowed: false })
  expect(shared.statements).toHaveLength(before)
})

test('a clock that jumps forgives one limit at most, and locks nobody out for longer than two windows', async () => {
  for (const windowMs of [MINUTE_MS, HOUR_MS, DAY_MS])
    for (const jump of [-HOUR_MS, -3 * DAY_MS, 2 * DAY_MS])
      for (const restarts of [false, true]) {
        using shared = sharing()
        const limit = limitOf(10, windowMs)
        const first = shared.open(limit)
        expect(await allowedOf(15, () => first.take('a'))).toBe(10)
        shared.time.now += jump
        const window = restarts ? shared.open(limit) : first
        expect(await allowedOf(15, () => window.take('a'))).toBeLessThanOrEqual(10)
        const { allowed, resetMs } = await window.take('a')
        expect(allowed).toBe(false)
        expect(resetMs).toBeLessThanOrEqual(2 * windowMs + windowMs / 12)
        shared.time.now += resetMs
        expect(await window.take('a')).toMatchObject({ allowed: true })
        shared.time.now -= jump
        expect(await allowedOf(15, () => window.take('a'))).toBeLessThanOrEqual(10)
      }
})

test('where clocks differ, windows are shorter by as much, and the limit holds in those', async () => {
  using shared = sharing()
  const limit = limitOf(30, MINUTE_MS)
  const [behindMs, aheadMs] = [7_000, 20_000]
  const processes = [0, aheadMs, -behindMs].map((offMs) =>
    createSharedWindow(limit, { db: shared.db, hash, clock: () => shared.time.now + offMs }),
  )
  const allowed: number[] = []
  for (let step = 0; step < 300; step++) {
    shared.time.now += 700
    if ((await processes[step % 3]!.take('a')).allowed) allowed.push(shared.time.now)
    const since = shared.time.now - MINUTE_MS + behindMs + aheadMs
    expect(allowed.filter((at) => at > since).length).toBeLessThanOrEqual(30)
  }
  expect(allowed.length).toBeGreaterThan(60)
})

test('rows are few: what has expired goes, without anybody asking and at once when somebody does', async () => {
  using shared = sharing()
  const window = shared.open(limitOf(5, MINUTE_MS))
  for (let subject = 0; subject < 1_000; subject++) {
    shared.time.now += 1_000
    await window.take(`subject ${subject}`)
  }
  // A row counts for 65 seconds; 64 more come before those that ended are looked for.
  expect(await shared.db.$count(rateWindows)).toBeLessThanOrEqual(65 + 64)
  expect(await purgeLimits(shared.db, shared.time.now + 2 * MINUTE_MS)).toBeGreaterThan(0)
  expect(await shared.db.$count(rateWindows)).toBe(0)
})

test('what is stored does not tell who was counted', async () => {
  using shared = sharing()
  await shared.open(limitOf(5, MINUTE_MS)).take('ada@example.org 192.0.2.7')
  const [row] = await shared.db.select().from(rateWindows)
  expect(row!.subject).toMatch(/^[\w-]{43}$/)
  const unkeyed = new Bun.CryptoHasher('sha256')
    .update('tested\nada@example.org 192.0.2.7')
    .digest('base64url')
  expect(row!.subject).not.toBe(unkeyed)
})
