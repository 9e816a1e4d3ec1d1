import { and, eq, gt, isNotNull, isNull } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { alarms } from '#db/schema/ops.ts'
import { safeFetch } from '#src/connectors/safe-fetch.ts'
import type { Env } from '#src/env.ts'
import { newId } from '#src/ids.ts'
import { tellIfChanged } from '#src/jobs/events.ts'
import { jobKinds, type Kinds } from '#src/jobs/kinds.ts'
import type { Log } from '#src/log.ts'
import type { Mailer } from '#src/mail/mail.ts'
import { INSTALLATION_PROJECT } from '#src/projects/installation.ts'
import type { Queue } from '#src/queue/queue.ts'
import { within } from '#src/within.ts'
import { type Alarm, openAlarms, presentAlarm } from './alarm-list.ts'
import { problemOfWebhook } from './alarm-webhook.ts'
import { type Condition, conditionsOf } from './conditions.ts'
import { gauge } from './metric-registry.ts'
import { operatorsTeller } from './tell-operators.ts'
import { readWatched } from './watched.ts'

/** How often each process looks whether anything is wrong, or right again. */
const LOOK_MS = 15_000
/** How long whoever stops waits for a look that is under way. */
const STOPPING_MS = 1_000
/** How long it is tried to tell that an incident is over. */
const CLEAR_TOLD_WITHIN_MS = 60 * 60_000

type Watch = { db: Db; queue: Queue; log: Log; env: Env; mailer: Mailer }

type Deps = {
  db: Db
  queue: Queue
  log: Log
  kinds: Kinds
  /**
   * Tells those who run the installation of an alarm that is raised, or that has cleared. Throws when it could not:
   * then they are told at a later look.
   */
  tellOperators(alarm: Alarm): Promise<void>
}

/**
 * Looks at the situation every now and then, in each process: by a timer and not by a job, because what it
 * looks at is whether jobs are performed. Who finds an incident first writes its row, and tells of it.
 */
export function watchAlarms({ db, queue, log, env, mailer }: Watch) {
  const fetch = safeFetch({ allowLoopback: env.allowLoopbackFetch })
  const deps = { db, queue, log, kinds: jobKinds, tellOperators: operatorsTeller({ env, mailer, fetch }) }
  // A name is looked up, so that this is no check of the settings: tomorrow it may lead elsewhere.
  void problemOfWebhook(env).then((problem) => problem && log.error(problem))
  let looking: Promise<void> | undefined
  let stopped = false
  const timer = setInterval(look, LOOK_MS)

  return {
    look,
    async stop() {
      clearInterval(timer)
      // It may hang on a queue or a webhook that does not answer, and what it does not end another look does.
      if (looking) await within(STOPPING_MS, looking)
      stopped = true
    },
  }

  function look() {
    looking ??= checkAlarms(deps)
      .catch((error) => {
        if (!stopped) log.error({ err: error }, 'whether anything is wrong could not be looked at')
      })
      .finally(() => {
        looking = undefined
      })
  }
}

/** Raises what is wrong and clears what is right again, each once however many look. */
export async function checkAlarms(deps: Deps, now = Date.now()): Promise<void> {
  const { db, queue, log, kinds } = deps
  const watched = await readWatched(db, queue, now)
  const wrong = conditionsOf(watched, kinds)
  const open = await openAlarms(db)
  for (const condition of wrong)
    if (!open.some((alarm) => isOf(alarm, condition))) await raise(db, log, condition, now)
  for (const alarm of open) {
    // Of a queue that does not answer nobody knows whether it is right again.
    if (alarm.name === 'queue_old' && !watched.queue) continue
    if (alarm.name === 'queue_paused' && watched.isPaused === undefined) continue
    if (!wrong.some((condition) => isOf(alarm, condition))) await clear(db, log, alarm, now)
  }
  // Who cannot be told of one now cannot be told of the others either.
  for (const alarm of await untoldAlarms(db, now)) if (!(await tellOnce(deps, alarm, now))) break
}

/** The open alarms in the text format of Prometheus. */
export const alarmMetrics = (open: readonly Alarm[]): string =>
  gauge(
    'quill_alarms',
    'Alarms that are raised.',
    open.map(({ name, subject }) => [{ alarm: name, subject }, 1]),
  )

const isOf = (alarm: Alarm, condition: Condition) =>
  alarm.name === condition.name && alarm.subject === condition.subject

async function raise(db: Db, log: Log, condition: Condition, now: number) {
  const untold = { toldAt: null, clearedAt: null, clearToldAt: null }
  const alarm: Alarm = { id: newId('alm'), ...condition, raisedAt: now, ...untold }
  const [raised] = await db.batch([
    db.insert(alarms).values(alarm).onConflictDoNothing().returning({ id: alarms.id }),
    tellIfChanged(db, INSTALLATION_PROJECT, 'alarm.updated', presentAlarm(alarm)),
  ])
  const { id, name, subject, message } = alarm
  if (raised.length) log.error({ alarm: name, subject, alarmId: id }, `alarm: ${message}`)
}

async function clear(db: Db, log: Log, alarm: Alarm, now: number) {
  const { id, name, subject, raisedAt } = alarm
  const [cleared] = await db.batch([
    db
      .update(alarms)
      .set({ clearedAt: now })
      .where(and(eq(alarms.id, id), isNull(alarms.clearedAt)))
      .returning({ id: alarms.id }),
    tellIfChanged(db, INSTALLATION_PROJECT, 'alarm.updated', presentAlarm({ ...alarm, clearedAt: now })),
  ])
  if (cleared.length)
    log.warn({ alarm: name, subject, alarmId: id, lastedMs: now - raisedAt }, 'alarm cleared')
}

/** What is wrong and nobody was told of, and what is over since not long and was told of as wrong. */
async function untoldAlarms(db: Db, now: number): Promise<Alarm[]> {
  const justOver = and(gt(alarms.clearedAt, now - CLEAR_TOLD_WITHIN_MS), isNull(alarms.clearToldAt))
  const over = await db
    .select()
    .from(alarms)
    .where(and(justOver, isNotNull(alarms.toldAt)))
  return [...(await openAlarms(db)).filter(({ toldAt }) => toldAt === null), ...over]
}

/**
 * Whoever marks it tells; when that fails the mark is taken away, and the next look tries again. Returns false then.
 */
async function tellOnce({ db, log, tellOperators }: Deps, alarm: Alarm, now: number): Promise<boolean> {
  const same = eq(alarms.id, alarm.id)
  const isOver = alarm.clearedAt !== null
  const told = (at: number | null) => (isOver ? { clearToldAt: at } : { toldAt: at })
  const mine = await db
    .update(alarms)
    .set(told(now))
    .where(and(same, isNull(isOver ? alarms.clearToldAt : alarms.toldAt)))
    .returning({ id: alarms.id })
  if (mine.length === 0) return true
  try {
    await tellOperators(alarm)
  } catch (error) {
    log.error({ err: error, alarm: alarm.name }, 'those who run this Quill could not be told of an alarm')
    await db.update(alarms).set(told(null)).where(same)
    return false
  }
  return true
}
