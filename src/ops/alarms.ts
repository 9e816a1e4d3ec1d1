import { and, asc, eq, isNull } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { alarms } from '#db/schema/ops.ts'
import { safeFetch } from '#src/connectors/safe-fetch.ts'
import type { Env } from '#src/env.ts'
import { newId } from '#src/ids.ts'
import { jobKinds, type Kinds } from '#src/jobs/kinds.ts'
import type { Log } from '#src/log.ts'
import type { Mailer } from '#src/mail/mail.ts'
import type { Queue } from '#src/queue/queue.ts'
import { type Condition, conditionsOf } from './conditions.ts'
import { gauge } from './metric-registry.ts'
import { readSituation } from './situation.ts'
import { operatorsTeller } from './tell-operators.ts'

/** How often each process looks whether anything is wrong, or right again. */
const LOOK_MS = 15_000

export type Alarm = typeof alarms.$inferSelect

type Watch = { db: Db; queue: Queue; log: Log; env: Env; mailer: Mailer }

type Deps = {
  db: Db
  queue: Queue
  log: Log
  kinds: Kinds
  /** Tells those who run the installation. Throws when it could not: then they are told at a later look. */
  tellOperators(alarm: Alarm): Promise<void>
}

/**
 * Looks at the situation every now and then, in each process: by a timer and not by a job, because what it
 * looks at is whether jobs are performed. Who finds an incident first writes its row, and tells of it.
 */
export function watchAlarms({ db, queue, log, env, mailer }: Watch) {
  const fetch = safeFetch({ allowLoopback: env.allowLoopbackFetch })
  const deps = { db, queue, log, kinds: jobKinds, tellOperators: operatorsTeller({ env, mailer, fetch }) }
  let looking: Promise<void> | undefined
  const timer = setInterval(look, LOOK_MS)

  return {
    async stop() {
      clearInterval(timer)
      await looking
    },
  }

  function look() {
    looking ??= checkAlarms(deps)
      .catch((error) => log.error({ err: error }, 'whether anything is wrong could not be looked at'))
      .finally(() => {
        looking = undefined
      })
  }
}

/** Raises what is wrong and clears what is right again, each once however many look. */
export async function checkAlarms(deps: Deps, now = Date.now()): Promise<void> {
  const { db, queue, log, kinds } = deps
  const situation = await readSituation(db, queue, now)
  const wrong = conditionsOf(situation, kinds)
  const open = await openAlarms(db)
  for (const condition of wrong)
    if (!open.some((alarm) => isOf(alarm, condition))) await raise(db, log, condition, now)
  for (const alarm of open) {
    // Of a queue that does not answer nobody knows whether it is right again.
    if (alarm.name === 'queue_old' && !situation.queue) continue
    if (!wrong.some((condition) => isOf(alarm, condition))) await clear(db, log, alarm, now)
  }
  for (const alarm of await openAlarms(db)) if (alarm.toldAt === null) await tellOnce(deps, alarm, now)
}

/** What is wrong now, the oldest first. */
export const openAlarms = (db: Db): Promise<Alarm[]> =>
  db.select().from(alarms).where(isNull(alarms.clearedAt)).orderBy(asc(alarms.id))

/** The open alarms in the text format of Prometheus. */
export const alarmMetrics = (open: readonly Alarm[]): string =>
  gauge(
    'quill_alarms',
    'Alarms that are raised.',
    open.map(({ name, subject }) => [{ alarm: name, subject }, 1]),
  )

const isOf = (alarm: Alarm, condition: Condition) =>
  alarm.name === condition.name && alarm.subject === condition.subject

async function raise(db: Db, log: Log, { name, subject, message }: Condition, now: number) {
  const raised = await db.rows(
    `INSERT OR IGNORE INTO alarms (id, name, subject, message, raised_at)
     VALUES (?, ?, ?, ?, ?) RETURNING id`,
    [newId('alm'), name, subject, message, now],
  )
  if (raised.length) log.error({ alarm: name, subject, alarmId: raised[0]![0] }, `alarm: ${message}`)
}

async function clear(db: Db, log: Log, { id, name, subject, raisedAt }: Alarm, now: number) {
  const cleared = await db
    .update(alarms)
    .set({ clearedAt: now })
    .where(and(eq(alarms.id, id), isNull(alarms.clearedAt)))
    .returning({ id: alarms.id })
  if (cleared.length)
    log.warn({ alarm: name, subject, alarmId: id, lastedMs: now - raisedAt }, 'alarm cleared')
}

/** Whoever marks it tells; when that fails the mark is taken away, and the next look tries again. */
async function tellOnce({ db, log, tellOperators }: Deps, alarm: Alarm, now: number) {
  const same = eq(alarms.id, alarm.id)
  const mine = await db
    .update(alarms)
    .set({ toldAt: now })
    .where(and(same, isNull(alarms.toldAt)))
    .returning({ id: alarms.id })
  if (mine.length === 0) return
  try {
    await tellOperators(alarm)
  } catch (error) {
    log.error({ err: error, alarm: alarm.name }, 'those who run this Quill could not be told of an alarm')
    await db.update(alarms).set({ toldAt: null }).where(same)
  }
}
