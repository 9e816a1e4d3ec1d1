/**
 * Lets others be woken. Whoever is about to look listens first, looks, and only then waits: what was written between
 * the look and the wait is not slept over.
 */
export function createWaker() {
  const waiting = new Set<() => void>()

  return {
    /** Wakes everybody who listens. */
    wake() {
      for (const wake of waiting) wake()
    },
    /** Listens from now on, and until aborted. Either `within` or `cancel` ends it. */
    listen(signal?: AbortSignal) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const wake = () => {
        waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      waiting.add(wake)
      signal?.addEventListener('abort', wake)
      return {
        cancel: wake,
        /** Waits until woken, at most for so many milliseconds. */
        async within(ms: number) {
          const timer = setTimeout(wake, ms)
          await promise
          clearTimeout(timer)
        },
      }
    },
  }
}
