import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { oneOf } from '#src/one-of.ts'
import { access } from '#src/projects/access.ts'
import { isoTime } from '#src/time.ts'
import { type Alarm, openAlarms } from './alarms.ts'
import { alarmNames } from './conditions.ts'

const RaisedAlarm = t.Object(
  {
    id: t.String(),
    name: oneOf(alarmNames),
    subject: t.Optional(
      t.String({ description: 'What it is about where there may be several: a kind of job.' }),
    ),
    message: t.String(),
    raisedAt: t.String({ format: 'date-time' }),
  },
  { title: 'Alarm' },
)

/** What is wrong with the installation. It is no project's own, so whoever looks after one may know. */
export const alarmRoutes = (deps: AppDeps) =>
  new Elysia({ name: 'alarms', tags: ['Alarms'] })
    .use(access(deps))
    .get('/alarms', async () => ({ items: (await openAlarms(deps.db)).map(presentAlarm) }), {
      permission: 'alarms:read',
      ...documented('listAlarms', 'List what is wrong with this installation now, the oldest first', {
        success: { 200: t.Object({ items: t.Array(RaisedAlarm) }) },
      }),
    })

const presentAlarm = ({ id, name, subject, message, raisedAt }: Alarm) => ({
  id,
  name: name as (typeof alarmNames)[number],
  ...(subject ? { subject } : {}),
  message,
  raisedAt: isoTime(raisedAt)!,
})
