import { sql } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { Secret } from '#src/secret.ts'
import { type Cell, SealError, seal, sealedWith, unseal } from './envelope.ts'
import type { KeyRing } from './key-ring.ts'
import { isKeyId } from './master-keys.ts'
import type { SealedColumn } from './sealed-columns.ts'

/** Rows in one transaction: it holds the database for about a millisecond. */
const BATCH_ROWS = 100

/** What became of some rows that the first key had not sealed. */
export type Resealed = {
  resealed: number
  /** Changed or deleted by somebody else meanwhile, and left as they are. */
  missed: number
  /** Why each of the others could not be opened. */
  unreadable: string[]
}

/** How many secrets each key has sealed, by its id; under the empty text, those that no key has sealed. */
export async function countByKey(db: Db, columns: SealedColumn[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const prefix = sealedWith('')
  for (const { table, column } of columns) {
    const value = sql.identifier(column)
    const keyId = sql`CASE WHEN substr(${value}, 1, ${prefix.length - 1}) = ${prefix.slice(0, -1)}
      THEN substr(${value}, ${prefix.length}, instr(substr(${value}, ${prefix.length}), '.') - 1) ELSE '' END`
    const rows = await db.all<[string, number]>(
      sql`SELECT ${keyId}, count(*) FROM ${sql.identifier(table)} WHERE ${value} IS NOT NULL GROUP BY 1`,
    )
    for (const [id, count] of rows) {
      const known = isKeyId(id) ? id : ''
      counts.set(known, (counts.get(known) ?? 0) + count)
    }
  }
  return counts
}

/**
 * Walks the rows of a column that the first key of the ring has not sealed, and seals them with it. Writes a
 * row only if it is still what was read; yields after each batch, and can be left at any time.
 */
export async function* resealColumn(db: Db, ring: KeyRing, column: SealedColumn): AsyncGenerator<Resealed> {
  let after = ''
  while (true) {
    const rows = await rowsOfOtherKeys(db, column, { prefix: sealedWith(ring.first().id), after })
    if (!rows.length) return
    after = rows.at(-1)![0]
    yield await resealRows(db, ring, { column, rows })
  }
}

type IdAndText = [id: string, text: string]

function rowsOfOtherKeys(
  db: Db,
  { table, column, key }: SealedColumn,
  { prefix, after }: { prefix: string; after: string },
): Promise<IdAndText[]> {
  const [id, value] = [sql.identifier(key), sql.identifier(column)]
  return db.all<IdAndText>(
    sql`SELECT ${id}, ${value} FROM ${sql.identifier(table)}
      WHERE ${id} > ${after} AND substr(${value}, 1, ${prefix.length}) <> ${prefix}
      ORDER BY ${id} LIMIT ${BATCH_ROWS}`,
  )
}

async function resealRows(
  db: Db,
  ring: KeyRing,
  { column, rows }: { column: SealedColumn; rows: IdAndText[] },
): Promise<Resealed> {
  const opened = rows.map(([id, text]) => {
    const cell = { ...column, id }
    return { cell, text, secret: tryUnseal(ring, cell, text) }
  })
  const [first, ...rest] = opened.flatMap(({ cell, text, secret }) =>
    secret instanceof Secret ? [replacing(db, { cell, text, by: seal(ring, cell, secret) })] : [],
  )
  const written = first ? await db.batch([first, ...rest]) : []
  const resealed = written.filter((changed) => changed.length).length
  return {
    resealed,
    missed: written.length - resealed,
    unreadable: opened.flatMap(({ secret }) => (secret instanceof Secret ? [] : [secret.message])),
  }
}

function tryUnseal(ring: KeyRing, cell: Cell, text: string): Secret | SealError {
  try {
    return unseal(ring, cell, text)
  } catch (error) {
    if (error instanceof SealError) return error
    throw error
  }
}

/** Gives a row when the text was still there to be replaced. */
function replacing(db: Db, { cell, text, by }: { cell: Cell; text: string; by: string }) {
  const [id, value] = [sql.identifier(cell.key), sql.identifier(cell.column)]
  return db.all<unknown[]>(
    sql`UPDATE ${sql.identifier(cell.table)} SET ${value} = ${by}
      WHERE ${id} = ${cell.id} AND ${value} = ${text} RETURNING 1`,
  )
}
