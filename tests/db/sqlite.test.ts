import { expect, test } from 'bun:test'
import { connect } from '#db/connect.ts'
import { openSqlite } from '#db/sqlite.ts'
import { temporaryFolder } from '../processes/processes.ts'
import { describePort } from './port-contract.ts'

describePort('sqlite', () => connect(':memory:').port)

test('what was committed is on the disk, and readers do not wait for writers', () => {
  using folder = temporaryFolder()
  using database = openSqlite(folder.file('quill.db'))
  const pragma = (name: string) => database.query<Record<string, unknown>, []>(`PRAGMA ${name}`).get()![name]
  expect(pragma('journal_mode')).toBe('wal')
  expect(pragma('synchronous')).toBe(2)
  expect(pragma('foreign_keys')).toBe(1)
  expect(database.query('PRAGMA busy_timeout').values()).toEqual([[60_000]])
})

test('what another connection writes changes the generation too', async () => {
  using folder = temporaryFolder()
  const [one, other] = [
    connect(`file:${folder.file('quill.db')}`),
    connect(`file:${folder.file('quill.db')}`),
  ]
  const before = one.port.generation()
  await other.port.all({
    sql: "INSERT INTO projects (id, name, created_at) VALUES ('a', 'Ada', 1)",
    params: [],
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(one.port.generation()).not.toBe(before)
  one.close()
  other.close()
})

test('more statements than are kept prepared still run', async () => {
  const { port, close } = connect(':memory:')
  for (let index = 0; index < 600; index++)
    expect(await port.all({ sql: `SELECT ${index}`, params: [] })).toEqual([[index]])
  expect(await port.all({ sql: 'SELECT 0', params: [] })).toEqual([[0]])
  close()
})

test('a value is remembered until anything is written, and never for longer', async () => {
  const { remembered } = await import('#db/remember.ts')
  const { db, port, close } = connect(':memory:')
  let loads = 0
  const load = remembered(db, async (key) => `${key} ${++loads}`)
  expect([await load('a'), await load('a'), await load('b')]).toEqual(['a 1', 'a 1', 'b 2'])
  await port.all({ sql: "INSERT INTO projects (id, name, created_at) VALUES ('a', 'Ada', 1)", params: [] })
  expect([await load('a'), await load('a')]).toEqual(['a 3', 'a 3'])
  // What is written while it is being loaded is not missed.
  const slow = remembered(db, async (key) => {
    const value = `${key} ${++loads}`
    await port.all({ sql: 'DELETE FROM projects', params: [] })
    return value
  })
  expect(await slow('c')).not.toBe(await slow('c'))
  close()
})
