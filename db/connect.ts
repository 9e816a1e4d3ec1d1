import { sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import { migrate } from './migrate.ts'
import { type Migration, migrations } from './migrations.ts'
import { openSqlite, type Synchronous, sqlitePort } from './sqlite.ts'
import { COUNTED } from './statement.ts'

export type Statement = {
  sql: string
  params: unknown[]
  /** False for a write of which nothing is lost when a power cut takes it: it need not wait for the disk. */
  durable?: boolean
  /** Gives one row with the number of rows that it changed, which costs less than asking for them back. */
  counted?: boolean
}
export type Row = unknown[]

/**
 * Everything Quill asks of a database engine. `batch` runs its statements in order as one atomic unit:
 * all of them or none. There is no interactive transaction, because a shared engine has none.
 */
export type SqlPort = {
  all(statement: Statement): Promise<Row[]>
  batch(statements: Statement[]): Promise<Row[][]>
  /** A number that is another one whenever anything may have been written since, by whatever process. */
  generation(): number
  close(): void
}

/** drizzle over the port, without the interactive transaction that the port cannot give. */
export type Db = Omit<SqliteRemoteDatabase, 'transaction'> &
  Pick<SqlPort, 'generation'> & {
    /** Runs a statement that is written out, and gives its rows as lists of values. */
    rows(sql: string, params: unknown[], options?: Pick<Statement, 'durable'>): Promise<Row[]>
  }

/** A statement that has been built but not run: what a batch, and a job's effects, are made of. */
export type Write = BatchItem<'sqlite'>

export type Connection = { db: Db; port: SqlPort; close(): void }

/** Thrown by `atomically` when the condition did not hold: nothing of the batch was written. */
export class ConditionFailed extends Error {
  override name = 'ConditionFailed'
}

/** Opens the database behind `url` (`file:<path>` or `:memory:`) and brings its schema up to date. */
export function connect(
  url: string,
  pending: readonly Migration[] = migrations,
  synchronous?: Synchronous,
): Connection & { applied: string[] } {
  const database = openSqlite(url.replace(/^file:/, ''), synchronous)
  try {
    const applied = migrate(database, pending)
    const port = sqlitePort(database)
    return { db: overPort(port), port, close: port.close, applied }
  } catch (error) {
    database.close()
    throw error
  }
}

export function overPort(port: SqlPort): Db {
  const db = drizzle(
    async (text, params, method) => {
      const rows = await port.all({ sql: text, params })
      return { rows: method === 'get' ? (rows[0] as Row) : rows }
    },
    async (queries) => {
      const results = await port.batch(
        queries.map(({ sql, params, method }) => ({ sql, params, counted: method === COUNTED })),
      )
      return results.map((rows, index) => ({
        rows: queries[index]!.method === 'get' ? (rows[0] as Row) : rows,
      }))
    },
  )
  const rows: Db['rows'] = (sql, params, options) => port.all({ sql, params, ...options })
  return Object.assign(db, { generation: port.generation, rows })
}

/**
 * Runs `condition` (an UPDATE, DELETE or INSERT … SELECT) and then `writes` as one batch, of which nothing
 * stays when the condition touched no row. Throws ConditionFailed then.
 */
export async function atomically(db: Db, condition: Write, writes: Write[]): Promise<void> {
  try {
    await db.batch([condition, conditionHeld(db), ...writes])
  } catch (error) {
    throw asConditionFailed(error)
  }
}

/** The same, for who wants to know whether the condition held rather than catch it. */
export async function tryAtomically(db: Db, condition: Write, writes: Write[]): Promise<boolean> {
  try {
    await atomically(db, condition, writes)
    return true
  } catch (error) {
    if (error instanceof ConditionFailed) return false
    throw error
  }
}

/** The error of a batch, as ConditionFailed when that is what it was. */
export const asConditionFailed = (error: unknown): unknown =>
  /CHECK constraint failed: holds/.test(messages(error))
    ? new ConditionFailed('The row was changed by somebody else.')
    : error

/**
 * The write that fails its batch when the statement before it touched no row: `changes()` counts those,
 * and the CHECK on the table refuses a zero.
 */
export const conditionHeld = (db: Db): Write =>
  db.run(
    sql`INSERT INTO batch_guard (id, holds) VALUES (1, changes() > 0) ON CONFLICT (id) DO UPDATE SET holds = excluded.holds`,
  )

/** True when a write was refused because a unique key is taken; `column` is `table.column`. */
export const isDuplicate = (error: unknown, column: string) =>
  messages(error).includes('UNIQUE constraint failed') && messages(error).includes(column)

function messages(error: unknown): string {
  return error instanceof Error ? `${error.message} ${messages(error.cause)}` : ''
}
