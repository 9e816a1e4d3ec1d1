import { expect, test } from 'bun:test'
import { eq, sql } from 'drizzle-orm'
import {
  asConditionFailed,
  atomically,
  ConditionFailed,
  conditionHeld,
  isDuplicate,
  overPort,
  type SqlPort,
} from '#db/connect.ts'
import { users } from '#db/schema/accounts.ts'
import { projects } from '#db/schema/projects.ts'

const PARAMETERS_MAX = 100

/** What every engine must give, whichever it is. `open` gives an empty database with its schema up to date. */
export function describePort(engine: string, open: () => Promise<SqlPort> | SqlPort) {
  const named = (what: string) => `${engine}: ${what}`
  const insert = (id: string, name: string) => ({
    sql: 'INSERT INTO projects (id, name, created_at) VALUES (?, ?, ?)',
    params: [id, name, 1],
  })
  const names = async (port: SqlPort) =>
    (await port.all({ sql: 'SELECT name FROM projects ORDER BY id', params: [] })).map(([name]) => name)

  test(named('a statement gives its rows as lists of values, in the order of its columns'), async () => {
    const port = await open()
    await port.all(insert('a', 'Ada'))
    expect(await port.all({ sql: 'SELECT created_at, name, NULL FROM projects', params: [] })).toEqual([
      [1, 'Ada', null],
    ])
    expect(await port.all({ sql: 'SELECT id FROM projects WHERE id = ?', params: ['none'] })).toEqual([])
    expect(await port.all({ sql: 'SELECT 1 AS same, 2 AS same', params: [] })).toEqual([[1, 2]])
    port.close()
  })

  test(named('values come back as they went in'), async () => {
    const port = await open()
    const values = ['', 'é 東京 😀', 'a\nb', "'; DROP TABLE projects; --", 0, -1, 2 ** 53 - 1, 1.5, null]
    for (const value of values)
      expect((await port.all({ sql: 'SELECT ?', params: [value] }))[0]![0]).toEqual(value)
    port.close()
  })

  test(named('a batch gives the rows of each of its statements, in order'), async () => {
    const port = await open()
    const results = await port.batch([
      insert('a', 'Ada'),
      { sql: 'UPDATE projects SET name = ? RETURNING id, name', params: ['Eve'] },
      { sql: 'SELECT count(*) FROM projects', params: [] },
    ])
    expect(results.slice(1)).toEqual([[['a', 'Eve']], [[1]]])
    port.close()
  })

  test(named('of a batch that fails nothing stays, whichever of its statements it was'), async () => {
    const port = await open()
    await port.all(insert('a', 'Ada'))
    const good = [
      insert('b', 'Ben'),
      insert('c', 'Cleo'),
      { sql: 'DELETE FROM projects WHERE id = ?', params: ['a'] },
    ]
    for (let at = 0; at <= good.length; at++) {
      const batch = good.toSpliced(at, 0, insert('d', 'Ada'), insert('d', 'Dan'))
      const failing = at === good.length ? [...good, insert('b', 'Bob')] : batch
      expect(port.batch(failing)).rejects.toThrow(/UNIQUE/)
      expect(await names(port)).toEqual(['Ada'])
    }
    expect(port.batch([insert('e', 'Eve'), { sql: 'SELECT nothing', params: [] }])).rejects.toThrow()
    expect(await names(port)).toEqual(['Ada'])
    port.close()
  })

  test(named('batches that are sent at once do not mix'), async () => {
    const port = await open()
    const sent = Array.from({ length: 20 }, (_, index) =>
      port.batch([
        insert(`p${index}`, `n${index}`),
        { sql: 'INSERT INTO batch_guard (id, holds) SELECT count(*) + 1, 1 FROM batch_guard', params: [] },
        { sql: 'SELECT (SELECT count(*) FROM projects) = (SELECT count(*) FROM batch_guard)', params: [] },
      ]),
    )
    for (const results of await Promise.all(sent)) expect(results[2]).toEqual([[1]])
    port.close()
  })

  test(named('a statement takes a hundred parameters'), async () => {
    const port = await open()
    const params = Array.from({ length: PARAMETERS_MAX }, (_, index) => index)
    const marks = params.map(() => '?').join(', ')
    const [row] = await port.all({ sql: `SELECT ${params.at(-1)} IN (${marks})`, params })
    expect(row).toEqual([1])
    port.close()
  })

  test(named('a missing parameter is an error, not a NULL'), async () => {
    const port = await open()
    expect(port.all({ sql: 'SELECT ?, ?', params: [1] })).rejects.toThrow()
    port.close()
  })

  test(named('references are enforced'), async () => {
    const port = await open()
    const orphan = {
      sql: "INSERT INTO members (project_id, user_id, role, created_at) VALUES ('none', 'none', 'owner', 1)",
      params: [],
    }
    expect(port.all(orphan)).rejects.toThrow(/FOREIGN KEY/)
    port.close()
  })

  test(
    named('`atomically` writes all when its condition touched a row, and nothing when it did not'),
    async () => {
      const port = await open()
      const db = overPort(port)
      await db.insert(projects).values({ id: 'a', name: 'Ada', createdAt: 1 })
      const add = (id: string) => db.insert(projects).values({ id, name: id, createdAt: 1 })
      const rename = (from: string) => db.update(projects).set({ name: 'Eve' }).where(eq(projects.name, from))
      await atomically(db, rename('Ada'), [add('b')])
      expect(atomically(db, rename('Ada'), [add('c')])).rejects.toThrow(ConditionFailed)
      await atomically(db, rename('Eve'), [])
      expect(await names(port)).toEqual(['Eve', 'b'])
      port.close()
    },
  )

  test(named('a batch may hold several conditions, and each of them counts'), async () => {
    const port = await open()
    const db = overPort(port)
    await db.insert(projects).values({ id: 'a', name: 'Ada', createdAt: 1 })
    const touch = (id: string) => db.update(projects).set({ createdAt: 2 }).where(eq(projects.id, id))
    await db.batch([touch('a'), conditionHeld(db), touch('a'), conditionHeld(db)])
    for (const [first, second] of [
      ['a', 'none'],
      ['none', 'a'],
    ] as const) {
      const error = await db
        .batch([touch(first), conditionHeld(db), touch(second), conditionHeld(db)])
        .catch(asConditionFailed)
      expect(error).toBeInstanceOf(ConditionFailed)
    }
    port.close()
  })

  test(named('a taken unique key is known as one, by its column'), async () => {
    const port = await open()
    const db = overPort(port)
    const add = (id: string, email: string) =>
      db.insert(users).values({ id, name: id, email, createdAt: 1, updatedAt: 1 })
    await add('a', 'ada@example.com')
    const byEmail = await add('b', 'ada@example.com').catch((error: unknown) => error)
    expect(isDuplicate(byEmail, 'users.email')).toBe(true)
    expect(isDuplicate(byEmail, 'users.id')).toBe(false)
    expect(isDuplicate(new Error('another'), 'users.email')).toBe(false)
    port.close()
  })

  test(
    named('the generation is another one after anything was written, and the same while nothing was'),
    async () => {
      const port = await open()
      const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
      const first = port.generation()
      await port.all({ sql: 'SELECT 1', params: [] })
      await nextTurn()
      expect(port.generation()).toBe(first)
      await port.all(insert('a', 'Ada'))
      expect(port.generation()).not.toBe(first)
      const second = port.generation()
      await port.batch([insert('b', 'Ben')])
      expect(port.generation()).not.toBe(second)
      port.close()
    },
  )

  test(named('drizzle reads one row, no row and many through it'), async () => {
    const port = await open()
    const db = overPort(port)
    expect(await db.select().from(projects).get()).toBeUndefined()
    await db.insert(projects).values([
      { id: 'a', name: 'Ada', createdAt: 1 },
      { id: 'b', name: 'Ben', createdAt: 2 },
    ])
    expect(await db.select().from(projects).where(eq(projects.id, 'b')).get()).toEqual({
      id: 'b',
      name: 'Ben',
      isDemo: false,
      createdAt: 2,
      archivedAt: null,
    })
    expect(await db.select({ name: projects.name }).from(projects)).toEqual([
      { name: 'Ada' },
      { name: 'Ben' },
    ])
    expect(await db.get(sql`SELECT 1 WHERE 0`)).toBeUndefined()
    port.close()
  })
}
