/** So many calls of one kind are under way at a time, and more than one only while there is a full batch for it. */
const CALLS_MAX = 4

type Share = { pending: number; resolve(): void; reject(error: unknown): void }

export type Batches<T> = {
  /** Resolves when all the items were passed on; rejects when a batch with one of them was not. */
  add(items: readonly T[]): Promise<void>
  /** Refuses what still waits, and what comes. */
  close(reason: Error): void
}

/**
 * Passes items on in batches of up to `max`: what comes while a call is under way goes together with the next one,
 * so that many small additions cost few calls.
 */
export function inBatches<T>({ max, pass }: { max: number; pass(items: T[]): Promise<void> }): Batches<T> {
  let waiting: { item: T; share: Share }[] = []
  let calls = 0
  let closed: Error | undefined

  return {
    add(items) {
      if (items.length === 0) return Promise.resolve()
      if (closed) return Promise.reject(closed)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const share = { pending: items.length, resolve, reject }
      for (const item of items) waiting.push({ item, share })
      start()
      return promise
    },
    close(reason) {
      closed = reason
      for (const { share } of waiting) share.reject(reason)
      waiting = []
    },
  }

  function start() {
    while (waiting.length > 0 && (calls === 0 || (waiting.length >= max && calls < CALLS_MAX))) {
      const batch = waiting.splice(0, max)
      calls++
      void passOn(batch)
    }
  }

  async function passOn(batch: typeof waiting) {
    try {
      await pass(batch.map(({ item }) => item))
      for (const { share } of batch) if (--share.pending === 0) share.resolve()
    } catch (error) {
      for (const { share } of batch) share.reject(error)
    } finally {
      calls--
      start()
    }
  }
}
