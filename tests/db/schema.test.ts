import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { connect } from '#db/connect.ts'
import * as accounts from '#db/schema/accounts.ts'
import * as audit from '#db/schema/audit.ts'
import * as documents from '#db/schema/documents.ts'
import * as jobs from '#db/schema/jobs.ts'
import * as limits from '#db/schema/limits.ts'
import * as ops from '#db/schema/ops.ts'
import * as projects from '#db/schema/projects.ts'
import * as sources from '#db/schema/sources.ts'

const modules: object[] = [accounts, audit, documents, jobs, limits, ops, projects, sources]
const tables = modules.flatMap((module) => Object.values(module)).filter(isTable)
/** What only SQL speaks of: the guard of batches, own secrets, and the full-text index with its own tables. */
const SQL_ONLY = /^(batch_guard|installation_secrets|passages_fts.*|_migrations|sqlite_.*)$/

test('the tables of the code are the tables of the database, column by column', async () => {
  const { db, close } = connect(':memory:')
  for (const table of tables) {
    const { name, columns, primaryKeys } = getTableConfig(table)
    const rows = await db.all<[number, string, string, number, unknown, number]>(
      sql`PRAGMA table_info(${sql.identifier(name)})`,
    )
    const keyed = new Set(primaryKeys.flatMap((key) => key.columns.map((column) => column.name)))
    const ofCode = columns.map((column) => ({
      name: column.name,
      type: column.getSQLType().toUpperCase(),
      required: column.notNull && !isRowId(column),
      key: column.primary || keyed.has(column.name),
      hasDefault: column.hasDefault && !isRowId(column),
    }))
    const ofDatabase = rows.map(([, column, type, required, fallback, key]) => ({
      name: column,
      type,
      required: required === 1,
      key: key > 0,
      hasDefault: fallback !== null,
    }))
    expect({ name, columns: ofCode.toSorted(byName) }).toEqual({ name, columns: ofDatabase.toSorted(byName) })
  }
  close()
})

test('no table of the database is unknown to the code', async () => {
  const { db, close } = connect(':memory:')
  const rows = await db.all<[string]>(sql`SELECT name FROM sqlite_schema WHERE type = 'table'`)
  const unknown = rows.map(([name]) => name).filter((name) => !SQL_ONLY.test(name))
  expect(unknown.toSorted()).toEqual(tables.map((table) => getTableConfig(table).name).toSorted())
  close()
})

test('every table is STRICT, so that a text stays a text', async () => {
  const { db, close } = connect(':memory:')
  const rows = await db.all<[string, string, string, number, number, number]>(sql`PRAGMA table_list`)
  const loose = rows.filter(
    ([, name, kind, , , strict]) => kind === 'table' && !strict && !/^sqlite_/.test(name),
  )
  expect(loose.map(([, name]) => name)).toEqual([])
  close()
})

test('what belongs to a project carries its id', () => {
  const without: string[] = []
  for (const table of tables) {
    const { name, columns } = getTableConfig(table)
    if (!columns.some((column) => column.name === 'project_id' && column.notNull)) without.push(name)
  }
  const ofPeople = ['api_keys', 'identities', 'sessions', 'two_factors', 'users', 'verifications']
  const ofTheInstallation = ['alarms', 'consumers', 'job_lanes', 'queue_pauses']
  const ofCallers = ['familiar_addresses', 'rate_windows', 'sign_in_tries']
  // Of the log the entries of a person's own account belong to no project.
  const expected = ['audit_log', 'projects', ...ofPeople, ...ofTheInstallation, ...ofCallers]
  expect(without.toSorted()).toEqual(expected.toSorted())
})

function isTable(value: unknown): value is SQLiteTable {
  return typeof value === 'object' && value !== null && Symbol.for('drizzle:Name') in value
}

/** SQLite fills it in, so that it may be left out, without a word of it in the schema. */
const isRowId = (column: SQLiteColumn) => column.primary && column.getSQLType() === 'integer'

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name)
