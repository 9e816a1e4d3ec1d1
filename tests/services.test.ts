import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { readEnv } from '#src/env.ts'
import { withDatabase } from '#src/services.ts'
import { temporaryFolder } from './processes/processes.ts'

test('whatever becomes of the work of a command, its database is closed', async () => {
  using folder = temporaryFolder()
  const env = readEnv({ NODE_ENV: 'test', DATA_DIR: folder.path })
  const ask = async (db: Db) => db.all(sql`SELECT 1`)
  const used: Db[] = []
  const done = await withDatabase(env, ({ db }) => {
    used.push(db)
    return ask(db)
  })
  expect(done).toEqual([[1]])
  const failing = withDatabase(env, ({ db }) => {
    used.push(db)
    throw new Error('The work failed.')
  })
  await expect(failing).rejects.toThrow('The work failed.')
  for (const db of used) await expect(ask(db)).rejects.toThrow()
})
