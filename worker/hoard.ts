import type { Held } from './lease-keeper.ts'

/** What was claimed ahead and not begun after this long is left to others. */
const HOARD_MS = 250

type Kept = { held: Held; since: number }

type HoardOptions = {
  /** Whether every hand is at work: otherwise the next jobs are about to begin, however late. */
  isBusy(): boolean
  /** Is given all of them when the first has waited for too long. */
  giveUp(jobs: Held[]): void
}

/** Jobs that were claimed ahead, in the order in which they are to begin. */
export function createHoard({ isBusy, giveUp }: HoardOptions) {
  let kept: Kept[] = []
  let check: Timer | undefined

  return {
    add(held: Held) {
      kept.push({ held, since: performance.now() })
      check ??= setTimeout(look, HOARD_MS)
    },
    next: (): Held | undefined => kept.shift()?.held,
    size: () => kept.length,
    takeAll,
  }

  function takeAll(): Held[] {
    clearTimeout(check)
    check = undefined
    const all = kept.map(({ held }) => held)
    kept = []
    return all
  }

  function look() {
    check = undefined
    const [first] = kept
    if (!first) return
    const restMs = first.since + HOARD_MS - performance.now()
    if (restMs > 0 || !isBusy()) check = setTimeout(look, Math.max(restMs, 1))
    else giveUp(takeAll())
  }
}
