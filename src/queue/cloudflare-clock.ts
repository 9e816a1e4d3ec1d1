/** What the client knows of time, so that a test can let it pass. */
export type Clock = {
  now(): number
  sleep(ms: number): Promise<unknown>
}

export const realClock: Clock = { now: () => Date.now(), sleep: (ms) => Bun.sleep(ms) }
