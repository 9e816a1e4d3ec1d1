import { and, desc, isNotNull, isNull, lt } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { alarms } from '#db/schema/ops.ts'
import { PAGE_SIZE_DEFAULT, readCursor, toPage } from '#src/paging.ts'
import { isoTime } from '#src/time.ts'
import { ADVICE, type AlarmName } from './conditions.ts'

export const alarmStates = ['open', 'cleared'] as const

export type Alarm = typeof alarms.$inferSelect

type PresentAlarm = {
  id: string
  name: AlarmName
  subject?: string
  message: string
  advice?: string
  raisedAt: string
  clearedAt?: string
}

type Query = { state?: (typeof alarmStates)[number]; limit?: number; cursor?: string }

/** What is wrong now, the latest first. */
export const openAlarms = (db: Db): Promise<Alarm[]> =>
  db.select().from(alarms).where(isNull(alarms.clearedAt)).orderBy(desc(alarms.id))

/** A page of what is wrong now, or of what was, the latest first. */
export async function listAlarms(db: Db, { state = 'open', limit = PAGE_SIZE_DEFAULT, cursor }: Query) {
  const before = readCursor('alm', cursor)
  const inState = state === 'open' ? isNull(alarms.clearedAt) : isNotNull(alarms.clearedAt)
  const rows = await db
    .select()
    .from(alarms)
    .where(and(inState, before ? lt(alarms.id, before) : undefined))
    .orderBy(desc(alarms.id))
    .limit(limit + 1)
  return toPage(rows, limit, presentAlarm)
}

/** An alarm as the API, the event stream and operators are shown it: with what to do, as long as it is open. */
export const presentAlarm = ({ id, name, subject, message, raisedAt, clearedAt }: Alarm): PresentAlarm => ({
  id,
  name: name as AlarmName,
  ...(subject ? { subject } : {}),
  message,
  raisedAt: isoTime(raisedAt),
  ...(clearedAt === null ? { advice: ADVICE[name as AlarmName] } : { clearedAt: isoTime(clearedAt) }),
})
