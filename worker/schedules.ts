import { Cron } from 'croner'
import type { Db, Write } from '#db/connect.ts'
import type { ScheduledInput, ScheduledKind } from '#src/jobs/kinds.ts'
import { enqueue, newJob } from '#src/jobs/new-job.ts'
import type { Log } from '#src/log.ts'
import { ensureInstallation, INSTALLATION_PROJECT } from '#src/projects/installation.ts'
import type { Queue } from '#src/queue/queue.ts'

/** How soon a tick is noticed, and a clock that was set. */
const LOOK_MS = 5_000
const CREATED_BY = 'schedule'

export type Schedule = {
  kind: ScheduledKind
  /** Minute, hour, day of the month, month, day of the week, in UTC. */
  cron: string
}

/** What the installation does of itself, and when. */
export const schedules: readonly Schedule[] = [
  { kind: 'jobs.sweep', cron: '*/5 * * * *' },
  { kind: 'records.purge', cron: '17 * * * *' },
  { kind: 'dead_letters.digest', cron: '0 7 * * *' },
]

type Deps = { db: Db; queue: Queue; log: Log; table?: readonly Schedule[] }

export type Scheduler = {
  /** Enqueues what is due. Every process may look, as often as it likes: a tick is one job. */
  look(): Promise<void>
  stop(): Promise<void>
}

/** Looks for due ticks until it is stopped, at first now: what was missed while nothing ran is caught up. */
export function startSchedules(deps: Deps): Scheduler {
  const scheduler = createScheduler(deps)
  const timer = setInterval(look, LOOK_MS)
  let looking: Promise<void> | undefined
  look()

  return {
    look: scheduler.look,
    async stop() {
      clearInterval(timer)
      await looking
    },
  }

  function look() {
    looking ??= scheduler
      .look()
      .catch((error) => deps.log.error({ err: error }, 'what is due by the schedule could not be enqueued'))
      .finally(() => {
        looking = undefined
      })
  }
}

/**
 * Only the last tick counts, so that however many were missed are one job. The clock is asked anew at every
 * look: one that jumps ahead runs a tick early, one that jumps back finds its ticks done, and neither stops
 * what follows.
 */
export function createScheduler({ db, queue, table = schedules }: Deps): Pick<Scheduler, 'look'> {
  const clocks = table.map(({ kind, cron }) => ({ kind, cron: new Cron(cron, { timezone: 'UTC' }) }))
  /**
   * Per kind the tick that was seen to, and the next one: between them there is nothing to ask the database.
   */
  const seen = new Map<ScheduledKind, { tick: number; next: number }>()

  return {
    async look() {
      for (const { kind, cron } of clocks) {
        const now = Date.now()
        const last = seen.get(kind)
        if (last && last.tick <= now && now < last.next) continue
        const ticks = ticksAround(cron, now)
        if (!ticks) continue
        await db.batch(enqueueTick(db, kind, ticks.tick))
        seen.set(kind, ticks)
        await queue.send([])
      }
    },
  }
}

/**
 * The last tick and the next one, in milliseconds; undefined for a pattern that never was, or never will be,
 * met.
 */
function ticksAround(cron: Cron, now: number): { tick: number; next: number } | undefined {
  // croner looks strictly before the time that it is given.
  const [tick] = cron.previousRuns(1, new Date(now + 1))
  const next = cron.nextRun(new Date(now))
  return tick && next ? { tick: tick.getTime(), next: next.getTime() } : undefined
}

function enqueueTick(db: Db, kind: ScheduledKind, tick: number): [Write, ...Write[]] {
  const input: ScheduledInput = { tick }
  const job = newJob({ projectId: INSTALLATION_PROJECT, kind, createdBy: CREATED_BY, input })
  return [ensureInstallation(), ...enqueue(db, job)]
}
