import { expect, test } from 'bun:test'
import { ConfigError, readEnv } from '#src/env.ts'
import type { Mail } from '#src/mail/mail.ts'
import { DIGEST_MS, deadLetterDigest } from '#src/ops/digest.ts'
import { mailingDigest } from '#worker/schedules/mail-digest.ts'
import { addJobs, openDatabase } from '../queue/queued.ts'

const TICK = Date.UTC(2026, 10, 22, 7)
const settings = { NODE_ENV: 'test', OPERATORS: 'ada@example.com, ben@example.com' }

async function withDead() {
  const connection = await openDatabase()
  const { db } = connection
  const bury = async (ids: string[], group: string, at: number) => {
    for (const id of ids)
      await db.rows(
        `UPDATE jobs SET state = 'dead', ready = 0, due_at = NULL, error_group = ?, finished_at = ? WHERE id = ?`,
        [group, at, id],
      )
  }
  return { ...connection, bury }
}

const send = async (db: Parameters<typeof deadLetterDigest>[0], env = readEnv(settings)) => {
  const mails: Mail[] = []
  const handler = mailingDigest({ env, mailer: { send: async (mail) => void mails.push(mail) } })
  const { output } = await handler({} as never, { tick: TICK }, { db } as never)
  return { mails, output }
}

test('those who run the installation are told once a day what died, by cause and project', async () => {
  const { db, bury, close } = await withDead()
  await bury(await addJobs(db, 3), 'quick timeout It took longer.', TICK)
  await bury(
    await addJobs(db, 2, { projectId: 'prj_b' }),
    'quick internal Something failed.',
    TICK - DIGEST_MS + 1,
  )
  await bury(await addJobs(db, 9), 'of the day before', TICK - DIGEST_MS)
  await bury(await addJobs(db, 9), 'of the next day', TICK + 1)
  const { mails, output } = await send(db)
  expect(output).toMatchObject({ dead: 5, projects: 2 })
  expect(mails.map(({ to, subject }) => [to, subject])).toEqual([
    ['ada@example.com', 'Quill: 5 jobs died'],
    ['ben@example.com', 'Quill: 5 jobs died'],
  ])
  expect(mails[0]!.text).toContain(
    '3 × quick timeout It took longer.\n\n2 × quick internal Something failed.',
  )
  expect(mails[0]!.text).not.toContain('day before')
  close()
})

test('nothing is mailed on a day on which nothing died, or where nobody is named', async () => {
  const { db, bury, close } = await withDead()
  expect((await send(db)).mails).toEqual([])
  await bury(await addJobs(db, 1), 'a cause', TICK)
  expect((await send(db)).mails).toHaveLength(2)
  expect((await send(db, readEnv({ NODE_ENV: 'test' }))).mails).toEqual([])
  close()
})

test('the digest finds what died by its time, however much died before', async () => {
  const { db, port, close } = await withDead()
  expect((await deadLetterDigest(db, TICK)).causes).toEqual([])
  const plan = await port.all({
    sql: `EXPLAIN QUERY PLAN SELECT count(*) FROM jobs WHERE state = 'dead' AND finished_at > ? AND finished_at <= ?`,
    params: [0, TICK],
  })
  expect(String(plan[0]![3])).toContain('INDEX jobs_dead_by_time')
  close()
})

test('who is no mail address stops the start, by name', () => {
  expect(() => readEnv({ ...settings, OPERATORS: 'ada@example.com, ben' })).toThrow(
    new ConfigError(['OPERATORS must be mail addresses separated by commas, but "ben" has no @.']),
  )
})
