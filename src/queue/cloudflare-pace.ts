import type { Clock } from './cloudflare-clock.ts'

/**
 * Cloudflare lets a token make 1,200 requests in five minutes, and blocks it for five when it makes more. A burst
 * and a steady rate that add up to 1,000 leave the rest to `quill doctor` and to people.
 */
const BURST = 200
const STEADY_PER_MS = 800 / (5 * 60_000)
/** What is left to other processes with the same token, which the answers tell of. */
const LEFT_TO_OTHERS = 200

export type Pace = {
  /**
   * Waits for a turn, in the order of the callers: 0. When it would not come within `patienceMs` there is none, and
   * the answer is how long to stay away.
   */
  take(patienceMs: number): Promise<number>
  /** Gives no turn for so long. */
  block(ms: number): void
  /** Heeds `x-ratelimit-remaining`: how many requests the token has left, whoever makes them. */
  heed(remaining: number): void
}

/** A token bucket: keeps the requests of this process within the limit of the API, however many are wanted. */
export function requestPace(clock: Clock): Pace {
  let turns = BURST
  let countedAt = clock.now()
  let blockedUntil = 0
  let queue: Promise<unknown> = Promise.resolve()

  return {
    take(patienceMs) {
      const until = clock.now() + patienceMs
      const turn = queue.then(() => takeInTurn(until))
      queue = turn
      return turn
    },
    block(ms) {
      blockedUntil = Math.max(blockedUntil, clock.now() + ms)
    },
    heed(remaining) {
      refill()
      turns = Math.min(turns, Math.max(0, remaining - LEFT_TO_OTHERS))
    },
  }

  async function takeInTurn(until: number): Promise<number> {
    while (true) {
      refill()
      const blockedMs = blockedUntil - clock.now()
      const waitMs = Math.max(blockedMs, turns >= 1 ? 0 : Math.ceil((1 - turns) / STEADY_PER_MS))
      if (waitMs <= 0) break
      if (clock.now() + waitMs > until) return waitMs
      await clock.sleep(waitMs)
    }
    turns -= 1
    return 0
  }

  function refill() {
    const now = clock.now()
    turns = Math.min(BURST, turns + Math.max(0, now - countedAt) * STEADY_PER_MS)
    countedAt = now
  }
}
