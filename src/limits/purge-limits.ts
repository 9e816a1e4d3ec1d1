import { sql } from 'drizzle-orm'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '#db/connect.ts'
import { familiarAddresses, rateWindows, signInTries } from '#db/schema/limits.ts'

/** So that no other writer waits for long. */
const ROWS_PER_DELETE = 500

/** Deletes every row of the limits that counts no more at `now`, in milliseconds. Returns how many. */
export async function purgeLimits(db: Db, now: number): Promise<number> {
  let purged = 0
  while (true) {
    const deleted = await purgeSome(db, now)
    purged += deleted
    if (!deleted) return purged
  }
}

/** A first few hundred of them: who adds rows calls it now and then, so that they stay few by themselves. */
export async function purgeSome(db: Db, now: number): Promise<number> {
  const results = await db.batch([
    deleteExpired(db, rateWindows, now),
    deleteExpired(db, signInTries, now),
    deleteExpired(db, familiarAddresses, now),
  ])
  return results.reduce((sum, rows) => sum + rows.length, 0)
}

function deleteExpired(db: Db, table: SQLiteTable, now: number) {
  const { name, columns, primaryKeys } = getTableConfig(table)
  const key = primaryKeys[0]?.columns ?? columns.filter((column) => column.primary)
  const list = sql.join(
    key.map((column) => sql.identifier(column.name)),
    sql`, `,
  )
  return db.all(sql`
    DELETE FROM ${sql.identifier(name)} WHERE (${list}) IN (
      SELECT ${list} FROM ${sql.identifier(name)} WHERE expires_at <= ${now} LIMIT ${ROWS_PER_DELETE}
    ) RETURNING 1`)
}
