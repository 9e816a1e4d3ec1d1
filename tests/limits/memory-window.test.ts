import { afterEach, expect, setSystemTime, test } from 'bun:test'
import fc from 'fast-check'
import { createMemoryWindow } from '#src/limits/memory-window.ts'
import type { Taking } from '#src/limits/window.ts'
import { allowedOf, arbitraryBursts, arbitraryLimit, createLedger, limitOf } from './window-model.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

afterEach(() => void setSystemTime())

test('no window of any position holds more than the limit, and below it nobody is refused', () => {
  fc.assert(
    fc.property(arbitraryLimit, arbitraryBursts, (limit, bursts) => {
      let now = 0
      const window = createMemoryWindow(limit, { clock: () => now })
      const ledgers = [createLedger(limit), createLedger(limit)]
      for (const { windows, share } of bursts) {
        now += windows * limit.windowMs
        for (let taken = 0; taken < share * limit.limit; taken++) {
          ledgers[0]!.enter(window.take('a') as Taking, now)
          if (taken % 3 === 0) ledgers[1]!.enter(window.take('b') as Taking, now)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('fifty that come at once get what there is, and not one more', async () => {
  const window = createMemoryWindow(limitOf(20, MINUTE_MS))
  expect(await allowedOf(50, () => window.take('a'))).toBe(20)
  expect(await allowedOf(50, () => window.take('b'))).toBe(20)
})

test('whoever waits as long as he was told is let in again', () => {
  let now = 1_234
  const window = createMemoryWindow(limitOf(3, MINUTE_MS), { clock: () => now })
  for (let taken = 0; taken < 3; taken++) window.take('a')
  const { resetMs } = window.take('a') as Taking
  now += resetMs - 1
  expect(window.take('a')).toMatchObject({ allowed: false, remaining: 0 })
  now += 1
  expect(window.take('a')).toMatchObject({ allowed: true })
})

test("setting the machine's clock neither forgives nor locks out", () => {
  const window = createMemoryWindow(limitOf(2, MINUTE_MS))
  for (const jump of [0, -3_600_000, 2 * DAY_MS]) {
    setSystemTime(new Date(Date.UTC(2026, 10, 22) + jump))
    window.take('a')
  }
  expect(window.take('a')).toMatchObject({ allowed: false })
  expect((window.take('a') as Taking).resetMs).toBeLessThanOrEqual(MINUTE_MS + MINUTE_MS / 12)
})

test('however many subjects come, nobody gets more than the limit, not even by being forgotten', () => {
  fc.assert(
    fc.property(
      arbitraryLimit,
      fc.array(fc.tuple(fc.nat({ max: 11 }), fc.double({ min: 0, max: 0.1, noNaN: true })), {
        maxLength: 400,
        size: 'max',
      }),
      (limit, takings) => {
        let now = 0
        const window = createMemoryWindow(limit, { clock: () => now, subjectsMax: 4 })
        const allowed = new Map<number, number[]>()
        for (const [subject, windows] of takings) {
          now += windows * limit.windowMs
          if (!(window.take(`subject ${subject}`) as Taking).allowed) continue
          const times = (allowed.get(subject) ?? []).filter((at) => at > now - limit.windowMs)
          allowed.set(subject, [...times, now])
          expect(times.length + 1).toBeLessThanOrEqual(limit.limit)
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('a crowd of newcomers gives whoever used up his limit nothing back, and a newcomer is still let in', () => {
  let now = 0
  const limit = limitOf(50, MINUTE_MS)
  const window = createMemoryWindow(limit, { clock: () => now, subjectsMax: 1_000 })
  for (let taken = 0; taken < 50; taken++) window.take('greedy')
  for (let newcomer = 0; newcomer < 5_000; newcomer++) {
    now += 1
    expect(window.take(`newcomer ${newcomer}`)).toMatchObject({ allowed: true })
    if (newcomer % 100 === 0) expect(window.take('greedy')).toMatchObject({ allowed: false })
  }
  // Once the crowd is gone, so is what it left behind.
  now += 2 * MINUTE_MS
  expect(window.take('late')).toMatchObject({ allowed: true, remaining: 49 })
})
