import { Database, type Statement as PreparedStatement, type SQLQueryBindings } from 'bun:sqlite'
import type { Row, SqlPort, Statement } from './connect.ts'
import { groupCommit, isBusy } from './group-commit.ts'

/** How long to wait at opening: another process may be bringing a large database up to date. */
const OPENING_TIMEOUT_MS = 60_000
/** How long a lock of another process may hold up this thread, once the database is open. */
const BUSY_BLOCKING_MS = 2
const READ_RETRY_MS = 5
const READ_TRIES_MAX = 6_000
const CACHE_KIB = 16_000
/** Enough for every statement Quill writes; beyond it the oldest is prepared again. */
const STATEMENTS_CACHED_MAX = 500

/** With FULL a commit is on the disk before it is answered; with NORMAL a power cut may take the last ones. */
export type Synchronous = 'FULL' | 'NORMAL'

/**
 * Opens a database file (or `:memory:`). busy_timeout comes first: switching to WAL takes a lock, and
 * several processes that start together would otherwise crash on it.
 */
export function openSqlite(file: string, synchronous: Synchronous = 'FULL'): Database {
  const database = new Database(file, { create: true, strict: true })
  database.run(`PRAGMA busy_timeout = ${OPENING_TIMEOUT_MS}`)
  database.run('PRAGMA journal_mode = WAL')
  database.run(`PRAGMA synchronous = ${synchronous}`)
  database.run('PRAGMA foreign_keys = ON')
  database.run('PRAGMA temp_store = MEMORY')
  database.run(`PRAGMA cache_size = -${CACHE_KIB}`)
  return database
}

type Prepared = { statement: PreparedStatement; reads: boolean }

/** The embedded engine behind the port: what is written in one turn of the event loop is committed at once. */
export function sqlitePort(database: Database): SqlPort {
  const prepared = new Map<string, Prepared>()
  const changes = changeCounter(database)
  const commits = groupCommit(database, run)
  // From here on a lock is waited for in turns: this thread has others to answer.
  database.run(`PRAGMA busy_timeout = ${BUSY_BLOCKING_MS}`)

  return {
    async all(statement) {
      if (isExplained(statement)) return explain(statement)
      if (prepare(statement.sql).reads) return read(statement)
      const [rows] = await commits.add([statement])
      return rows!
    },
    batch: async (statements) => commits.add(statements),
    generation: changes.generation,
    close: () => {
      commits.close()
      for (const { statement } of prepared.values()) statement.finalize()
      changes.close()
      database.close()
    },
  }

  function run({ sql, params, counted }: Statement): Row[] {
    const { statement, reads } = prepare(sql)
    if (!reads) changes.count()
    if (counted) return [[statement.run(...(params as SQLQueryBindings[])).changes]]
    return statement.values(...(params as SQLQueryBindings[])) ?? []
  }

  // The driver leaves an explanation open, and nothing could be committed while it is.
  function explain({ sql, params }: Statement): Row[] {
    const statement = database.prepare(sql)
    const rows = statement.values(...(params as SQLQueryBindings[]))
    statement.finalize()
    return rows
  }

  // In WAL mode a reader waits for nobody but a process that is just mending the file after a crash.
  async function read(statement: Statement): Promise<Row[]> {
    for (let tries = 1; ; tries++) {
      try {
        return run(statement)
      } catch (error) {
        if (!isBusy(error) || tries === READ_TRIES_MAX) throw error
        await Bun.sleep(READ_RETRY_MS)
      }
    }
  }

  function prepare(sql: string): Prepared {
    const known = prepared.get(sql)
    if (known) return known
    const fresh = { statement: database.prepare(sql), reads: /^\s*select\b/i.test(sql) }
    prepared.set(sql, fresh)
    if (prepared.size > STATEMENTS_CACHED_MAX) forgetOldest(prepared)
    return fresh
  }
}

const isExplained = ({ sql }: Statement): boolean => /^\s*explain\b/i.test(sql)

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
