import type { Db } from '#db/connect.ts'
import { type Kinds, kindOf } from '#src/jobs/kinds.ts'
import type { JobRow } from '#src/jobs/schemas.ts'
import type { Log } from '#src/log.ts'
import { askedToStop, renew } from './lease.ts'

/** How soon a cancellation is noticed, wherever it was asked for, and an attempt that takes too long. */
const LOOK_MS = 250
/** A turn of the event loop that takes longer than this is reported: nothing else ran meanwhile. */
const BLOCKED_MS = 1_000
/** A handler that goes on for this long after its signal was aborted is reported. */
const DEAF_MS = 5_000

export type Because = 'cancelled' | 'lost' | 'shutdown' | 'timeout'

/** Why a handler's signal was aborted. */
export class Interrupted extends Error {
  constructor(readonly because: Because) {
    super(`The job was interrupted: ${because}.`)
  }
}

/** A job that this worker holds. */
export type Held = {
  job: JobRow
  /** Called once, when the job must stop. */
  onInterrupt?(reason: Interrupted): void
  /** When its attempt has taken too long; none while it waits for its turn. */
  endsAt?: number
  interrupted?: Interrupted
}

export type LeaseKeeper = {
  hold(job: JobRow): Held
  /** The attempt begins: from now on it has its kind's time. */
  begin(held: Held): void
  letGo(held: Held): void
  /** Every job is handed back: the worker's grace is over. */
  shutDown(): void
  stop(): void
}

export type KeeperOptions = {
  db: Db
  log: Log
  leaseMs: number
  kinds?: Kinds
  deafMs?: number
  blockedMs?: number
}

/** Renews the leases of all jobs that a worker holds, and interrupts those that must stop. */
export function keepLeases({ db, log, leaseMs, kinds, ...options }: KeeperOptions): LeaseKeeper {
  const { blockedMs = BLOCKED_MS } = options
  const lookMs = Math.min(LOOK_MS, leaseMs / 3)
  const held = new Map<string, Held>()
  let over = false
  let lookedAt = performance.now()
  let looking = false
  const heartbeat = setInterval(beat, leaseMs / 3)
  let look: Timer | undefined

  return {
    hold(job) {
      const entry: Held = { job }
      held.set(job.id, entry)
      beginToLook()
      if (over) interrupt(entry, 'shutdown')
      return entry
    },
    begin(entry) {
      entry.endsAt = performance.now() + kindOf(entry.job.kind, kinds).timeoutMs
    },
    letGo(entry) {
      // A job that was lost may be held anew by now.
      if (held.get(entry.job.id) === entry) held.delete(entry.job.id)
    },
    shutDown() {
      over = true
      for (const entry of held.values()) interrupt(entry, 'shutdown')
    },
    stop() {
      clearInterval(heartbeat)
      stopLooking()
    },
  }

  async function beat() {
    const entries = [...held.values()].filter((entry) => !entry.interrupted)
    if (entries.length === 0) return
    const jobs = entries.map((entry) => entry.job)
    const states = await renew(db, jobs, leaseMs).catch((error) => {
      log.error({ err: error }, 'leases could not be renewed')
      return undefined
    })
    for (const entry of entries) {
      const state = states?.get(entry.job.id)
      if (state && state !== 'held') interrupt(entry, state)
    }
  }

  /** Who holds nothing has nothing to look for, and costs nothing. */
  function beginToLook() {
    if (look) return
    lookedAt = performance.now()
    look = setInterval(lookAround, lookMs)
  }

  function stopLooking() {
    clearInterval(look)
    look = undefined
  }

  async function lookAround() {
    reportBlocking()
    if (held.size === 0) return stopLooking()
    if (looking) return
    looking = true
    const asked = await askedToStop(db).catch(() => [])
    looking = false
    for (const id of asked) if (held.has(id)) interrupt(held.get(id)!, 'cancelled')
    const now = performance.now()
    for (const entry of held.values()) if (now > (entry.endsAt ?? Infinity)) interrupt(entry, 'timeout')
  }

  function reportBlocking() {
    const now = performance.now()
    const lateMs = Math.round(now - lookedAt - lookMs)
    lookedAt = now
    if (lateMs <= blockedMs) return
    const kindsHeld = [...new Set([...held.values()].map((entry) => entry.job.kind))]
    log.warn({ lateMs, kinds: kindsHeld }, 'a handler held up the event loop')
  }

  function interrupt(entry: Held, because: Because) {
    if (entry.interrupted) return
    entry.interrupted = new Interrupted(because)
    entry.onInterrupt?.(entry.interrupted)
  }
}

/** Reports a handler that is still at work long after it was told to stop. Call the result when it ended. */
export function reportDeaf(
  { log, deafMs = DEAF_MS }: Pick<KeeperOptions, 'log' | 'deafMs'>,
  { id, kind }: JobRow,
  because: Because,
): () => void {
  const report = () => log.warn({ jobId: id, kind, because }, 'a handler ignores its signal')
  const timer = setTimeout(report, deafMs)
  timer.unref()
  return () => clearTimeout(timer)
}
