import { expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { type Db, overPort, type Statement } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { migrations } from '#db/migrations.ts'
import { openSqlite } from '#db/sqlite.ts'
import { ConfigError, readEnv } from '#src/env.ts'
import { AppError } from '#src/errors.ts'
import { jobKinds } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import type { Mail } from '#src/mail/mail.ts'
import { type Alarm, openAlarms } from '#src/ops/alarm-list.ts'
import { alarmMetrics, checkAlarms } from '#src/ops/alarms.ts'
import { alarmNames, conditionsOf } from '#src/ops/conditions.ts'
import type { Situation } from '#src/ops/situation.ts'
import { operatorsTeller } from '#src/ops/tell-operators.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { addJobs, openDatabase } from '../queue/queued.ts'

const MINUTE_MS = 60_000
const KEY = Buffer.alloc(32, 7)
const SECRET = `whsec_${KEY.toString('base64')}`
const ALARM: Alarm = {
  id: 'alm_1',
  name: 'job_late',
  subject: 'seo.generate',
  message: 'Jobs are late.',
  raisedAt: Date.UTC(2026, 10, 22),
  toldAt: null,
  clearedAt: null,
  clearToldAt: null,
}
const calm: Situation = {
  queue: { waiting: 1, oldestAgeMs: 15 * MINUTE_MS },
  waiting: [{ kind: 'seo.generate', count: 1, oldestAgeMs: 10 * MINUTE_MS }],
  running: 0,
  deadLetters: 0,
  outboxLagMs: MINUTE_MS,
  consumers: { alive: 1, slots: 4, silent: 0 },
}

test('nothing is wrong at a limit, and what is above it raises its alarm and no other', () => {
  expect(conditionsOf(calm, jobKinds)).toEqual([])
  const wrong: Record<(typeof alarmNames)[number], Partial<Situation>> = {
    job_late: { waiting: [{ kind: 'seo.generate', count: 1, oldestAgeMs: 10 * MINUTE_MS + 1 }] },
    queue_old: { queue: { waiting: 1, oldestAgeMs: 15 * MINUTE_MS + 1 } },
    dead_letters: { deadLetters: 1 },
    outbox_lags: { outboxLagMs: MINUTE_MS + 1 },
    consumer_silent: { consumers: { alive: 1, slots: 4, silent: 1 } },
    no_consumer: { consumers: { alive: 0, slots: 0, silent: 0 } },
  }
  for (const name of alarmNames)
    expect(conditionsOf({ ...calm, ...wrong[name] }, jobKinds).map((each) => each.name)).toEqual([name])
})

/** Three processes over one database, whose operators are told into one list. */
async function installation() {
  const { db, close } = await openDatabase()
  const told: Alarm[] = []
  const lines: { level: string; alarm?: string; msg: string }[] = []
  const write = (level: string) => (fields: object, msg: string) => lines.push({ level, ...fields, msg })
  const log = Object.assign(createLog('silent'), { error: write('error'), warn: write('warn') })
  let failing = false
  let clock = 0
  const tellOperators = async (alarm: Alarm) => {
    if (failing) throw new Error('It is away.')
    told.push(alarm)
  }
  const deps = { db, queue: inlineQueue(db, { now: () => clock }), log, kinds: jobKinds, tellOperators }
  const look = (now = Date.now()) => {
    clock = now
    return Promise.all([1, 2, 3].map(() => checkAlarms(deps, now)))
  }
  const fail = (is: boolean) => {
    failing = is
  }
  return { db, told, lines, look, fail, close }
}

const bury = (db: Db, ids: string[]) =>
  db.rows(
    `UPDATE jobs SET state = 'dead', ready = 0, due_at = NULL, finished_at = 1 WHERE id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(ids)],
  )

test('an incident is one alarm, however many processes look and however often, and clears by itself', async () => {
  const { db, told, lines, look, close } = await installation()
  await bury(db, await addJobs(db, 2))
  for (let index = 0; index < 3; index++) await look()
  expect((await openAlarms(db)).map(({ name }) => name)).toEqual(['dead_letters'])
  expect(alarmMetrics(await openAlarms(db))).toContain('quill_alarms{alarm="dead_letters",subject=""} 1\n')
  await db.rows(`UPDATE jobs SET state = 'cancelled'`, [])
  for (let index = 0; index < 3; index++) await look()
  expect(await openAlarms(db)).toEqual([])
  expect(told.map(({ name, clearedAt }) => [name, clearedAt !== null])).toEqual([
    ['dead_letters', false],
    ['dead_letters', true],
  ])
  expect(lines.map(({ level, alarm }) => [level, alarm])).toEqual([
    ['error', 'dead_letters'],
    ['warn', 'dead_letters'],
  ])
  await bury(db, await addJobs(db, 1))
  await look()
  expect(told).toHaveLength(3)
  expect(await db.rows('SELECT count(*), count(cleared_at) FROM alarms', [])).toEqual([[2, 1]])
  close()
})

test('that it is over is told once, later if need be but within the hour, and only of what was told', async () => {
  const { db, told, look, fail, close } = await installation()
  const now = Date.now()
  const incident = async (at: number) => {
    await bury(db, await addJobs(db, 1))
    await look(at)
    await db.rows(`UPDATE jobs SET state = 'cancelled'`, [])
  }
  const states = () => told.splice(0).map(({ clearedAt }) => (clearedAt === null ? 'raised' : 'cleared'))
  await incident(now)
  fail(true)
  await look(now + MINUTE_MS)
  fail(false)
  for (let minutes = 2; minutes < 5; minutes++) await look(now + minutes * MINUTE_MS)
  expect(states()).toEqual(['raised', 'cleared'])
  fail(true)
  await incident(now + 5 * MINUTE_MS)
  await look(now + 6 * MINUTE_MS)
  fail(false)
  await look(now + 7 * MINUTE_MS)
  expect(states()).toEqual([])
  await incident(now + 8 * MINUTE_MS)
  fail(true)
  await look(now + 9 * MINUTE_MS)
  fail(false)
  await look(now + 69 * MINUTE_MS)
  expect(states()).toEqual(['raised'])
  close()
})

test('of an incident that was over before it could be told, nobody is told after an upgrade', async () => {
  const before = migrations.filter(({ tag }) => tag < '0014')
  using database = openSqlite(':memory:')
  migrate(database, before)
  const columns = 'id, name, subject, message, raised_at, told_at, cleared_at'
  database.run(
    `INSERT INTO alarms (${columns}) VALUES ('alm_1', 'n', '', 'm', 1, 1, 2), ('alm_2', 'n', '', 'm', 3, 3, NULL)`,
  )
  migrate(database, migrations)
  expect(database.query('SELECT clear_told_at FROM alarms ORDER BY id').values()).toEqual([[2], [null]])
})

test('a look reads no incident that was over long ago', async () => {
  const { db, port, close } = await openDatabase()
  const seen = new Map<string, Statement>()
  const watched = overPort({
    ...port,
    all: (statement) => {
      if (/from "alarms"/.test(statement.sql)) seen.set(statement.sql, statement)
      return port.all(statement)
    },
  })
  const deps = { db: watched, queue: inlineQueue(db), log: createLog('silent'), kinds: jobKinds }
  await checkAlarms({ ...deps, tellOperators: async () => {} })
  expect(seen.size).toBe(2)
  for (const { sql, params } of seen.values()) {
    const plan = await port.all({ sql: `EXPLAIN QUERY PLAN ${sql}`, params })
    expect(plan.map((step) => String(step[3])).join()).toMatch(
      /^(SCAN alarms USING INDEX alarms_open_by_id|SEARCH alarms USING INDEX alarms_cleared \(cleared_at>\?\))$/,
    )
  }
  close()
})

test('a job that waits too long, a worker that fell silent, and none at all: each is noticed', async () => {
  const { db, told, look, close } = await installation()
  const now = Date.now()
  await addJobs(db, 1, { kind: 'seo.generate' })
  await db.rows(`INSERT INTO consumers (id, started_at, seen_at, slots, running) VALUES ('w', 1, ?, 4, 1)`, [
    now,
  ])
  await look(now)
  expect(told).toEqual([])
  await look(now + 16 * MINUTE_MS)
  expect(told.map(({ name, subject }) => `${name} ${subject}`.trim()).toSorted()).toEqual([
    'consumer_silent',
    'job_late seo.generate',
    'no_consumer',
    'queue_old',
  ])
  // The clock goes back, and all of it was a mistake.
  await look(now)
  expect(await openAlarms(db)).toEqual([])
  close()
})

test('who could not be told is told at a later look, once', async () => {
  const { db, told, lines, look, fail, close } = await installation()
  await bury(db, await addJobs(db, 1))
  fail(true)
  await look()
  expect(lines.some(({ msg }) => /could not be told/.test(msg))).toBe(true)
  fail(false)
  for (let index = 0; index < 3; index++) await look()
  expect(told).toHaveLength(1)
  close()
})

function teller(
  settings: Record<string, string>,
  answer: () => Response = () => new Response(),
  accept: (mail: Mail) => void = () => {},
) {
  const mails: Mail[] = []
  const requests: { url: string; init: RequestInit }[] = []
  const send = async (url: string, init: RequestInit) => {
    requests.push({ url, init })
    return answer()
  }
  const tell = operatorsTeller({
    env: readEnv({ NODE_ENV: 'test', ...settings }),
    mailer: {
      async send(mail) {
        accept(mail)
        mails.push(mail)
      },
    },
    fetch: Object.assign(send, { preconnect() {} }) as unknown as typeof fetch,
  })
  return { tell, mails, requests }
}

const webhook = { ALARM_WEBHOOK_URL: 'https://hooks.example.com/quill', ALARM_WEBHOOK_SECRET: SECRET }

test('the webhook is signed over its id, time and body, and says what the alarm says', async () => {
  const { tell, mails, requests } = teller({ ...webhook, OPERATORS: 'ada@example.com' })
  await tell(ALARM)
  const { url, init } = requests[0]!
  const headers = new Headers(init.headers)
  const signed = `${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${init.body}`
  expect(url).toBe(webhook.ALARM_WEBHOOK_URL)
  expect(headers.get('webhook-id')).toBe('alm_1')
  expect(headers.get('webhook-signature')).toBe(
    `v1,${createHmac('sha256', KEY).update(signed).digest('base64')}`,
  )
  expect(JSON.parse(String(init.body))).toEqual({
    type: 'alarm.raised',
    timestamp: '2026-11-22T00:00:00.000Z',
    data: {
      id: 'alm_1',
      alarm: 'job_late',
      subject: 'seo.generate',
      message: 'Jobs are late.',
      raisedAt: '2026-11-22T00:00:00.000Z',
    },
  })
  expect(mails).toEqual([])
})

test('that an alarm cleared is a message of its own, with an id of its own, about the same incident', async () => {
  const over = { ...ALARM, clearedAt: ALARM.raisedAt + MINUTE_MS }
  const { tell, requests } = teller(webhook)
  await tell(over)
  const { headers, body } = requests[0]!.init
  const id = new Headers(headers).get('webhook-id')!
  const seconds = new Headers(headers).get('webhook-timestamp')
  expect(id).toBe('alm_1_cleared')
  expect(new Headers(headers).get('webhook-signature')).toBe(
    `v1,${createHmac('sha256', KEY).update(`${id}.${seconds}.${body}`).digest('base64')}`,
  )
  expect(JSON.parse(String(body))).toMatchObject({
    type: 'alarm.cleared',
    timestamp: '2026-11-22T00:01:00.000Z',
    data: { id: 'alm_1', alarm: 'job_late', clearedAt: '2026-11-22T00:01:00.000Z' },
  })
  const byMail = teller({ OPERATORS: 'ada@example.com' })
  await byMail.tell(over)
  expect(byMail.mails).toMatchObject([{ subject: 'Quill: alarm job_late cleared' }])
  expect(byMail.mails[0]!.text).toContain('right again at 2026-11-22T00:01:00.000Z')
})

test('a webhook that refuses counts as not told', async () => {
  await expect(teller(webhook, () => new Response(null, { status: 500 })).tell(ALARM)).rejects.toThrow('500')
  const refused = () => {
    throw new AppError('address_refused', 'No.')
  }
  await expect(teller(webhook, refused).tell(ALARM)).rejects.toThrow('No.')
})

test('without a webhook operators get a mail, and without operators nobody', async () => {
  const { tell, mails } = teller({ OPERATORS: 'ada@example.com' })
  await tell(ALARM)
  expect(mails).toMatchObject([{ to: 'ada@example.com', subject: 'Quill: alarm job_late' }])
  expect(mails[0]!.text).toContain('Jobs are late.')
  const nobody = teller({})
  await nobody.tell(ALARM)
  expect([nobody.mails, nobody.requests]).toEqual([[], []])
})

test('an operator whose mail is refused lets the others be told, and not be told again', async () => {
  const settings = { OPERATORS: 'gone@example.com,ada@example.com' }
  const refuse = (mail: Mail) => {
    if (mail.to.startsWith('gone')) throw new Error('No such mailbox.')
  }
  const one = teller(settings, undefined, refuse)
  await one.tell(ALARM)
  expect(one.mails.map(({ to }) => to)).toEqual(['ada@example.com'])
  const none = teller({ OPERATORS: 'gone@example.com' }, undefined, refuse)
  await expect(none.tell(ALARM)).rejects.toThrow('No such mailbox.')
})

test('half a webhook, or a key that is none, stops the start without repeating the key', () => {
  const read = (settings: Record<string, string>) => () => readEnv({ NODE_ENV: 'test', ...settings })
  expect(read({ ALARM_WEBHOOK_URL: webhook.ALARM_WEBHOOK_URL })).toThrow(
    new ConfigError(['ALARM_WEBHOOK_URL and ALARM_WEBHOOK_SECRET must be set both, or neither.']),
  )
  for (const wrong of ['secret', 'whsec_', 'whsec_c2hvcnQ=', `${SECRET}!`])
    expect(read({ ...webhook, ALARM_WEBHOOK_SECRET: wrong })).toThrow(
      new ConfigError(['ALARM_WEBHOOK_SECRET must be `whsec_` and the base64 of 24 to 64 bytes.']),
    )
})
