/** How long a stretch of work may hold the event loop: the API answers from the same process. */
const SLICE_MS = 8

export type Pace = () => Promise<void> | void

/**
 * Returns a function to call between small pieces of work: it hands the event loop over when the slice
 * is used up, and throws the signal's reason once the work is cancelled.
 */
export function createPace(signal?: AbortSignal): Pace {
  let sliceStart = performance.now()
  return () => {
    signal?.throwIfAborted()
    if (performance.now() - sliceStart < SLICE_MS) return
    return new Promise((resolve) => {
      setImmediate(() => {
        sliceStart = performance.now()
        resolve()
      })
    })
  }
}
