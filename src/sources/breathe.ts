const SLICE_MS = 8

/**
 * Keeps a long computation from holding the process: `const breathe = breather()`, then
 * `if (breathe.isDue()) await breathe.now()` in the loop. It lets other work run once in about 8 ms.
 */
export function breather() {
  let since = performance.now()
  return {
    isDue: () => performance.now() - since > SLICE_MS,
    async now(): Promise<void> {
      await new Promise<void>((resolve) => setImmediate(resolve))
      since = performance.now()
    },
  }
}

export type Breather = ReturnType<typeof breather>
