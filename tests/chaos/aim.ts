import { Database } from 'bun:sqlite'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Estate } from './estate.ts'
import type { Blows, Looks } from './nemesis.ts'

/** What happens to a process where it is hurt most: where its text says HALT, or while nothing can be written. */
export type Aim = 'kill where it halts' | 'pause where it halts' | 'kill behind a lock'

/** How often it is aimed: now and then a blow meets a job that was cancelled meanwhile. */
const BLOWS = 3
/** How long to wait for a process that comes by. */
const HALT_MS_MAX = 8_000
/** How long the others go on without a process that stands still and holds nothing … */
const PAUSE_MS = 1_000
/** … and at most without one that does, until they have done what it held. */
const HEIR_MS_MAX = 12_000
/** Meanwhile the queue outside delivers again what it delivered to nobody: its clock goes ahead so often, so far. */
const CLOCK_EVERY_MS = 500
const CLOCK_AHEAD_MS = 31 * 60_000
/** How often, and how long, nothing can be written before the blow: until something was promised all the same. */
const LOCKS = 5
const LOCK_MS = 500
const UNLOCKED_MS = 250
const LOCK_WAIT_MS = 10_000
const LOOK_MS = 10
/** So that what a blow broke is seen before the next one. */
const PEACE_MS = 500

const HERE = 'halt'
const HALTED = 'halted-'

/**
 * Text of a process that stands still when it comes by, once for each time that it is armed, whichever process is
 * first. It stands in what is planted and nowhere else.
 */
export const HALT = `try {
      require('node:fs').renameSync('${HERE}', '${HALTED}' + process.pid)
      process.kill(process.pid, 'SIGSTOP')
    } catch {}
    `

type Options = Looks & {
  aims: readonly Aim[]
  over: AbortSignal
  /** Whether something was promised that is not written. */
  isPromisedInVain(): boolean
}

/** Deals the blows in turns, a few of them; all processes are at work again when it resolves. */
export async function aimAt(estate: Estate, { aims, over, ...looks }: Options): Promise<Blows> {
  const blows = { kills: 0, pauses: 0 }
  const here = join(estate.folder, HERE)
  for (let blow = 0; blow < BLOWS && !over.aborted; blow++) {
    const aim = aims[blow % aims.length]!
    if (aim === 'kill behind a lock') await killBehindLock()
    else await strikeHalted(aim)
    await Bun.sleep(PEACE_MS)
  }
  return blows

  async function strikeHalted(aim: Aim) {
    writeFileSync(here, '')
    await lasts(HALT_MS_MAX, () => whoHalts() !== undefined)
    rmSync(here, { force: true })
    const role = whoHalts()
    if (!role) return
    const pid = estate.pid(role)
    if (aim === 'kill where it halts') {
      blows.kills++
      await estate.restart(role)
      return
    }
    blows.pauses++
    if (role === 'api') await Bun.sleep(PAUSE_MS)
    else await untilInherited(pid)
    rmSync(join(estate.folder, HALTED + pid))
    process.kill(pid, 'SIGCONT')
  }

  async function untilInherited(pid: number) {
    let held: string[] = []
    await lasts(HEIR_MS_MAX, () => {
      held = looks.heldBy(pid)
      return held.length > 0
    })
    const clock = setInterval(() => void estate.advance(CLOCK_AHEAD_MS), CLOCK_EVERY_MS)
    await lasts(HEIR_MS_MAX, () => held.every(looks.hasEnded))
    clearInterval(clock)
  }

  function whoHalts() {
    return estate.roles.find((role) => existsSync(join(estate.folder, HALTED + estate.pid(role))))
  }

  /** Whoever was answered although nothing could be written was answered too early. */
  async function killBehindLock() {
    using database = new Database(estate.databaseFile)
    database.run(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}`)
    for (let lock = 1; lock <= LOCKS && !over.aborted; lock++) {
      database.run('BEGIN IMMEDIATE')
      await lasts(LOCK_MS, looks.isPromisedInVain)
      // It must not write between the lock's end and its own.
      const isLast = lock === LOCKS || looks.isPromisedInVain()
      if (isLast) process.kill(estate.pid('api'), 'SIGSTOP')
      database.run('ROLLBACK')
      if (isLast) break
      await Bun.sleep(UNLOCKED_MS)
    }
    blows.kills++
    await estate.restart('api')
  }

  async function lasts(ms: number, isOver: () => boolean) {
    const until = performance.now() + ms
    while (!over.aborted && performance.now() < until && !isOver()) await Bun.sleep(LOOK_MS)
  }
}
