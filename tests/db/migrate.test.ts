import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { type Migration, migrations } from '#db/migrations.ts'
import { openSqlite } from '#db/sqlite.ts'
import { temporaryFolder } from '../processes/processes.ts'

const PARENTS: Migration = {
  tag: '0001-parents',
  sql: `CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
--> statement-breakpoint
CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE) STRICT;`,
}
const REBUILD: Migration = {
  tag: '0002-rebuild',
  sql: `CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT) STRICT;
--> statement-breakpoint
INSERT INTO new_parents SELECT id, name FROM parents;
--> statement-breakpoint
DROP TABLE parents;
--> statement-breakpoint
ALTER TABLE new_parents RENAME TO parents;`,
}

function family(): Database {
  const database = openSqlite(':memory:')
  migrate(database, [PARENTS])
  database.run("INSERT INTO parents VALUES (1, 'Ada'), (2, 'Ben')")
  database.run('INSERT INTO children VALUES (1, 1), (2, 1), (3, 2)')
  return database
}

const count = (database: Database, table: string) =>
  database.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${table}`).get()!.n
const schema = (database: Database) =>
  database.query('SELECT name, sql FROM sqlite_schema ORDER BY name').values()

test('a fresh database gets every migration once, and a second time none', () => {
  using database = openSqlite(':memory:')
  expect(migrate(database, migrations)).toEqual(migrations.map((migration) => migration.tag))
  const before = schema(database)
  expect(migrate(database, migrations)).toEqual([])
  expect(schema(database)).toEqual(before)
})

test('every .sql file is listed, in the order of its number', () => {
  const folder = join(import.meta.dir, '..', '..', 'db', 'migrations')
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  expect(migrations.map((migration) => `${migration.tag}.sql`)).toEqual(files.toSorted())
  for (const { tag, sql } of migrations) {
    expect(tag).toMatch(/^\d{4}-[a-z0-9-]+$/)
    expect(sql).toBe(readFileSync(join(folder, `${tag}.sql`), 'utf8'))
  }
})

test('a migration that rebuilds a table keeps the rows that cascade from it', () => {
  using database = family()
  expect(migrate(database, [PARENTS, REBUILD])).toEqual(['0002-rebuild'])
  expect([count(database, 'parents'), count(database, 'children')]).toEqual([2, 3])
  // And the reference is alive afterwards.
  expect(() => database.run('INSERT INTO children VALUES (4, 9)')).toThrow(/FOREIGN KEY/)
  database.run('DELETE FROM parents WHERE id = 1')
  expect(count(database, 'children')).toBe(1)
})

test('a migration that would orphan rows is refused, and everything is as it was', () => {
  using database = family()
  const before = schema(database)
  const orphaning = { tag: '0002-orphans', sql: 'DELETE FROM parents WHERE id = 1' }
  expect(() => migrate(database, [PARENTS, orphaning])).toThrow(/broke references/)
  expect(schema(database)).toEqual(before)
  expect([count(database, 'parents'), count(database, 'children')]).toEqual([2, 3])
})

test('when one migration fails, none of those with it stays', () => {
  using database = family()
  const before = schema(database)
  const good = {
    tag: '0002-good',
    sql: 'CREATE TABLE good (id INTEGER) STRICT; --> statement-breakpoint\nINSERT INTO good VALUES (1)',
  }
  const bad = {
    tag: '0003-bad',
    sql: 'CREATE TABLE bad (id INTEGER) STRICT; --> statement-breakpoint\nSELECT 1 FROM nowhere',
  }
  expect(() => migrate(database, [PARENTS, good, bad])).toThrow(/nowhere/)
  expect(schema(database)).toEqual(before)
  expect(() => database.run('INSERT INTO children VALUES (4, 9)')).toThrow(/FOREIGN KEY/)
  expect(migrate(database, [PARENTS, good])).toEqual(['0002-good'])
})

test('a migration that was edited after it was applied is refused by name', () => {
  using database = family()
  const edited = { ...PARENTS, sql: `${PARENTS.sql} ` }
  expect(() => migrate(database, [edited, REBUILD])).toThrow(/0001-parents was edited/)
  expect(count(database, 'children')).toBe(3)
})

test('a database of a newer version is refused, and told so', () => {
  using database = family()
  migrate(database, [PARENTS, REBUILD])
  expect(() => migrate(database, [PARENTS])).toThrow(/newer Quill \(0002-rebuild\)/)
})

test('a migration that comes late in the list is applied, not skipped', () => {
  using database = family()
  const late = { tag: '0000-late', sql: 'CREATE TABLE late (id INTEGER) STRICT' }
  expect(migrate(database, [late, PARENTS])).toEqual(['0000-late'])
})

test('of three processes that open one new file at once, one migrates it and all can use it', async () => {
  using folder = temporaryFolder()
  const file = folder.file('quill.db')
  const script = `
    import { connect } from '${join(import.meta.dir, '..', '..', 'db', 'connect.ts')}'
    const { applied, port, close } = connect('file:${file}')
    const [[tables]] = await port.all({ sql: 'SELECT count(*) FROM sqlite_schema', params: [] })
    close()
    console.log(JSON.stringify({ applied, tables }))`
  const outputs = await Promise.all(
    [1, 2, 3].map(async () => {
      const child = Bun.spawn([process.execPath, '-e', script], {
        stdout: 'pipe',
        stderr: 'pipe',
        cwd: folder.path,
      })
      const [text, error] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ])
      if ((await child.exited) !== 0) throw new Error(error)
      return JSON.parse(text) as { applied: string[]; tables: number }
    }),
  )
  expect(outputs.flatMap((output) => output.applied)).toEqual(migrations.map((migration) => migration.tag))
  expect(new Set(outputs.map((output) => output.tables)).size).toBe(1)
})

test('a database that cannot be migrated is not kept open', () => {
  using folder = temporaryFolder()
  const url = `file:${folder.file('quill.db')}`
  connect(url).close()
  expect(() => connect(url, [{ tag: 'x', sql: 'SELECT 1' }])).toThrow(/newer/)
  using database = new Database(folder.file('quill.db'))
  // Nobody else holds the file: only then may it leave the write-ahead log.
  expect(database.query('PRAGMA journal_mode = DELETE').values()).toEqual([['delete']])
})
