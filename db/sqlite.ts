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

type Prepared = { statement: PreparedStatement; reads: boolean }

/** The embedded engine behind the port: a batch is one IMMEDIATE transaction. */
export function sqlitePort(database: Database): SqlPort {
  const prepared = new Map<string, Prepared>()
  const changes = changeCounter(database)

  const prepare = (sql: string) => {
    const known = prepared.get(sql)
    if (known) return known
    const fresh = { statement: database.prepare(sql), reads: /^\s*(select|explain)\b/i.test(sql) }
    prepared.set(sql, fresh)
    if (prepared.size > STATEMENTS_CACHED_MAX) forgetOldest(prepared)
    return fresh
  }
  const run = ({ sql, params }: Statement) => {
    const { statement, reads } = prepare(sql)
    if (!reads) changes.count()
    return statement.values(...(params as SQLQueryBindings[])) ?? []
  }
  const runAll = database.transaction((statements: Statement[]) => statements.map(run))

  return {
    all: async (statement) => run(statement),
    batch: async (statements) => runAll.immediate(statements),
    generation: changes.generation,
    close: () => {
      for (const { statement } of prepared.values()) statement.finalize()
      changes.close()
      database.close()
    },
  }
}

/**
 * Counts what this connection writes, and what others did by `data_version`. Others are looked at once in a turn
 * of the event loop: a request that was read in this turn cannot have been sent because of a later write.
 */
function changeCounter(database: Database) {
  const dataVersion = database.prepare<{ data_version: number }, []>('PRAGMA data_version')
  let generation = 0
  let version = -1
  let looked = false
  return {
    count: () => void generation++,
    close: () => dataVersion.finalize(),
    generation() {
      if (looked) return generation
      looked = true
      setImmediate(() => (looked = false))
      const { data_version: current } = dataVersion.get()!
      if (current !== version) generation++
      version = current
      return generation
    },
  }
}

function forgetOldest(prepared: Map<string, Prepared>) {
  const [sql, { statement }] = prepared.entries().next().value!
  prepared.delete(sql)
  statement.finalize()
}
