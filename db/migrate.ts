import type { Database } from 'bun:sqlite'
import type { Migration } from './migrations.ts'

const STATEMENT_BREAK = '--> statement-breakpoint'

/**
 * Applies the migrations that this database has not seen, all in one transaction, and returns their tags.
 * Safe when several processes start at once: the second waits for the first and finds nothing to do.
 *
 * Foreign keys are switched off before the transaction begins, because the pragma does nothing inside one:
 * otherwise a migration that rebuilds a table (create, copy, drop, rename) would delete the rows that
 * cascade from it. `foreign_key_check` proves afterwards that no row was orphaned.
 *
 * Throws when an applied migration was edited, when one is unknown to this version of Quill, or when a
 * reference is broken; the database is then as it was.
 */
export function migrate(database: Database, migrations: readonly Migration[]): string[] {
  database.run('PRAGMA foreign_keys = OFF')
  try {
    return database.transaction(() => applyPending(database, migrations)).immediate()
  } finally {
    database.run('PRAGMA foreign_keys = ON')
  }
}

function applyPending(database: Database, migrations: readonly Migration[]): string[] {
  database.run(
    'CREATE TABLE IF NOT EXISTS _migrations (tag TEXT PRIMARY KEY, hash TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
  )
  const applied = appliedHashes(database)
  refuseUnknown(applied, migrations)
  const pending = migrations.filter((migration) => {
    const hash = applied.get(migration.tag)
    if (hash !== undefined && hash !== hashOf(migration))
      throw new Error(`Migration ${migration.tag} was edited after it was applied. Restore its file.`)
    return hash === undefined
  })
  for (const migration of pending) apply(database, migration)
  if (pending.length) refuseOrphans(database)
  return pending.map((migration) => migration.tag)
}

function appliedHashes(database: Database): Map<string, string> {
  const rows = database.query<{ tag: string; hash: string }, []>('SELECT tag, hash FROM _migrations').all()
  return new Map(rows.map((row) => [row.tag, row.hash]))
}

function refuseUnknown(applied: Map<string, string>, migrations: readonly Migration[]) {
  const known = new Set(migrations.map((migration) => migration.tag))
  const unknown = [...applied.keys()].filter((tag) => !known.has(tag))
  if (unknown.length)
    throw new Error(
      `The database was made by a newer Quill (${unknown.join(', ')}). Upgrade Quill to use it.`,
    )
}

function apply(database: Database, migration: Migration) {
  for (const statement of migration.sql.split(STATEMENT_BREAK)) if (statement.trim()) database.run(statement)
  database.run('INSERT INTO _migrations (tag, hash, applied_at) VALUES (?, ?, ?)', [
    migration.tag,
    hashOf(migration),
    Date.now(),
  ])
}

function refuseOrphans(database: Database) {
  const orphans = database.query('PRAGMA foreign_key_check').all()
  if (orphans.length)
    throw new Error(
      `A migration broke references: ${JSON.stringify(orphans.slice(0, 5))}. Nothing was changed.`,
    )
}

const hashOf = (migration: Migration) => new Bun.CryptoHasher('sha256').update(migration.sql).digest('hex')
