import type { Log } from '#src/log.ts'
import { findQueueId, type QueueRef } from './cloudflare-address.ts'
import type { CloudflareApi } from './cloudflare-api.ts'
import type { Clock } from './cloudflare-clock.ts'
import { CloudflareError } from './cloudflare-errors.ts'

/** A queue that is gone is looked for no more often than this, by each process. */
export const LOOK_AGAIN_MS = 30_000

/** Makes a call with the id of a queue. */
export type WithQueue = <T>(call: (id: string) => Promise<T>) => Promise<T>

/**
 * Looks a queue's id up when it is first needed, once for all who ask. When Cloudflare knows no queue of this id any
 * more, it may have been deleted and made anew: its name is looked up again, and the call made to the new one, which
 * the old one did not take. What is known by its id alone stays lost.
 */
export function queueFinder(
  api: CloudflareApi,
  ref: QueueRef,
  { clock, log }: { clock: Clock; log: Log },
): WithQueue {
  let found: Promise<string> | undefined
  let lookedAt = 0

  return async (call) => {
    found ??= look().catch((error) => {
      found = undefined
      throw error
    })
    const asked = found
    const id = await asked
    try {
      return await call(id)
    } catch (error) {
      if (!(error instanceof CloudflareError && error.isQueueMissing)) throw error
      // Whoever notices first looks for all.
      if (found === asked && clock.now() >= lookedAt + LOOK_AGAIN_MS) found = lookAgain(id)
      const newId = await (found ?? id)
      if (newId === id) throw error
      return call(newId)
    }
  }

  function look() {
    lookedAt = clock.now()
    return findQueueId(api, ref)
  }

  async function lookAgain(id: string): Promise<string> {
    const newId = await look().catch(() => id)
    if (newId !== id) log.warn({ queue: ref, id: newId }, 'a queue was made anew: it is used from now on')
    return newId
  }
}
