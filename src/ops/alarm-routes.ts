import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { oneOf } from '#src/one-of.ts'
import { pageOf, pageQuery } from '#src/paging.ts'
import { access } from '#src/projects/access.ts'
import { alarmStates, listAlarms } from './alarm-list.ts'
import { alarmNames } from './conditions.ts'
import { ALARMS_KEPT_MS } from './retention.ts'

const DAY_MS = 24 * 60 * 60_000

const Alarm = t.Object(
  {
    id: t.String(),
    name: oneOf(alarmNames),
    subject: t.Optional(
      t.String({ description: 'What it is about where there may be several: a kind of job, a worker.' }),
    ),
    message: t.String(),
    advice: t.Optional(t.String({ description: 'What to do about it, as long as it is open.' })),
    raisedAt: t.String({ format: 'date-time' }),
    clearedAt: t.Optional(t.String({ format: 'date-time', description: 'When it was right again.' })),
  },
  { title: 'Alarm' },
)

/** What is or was wrong with the installation. It is no project's own, so whoever looks after one may know. */
export const alarmRoutes = (deps: AppDeps) =>
  new Elysia({ name: 'alarms', tags: ['Alarms'] })
    .use(access(deps))
    .get('/alarms', ({ query }) => listAlarms(deps.db, query), {
      permission: 'alarms:read',
      query: t.Object(
        {
          ...pageQuery,
          state: t.Optional(
            oneOf(alarmStates, { description: '`open`, what is wrong now, unless it says `cleared`.' }),
          ),
        },
        { additionalProperties: false },
      ),
      ...documented('listAlarms', 'List what is or was wrong with this installation, the latest first', {
        description: `An alarm that cleared is kept for ${ALARMS_KEPT_MS / DAY_MS} days. The event stream tells of each that is raised or clears, as \`alarm.updated\`.`,
        success: { 200: pageOf(Alarm) },
      }),
    })
