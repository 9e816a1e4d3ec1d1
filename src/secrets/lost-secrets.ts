import { sql } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { problemsOf } from '#src/env.ts'
import { unseal } from './envelope.ts'
import type { KeyRing } from './key-ring.ts'
import { type SealedColumn, sealedColumns } from './sealed-columns.ts'
import { countByKey } from './sealed-rows.ts'

/**
 * Why stored secrets cannot be opened with the keys of the ring, a line for each reason; none when they can. The
 * secrets of the installation, without which nothing starts, are opened, the others counted by the key they name.
 * Only reads, and of an older database only the tables it has.
 */
export async function findLostSecrets(db: Db, ring: KeyRing): Promise<string[]> {
  const tables = new Set(
    (await db.all<[string]>(sql`SELECT name FROM sqlite_master WHERE type = 'table'`)).map(([name]) => name),
  )
  const columns: SealedColumn[] = Object.values(sealedColumns).filter(({ table }) => tables.has(table))
  const counts = await countByKey(db, columns)
  const lost = [...counts].filter(([id]) => !ring.find(id))
  const missing = lost.map(([id, count]) =>
    id
      ? `${count} stored with the key "${id}", which is not in ${ring.source}: put it back there.`
      : `${count} stored with no key: restore a backup.`,
  )
  const opening = columns.includes(sealedColumns.installationSecret) ? await openAll(db, ring) : []
  return [...missing, ...opening]
}

/** Those whose key is there and does not open them: another key of the same id. */
async function openAll(db: Db, ring: KeyRing): Promise<string[]> {
  const rows = await db.all<[name: string, value: string]>(sql`SELECT name, value FROM installation_secrets`)
  return rows.flatMap(([id, text]) => {
    if (!ring.find(text.split('.')[1] ?? '')) return []
    return problemsOf(() => unseal(ring, { ...sealedColumns.installationSecret, id }, text))
  })
}
