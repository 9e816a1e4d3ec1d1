import { Database, type Statement as PreparedStatement, type SQLQueryBindings } from 'bun:sqlite'
import type { SqlPort, Statement } from './connect.ts'

const BUSY_TIMEOUT_MS = 5_000
const CACHE_KIB = 16_000
/** Enough for every statement Quill writes; beyond it the oldest is prepared again. */
const STATEMENTS_CACHED_MAX = 500

/**
 * Opens a database file (or `:memory:`). busy_timeout comes first: switching to WAL takes a lock, and
 * several processes that start together would otherwise crash on it.
 */
export function openSqlite(file: string): Database {
  const database = new Database(file, { create: true, strict: true })
  database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  database.run('PRAGMA journal_mode = WAL')
  database.run('PRAGMA synchronous = FULL')
  database.run('PRAGMA foreign_keys = ON')
  database.run('PRAGMA temp_store = MEMORY')
  database.run(`PRAGMA cache_size = -${CACHE_KIB}`)
  return database
}

/** The embedded engine behind the port: a batch is one IMMEDIATE transaction. */
export function sqlitePort(database: Database): SqlPort {
  const prepared = new Map<string, PreparedStatement>()

  const prepare = (sql: string) => {
    const known = prepared.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    prepared.set(sql, statement)
    if (prepared.size > STATEMENTS_CACHED_MAX) forgetOldest(prepared)
    return statement
  }
  const run = ({ sql, params }: Statement) => prepare(sql).values(...(params as SQLQueryBindings[])) ?? []
  const runAll = database.transaction((statements: Statement[]) => statements.map(run))

  return {
    all: async (statement) => run(statement),
    batch: async (statements) => runAll.immediate(statements),
    close: () => {
      for (const statement of prepared.values()) statement.finalize()
      database.close()
    },
  }
}

function forgetOldest(prepared: Map<string, PreparedStatement>) {
  const [sql, statement] = prepared.entries().next().value!
  prepared.delete(sql)
  statement.finalize()
}
