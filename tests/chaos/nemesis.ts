import { seededRandom } from '../fakes/cloudflare-queues-faults.ts'
import { type Estate, LEASE_MS, type Role } from './estate.ts'

/** How long a process may be at work before something happens to it. */
const PEACE_MS: Record<Role, readonly [least: number, most: number]> = {
  api: [300, 1_500],
  'worker 1': [100, 900],
  'worker 2': [100, 900],
  queue: [500, 3_000],
}
const PAUSED = 0.45
/** Longer than a lease, and shorter than what clients wait for an answer. */
const PAUSE_MS = [2 * LEASE_MS, 6 * LEASE_MS] as const
/** How often a worker is met at work; otherwise it is hit wherever it happens to be. */
const MET_AT_WORK = 0.7
/** How long to look for a worker at work, and how often. */
const MEETING_MS = 2_000
const LOOK_MS = 1
/** How long a worker that was met stays stopped at most, until another has done what it held. */
const HEIR_MS_MAX = 8_000
const HEIR_LOOK_MS = 20
/** How often a process is killed once more while it starts. */
const KILLED_AT_START = 0.15
const START_MS = [20, 300] as const
/** How often, and how far, the clock of the queue outside goes ahead: its limit of requests counts by minutes. */
const CLOCK_EVERY_MS = 4_000
const CLOCK_AHEAD_MS = 5 * 60_000

export type Blows = { kills: number; pauses: number }

export type Looks = {
  /** The jobs a process holds; none while it holds the lock of the database, which would stop everybody else. */
  heldBy(pid: number): string[]
  hasEnded(jobId: string): boolean
}

type Options = Looks & { seed: number; over: AbortSignal }

/** Kills, stops and continues processes until `over` is aborted; then all of them are at work again. */
export async function torment(estate: Estate, { seed, over, heldBy, hasEnded }: Options): Promise<Blows> {
  const blows = { kills: 0, pauses: 0 }
  let heir: Promise<void> | undefined
  await Promise.all([...estate.roles.map(tormentOne), moveClock()])
  return blows

  async function tormentOne(role: Role, index: number) {
    const random = seededRandom(seed * 100 + index)
    const between = ([least, most]: readonly [number, number]) => least + random() * (most - least)
    while (await lasts(between(PEACE_MS[role]))) {
      const isWorker = role.startsWith('worker')
      // The other worker is spared while it is to do what this one held.
      while (isWorker && heir) await heir
      const pid = estate.pid(role)
      const meets = isWorker && random() < MET_AT_WORK
      if (random() < PAUSED) {
        const { promise, resolve } = Promise.withResolvers<void>()
        if (meets) heir = promise
        const [held] = meets ? await stopAtWork(pid) : stop(pid)
        blows.pauses++
        await lasts(between(PAUSE_MS))
        if (held) await untilEnded(held)
        process.kill(pid, 'SIGCONT')
        if (meets) heir = undefined
        resolve()
      } else {
        const again = random() < KILLED_AT_START ? between(START_MS) : undefined
        if (meets) await stopAtWork(pid)
        blows.kills += again === undefined ? 1 : 2
        await estate.restart(role, again)
      }
    }
  }

  /** Stops a worker while it has something to lose, and says what; after a while wherever it is. */
  async function stopAtWork(pid: number): Promise<string[]> {
    const until = performance.now() + MEETING_MS
    while (!over.aborted && performance.now() < until) {
      if (heldBy(pid).length) {
        stop(pid)
        // It went on until it was stopped.
        const held = heldBy(pid)
        if (held.length) return held
        process.kill(pid, 'SIGCONT')
      }
      await Bun.sleep(LOOK_MS)
    }
    return stop(pid)
  }

  function stop(pid: number): string[] {
    process.kill(pid, 'SIGSTOP')
    return []
  }

  /** Whoever was stopped shall wake when another has done its work. */
  async function untilEnded(jobId: string) {
    const until = performance.now() + HEIR_MS_MAX
    while (!hasEnded(jobId) && performance.now() < until && (await lasts(HEIR_LOOK_MS)));
  }

  async function moveClock() {
    while (await lasts(CLOCK_EVERY_MS)) await estate.advance(CLOCK_AHEAD_MS)
  }

  /** False when it is over before. */
  async function lasts(ms: number): Promise<boolean> {
    if (over.aborted) return false
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    over.addEventListener('abort', () => resolve(), { once: true })
    await promise
    clearTimeout(timer)
    return !over.aborted
  }
}
