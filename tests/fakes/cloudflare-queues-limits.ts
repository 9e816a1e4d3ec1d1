import { Refusal } from './cloudflare-queues-refusals.ts'

const REQUESTS_MAX = 1_200
const WINDOW_MS = 5 * 60_000

/**
 * The limit of Cloudflare's API: 1,200 requests of a token in five minutes, and five minutes of silence for who
 * sends more. Pulls and acknowledgements do not count.
 */
export function createRequestLimit(now: () => number, max = REQUESTS_MAX) {
  const windows = new Map<string, { startedAt: number; count: number; blockedUntil: number }>()
  return {
    /** Counts a request; the headers tell the caller how it stands. Throws a refusal with `retry-after`. */
    take(token: string): Record<string, string> {
      const window = current(token)
      window.count++
      if (window.count > max && window.blockedUntil === 0) window.blockedUntil = now() + WINDOW_MS
      if (window.blockedUntil > now())
        throw new Refusal('rateLimited', { retryAfterS: Math.ceil((window.blockedUntil - now()) / 1000) })
      return {
        'x-ratelimit-limit': String(max),
        'x-ratelimit-remaining': String(max - window.count),
        'x-ratelimit-reset': new Date(window.startedAt + WINDOW_MS).toUTCString(),
      }
    },
  }

  function current(token: string) {
    const known = windows.get(token)
    if (known && (now() < known.startedAt + WINDOW_MS || now() < known.blockedUntil)) return known
    const fresh = { startedAt: now(), count: 0, blockedUntil: 0 }
    windows.set(token, fresh)
    return fresh
  }
}

/** The limit of one queue: so many messages in and out within a second. */
export function createMessageLimit(now: () => number, max: number) {
  const seconds = new Map<string, { second: number; count: number }>()
  return {
    take(queueId: string, messages: number) {
      const second = Math.floor(now() / 1000)
      const current = seconds.get(queueId)
      const count = (current?.second === second ? current.count : 0) + messages
      seconds.set(queueId, { second, count })
      if (count > max) throw new Refusal('overloaded', { retryAfterS: 1 })
    },
  }
}
