import { Database } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { type Db, overPort } from './connect.ts'
import { migrations } from './migrations.ts'
import { sqlitePort } from './sqlite.ts'

export type Inspection = { integrity: string; pending: string[]; jobs: number }

/**
 * Looks at a database file (`file:<path>`) without changing it: `integrity` is "ok" or the first fault, `pending`
 * the migrations that the next start will apply. Undefined when there is no file yet. Throws what SQLite throws
 * for a file that is no database.
 */
export function inspect(url: string): Inspection | undefined {
  const file = url.replace(/^file:/, '')
  if (!existsSync(file)) return undefined
  const database = new Database(file, { readonly: true, strict: true })
  try {
    const integrity = database.query<{ integrity_check: string }, []>('PRAGMA integrity_check(1)').get()!
    const applied = hasTable(database, '_migrations')
      ? database.query<{ tag: string }, []>('SELECT tag FROM _migrations').all()
      : []
    const known = new Set(applied.map((row) => row.tag))
    return {
      integrity: integrity.integrity_check,
      pending: migrations.map((migration) => migration.tag).filter((tag) => !known.has(tag)),
      jobs: hasTable(database, 'jobs') ? unfinishedJobs(database) : 0,
    }
  } finally {
    database.close()
  }
}

/** Asks a database file something without changing it, whatever the age of its schema. */
export async function peek<T>(url: string, ask: (db: Db) => Promise<T>): Promise<T> {
  const database = new Database(url.replace(/^file:/, ''), { readonly: true, strict: true })
  const port = sqlitePort(database)
  try {
    return await ask(overPort(port))
  } finally {
    port.close()
  }
}

const hasTable = (database: Database, name: string) =>
  database.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== null

const unfinishedJobs = (database: Database) =>
  database.query<{ count: number }, []>('SELECT count(*) AS count FROM jobs WHERE due_at IS NOT NULL').get()!
    .count
