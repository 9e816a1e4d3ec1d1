import { expect, test } from 'bun:test'
import { connect } from '#db/connect.ts'
import { temporaryFolder } from '../processes/processes.ts'

const WRITER = `
import { connect } from '#db/connect.ts'
const [file, name, count] = process.argv.slice(-3)
const { port, close } = connect('file:' + file)
for (let first = 0; first < Number(count); first += 5)
  await Promise.all(Array.from({ length: 5 }, (_, index) => port.batch([
    { sql: 'INSERT INTO notes VALUES (?)', params: [name + ' ' + (first + index)] },
    { sql: 'UPDATE tally SET notes = notes + 1', params: [] },
  ])))
close()
`

const insert = (text: string) => ({ sql: 'INSERT INTO notes VALUES (?)', params: [text] })
const notes = { sql: 'SELECT text FROM notes ORDER BY rowid', params: [] }

async function openNotes(url: string) {
  const connection = connect(url)
  await connection.port.all({ sql: 'CREATE TABLE notes (text TEXT PRIMARY KEY) STRICT', params: [] })
  await connection.port.all({ sql: 'CREATE TABLE tally (notes INTEGER NOT NULL) STRICT', params: [] })
  await connection.port.all({ sql: 'INSERT INTO tally VALUES (0)', params: [] })
  return connection
}

test('batches of one turn stand or fall each alone, in the order in which they were asked for', async () => {
  const { port, close } = await openNotes(':memory:')
  const asked = Array.from({ length: 20 }, (_, index) =>
    port.batch([insert(`a${index}`), index % 5 === 0 ? insert(`a${index}`) : insert(`b${index}`)]),
  )
  const outcomes = await Promise.allSettled(asked)
  expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(
    asked.map((_, index) => index % 5 === 0),
  )
  const kept = Array.from({ length: 20 }, (_, index) =>
    index % 5 === 0 ? [] : [[`a${index}`], [`b${index}`]],
  )
  expect(await port.all(notes)).toEqual(kept.flat())
  close()
})

test('what was asked for before the close is committed, and nobody waits for ever', async () => {
  using folder = temporaryFolder()
  const url = `file:${folder.file('notes.db')}`
  const { port, close } = await openNotes(url)
  const asked = [port.batch([insert('one'), insert('two')]), port.all(insert('three'))]
  close()
  await Promise.all(asked)
  const again = connect(url)
  expect(await again.port.all(notes)).toEqual([['one'], ['two'], ['three']])
  again.close()
})

test('only what may be lost does without the disk, and what follows waits for it again', async () => {
  using folder = temporaryFolder()
  const { port, close } = await openNotes(`file:${folder.file('notes.db')}`)
  const synchronous = async () =>
    (await port.all({ sql: 'SELECT * FROM pragma_synchronous', params: [] }))[0]![0]
  await port.all({ ...insert('fleeting'), durable: false })
  expect(await synchronous()).toBe(2)
  expect(port.all({ ...insert('fleeting'), durable: false })).rejects.toThrow(/UNIQUE/)
  await Promise.all([port.all({ ...insert('also'), durable: false }), port.batch([insert('lasting')])])
  expect(await synchronous()).toBe(2)
  expect(await port.all(notes)).toEqual([['fleeting'], ['also'], ['lasting']])
  close()
})

test('a lock that another connection holds is waited for without holding up anybody', async () => {
  using folder = temporaryFolder()
  const url = `file:${folder.file('notes.db')}`
  const { port, close } = await openNotes(url)
  const { Database } = await import('bun:sqlite')
  const other = new Database(folder.file('notes.db'))
  other.run('BEGIN IMMEDIATE')
  let written = false
  const writing = port.batch([insert('late'), insert('later')]).then(() => {
    written = true
  })
  let turns = 0
  for (; turns < 30; turns++) await new Promise((resolve) => setTimeout(resolve, 1))
  expect({ written, turns }).toEqual({ written: false, turns: 30 })
  expect(await port.all(notes)).toEqual([])
  other.run('COMMIT')
  await writing
  expect(await port.all(notes)).toEqual([['late'], ['later']])
  other.close()
  close()
})

test('four processes that write at once all get everything written, and none is told that the file is busy', async () => {
  using folder = temporaryFolder()
  const file = folder.file('notes.db')
  const { port, close } = await openNotes(`file:${file}`)
  const writers = ['a', 'b', 'c', 'd'].map((name) =>
    Bun.spawn([process.execPath, '-e', WRITER, file, name, '200'], {
      cwd: `${import.meta.dir}/../..`,
      stdout: 'pipe',
      stderr: 'pipe',
    }),
  )
  const errors = await Promise.all(writers.map((writer) => new Response(writer.stderr).text()))
  expect(errors).toEqual(['', '', '', ''])
  expect(await Promise.all(writers.map((writer) => writer.exited))).toEqual([0, 0, 0, 0])
  expect(
    await port.all({ sql: 'SELECT notes, (SELECT count(*) FROM notes) FROM tally', params: [] }),
  ).toEqual([[800, 800]])
  close()
}, 60_000)

test('a disk that is full refuses what does not fit, loses nothing, and takes more once there is room', async () => {
  using folder = temporaryFolder()
  const { port, close } = await openNotes(`file:${folder.file('notes.db')}`)
  const pages = async (sql: string) => Number((await port.all({ sql, params: [] }))[0]![0])
  const limit = (await pages('PRAGMA page_count')) + 8
  await port.all({ sql: `PRAGMA max_page_count = ${limit}`, params: [] })
  const big = (index: number) =>
    port.batch([
      insert(`${index} ${'x'.repeat(3_000)}`),
      { sql: 'UPDATE tally SET notes = notes + 1', params: [] },
    ])
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, index) => big(index)))
  const written = outcomes.filter(({ status }) => status === 'fulfilled').length
  expect(written).toBeGreaterThan(0)
  expect(written).toBeLessThan(40)
  expect(
    outcomes
      .filter(({ status }) => status === 'rejected')
      .every((outcome) => /full/.test(String((outcome as PromiseRejectedResult).reason))),
  ).toBe(true)
  const tally = { sql: 'SELECT notes, (SELECT count(*) FROM notes) FROM tally', params: [] }
  expect(await port.all(tally)).toEqual([[written, written]])
  await port.all({ sql: 'PRAGMA max_page_count = 100000', params: [] })
  await big(100)
  expect(await port.all(tally)).toEqual([[written + 1, written + 1]])
  expect(await port.all({ sql: 'SELECT * FROM pragma_integrity_check', params: [] })).toEqual([['ok']])
  close()
})
