import type { Clock } from './cloudflare-clock.ts'

/** An empty pull is billed as a read: the longer nothing comes, the longer the pause, up to this. */
export const IDLE_MS_MAX = 12_000
const IDLE_MS_FIRST = 250

export type Idle = {
  /** When to look next, by the clock. */
  nextLookAt(): number
  /** Something came, or is about to: look at once. */
  stir(): void
  /** Nothing came: look later than the last time, and no sooner than `atLeastMs`. */
  tire(atLeastMs?: number): void
  /** Resolves after so long, and at once when it stirs, when the signal is aborted, and once it is closed. */
  rest(ms: number, signal: AbortSignal): Promise<void>
  close(): void
  isClosed(): boolean
}

/** How often one process looks into a queue that may be empty; all its waits share it. */
export function idleness(clock: Clock): Idle {
  const resting = new Set<() => void>()
  let pauseMs = 0
  let lookAt = 0
  let closed = false

  return {
    nextLookAt: () => lookAt,
    stir() {
      pauseMs = 0
      lookAt = 0
      wakeAll()
    },
    tire(atLeastMs = 0) {
      pauseMs = Math.min(IDLE_MS_MAX, Math.max(IDLE_MS_FIRST, pauseMs * 2))
      lookAt = clock.now() + Math.max(pauseMs, atLeastMs)
    },
    rest(ms, signal) {
      if (closed || signal.aborted) return Promise.resolve()
      const { promise, resolve } = Promise.withResolvers<void>()
      const wake = () => {
        clearTimeout(timer)
        resting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      resting.add(wake)
      signal.addEventListener('abort', wake)
      return promise
    },
    close() {
      closed = true
      wakeAll()
    },
    isClosed: () => closed,
  }

  function wakeAll() {
    for (const wake of resting) wake()
  }
}
