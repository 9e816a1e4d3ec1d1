import type { Db } from '#db/connect.ts'
import { lockKeyFile, replaceKeyFile } from './key-file.ts'
import type { KeyRing } from './key-ring.ts'
import { newMasterKey } from './master-keys.ts'
import type { SealedColumn } from './sealed-columns.ts'
import { countByKey, resealColumn } from './sealed-rows.ts'

/** Each pass finds only what others wrote during the one before; after so many, somebody has other keys. */
const PASSES_MAX = 20

/** A column, and how many of its rows were sealed again in this pass; `ended` when that was all of them. */
export type Progress = { table: string; column: string; resealed: number; ended: boolean }

export type Rotation = {
  /** The id of the key that seals now. */
  keyId: string
  resealed: number
  /** Why rows could not be sealed again. */
  unreadable: string[]
  /** How many rows other keys have still sealed, by key id. */
  left: Map<string, number>
  /** Ids of keys that no row names: no longer in the file, or free to be taken out of the setting. */
  unused: string[]
}

/**
 * Puts a new key first, when the keys are in a file, and seals every secret again with the first key, while
 * others go on sealing and opening. It can be interrupted at any point and begun again: until it ends every
 * key that was there stays there.
 *
 * Of the keys of a file that no row names any more it keeps one, the one that was first before: another
 * process may have sealed with it a moment ago what it has yet to write. The next rotation finds that row,
 * and drops that key.
 *
 * Throws AppError when the keys of this file are being rotated already.
 */
export async function rotateKeys(
  db: Db,
  ring: KeyRing,
  { columns, tell }: { columns: SealedColumn[]; tell: (progress: Progress) => void },
): Promise<Rotation> {
  using _lock = ring.file ? lockKeyFile(ring.file) : undefined
  const previous = ring.first()
  if (ring.file) replaceKeyFile(ring.file, [newMasterKey(), ...ring.all()])
  const { resealed, unreadable } = await resealAll(db, ring, { columns, tell })
  const keyId = ring.first().id
  const left = await countByKey(db, columns)
  left.delete(keyId)
  const kept = ring.file ? [keyId, previous.id] : [keyId]
  const keys = ring.all()
  const unused = keys.filter(({ id }) => !kept.includes(id) && !left.has(id))
  if (ring.file && unused.length)
    replaceKeyFile(
      ring.file,
      keys.filter((key) => !unused.includes(key)),
    )
  return { keyId, resealed, unreadable, left, unused: unused.map(({ id }) => id) }
}

/** Looks again until there was nothing to do: what somebody else wrote meanwhile may name an older key. */
async function resealAll(
  db: Db,
  ring: KeyRing,
  { columns, tell }: { columns: SealedColumn[]; tell: (progress: Progress) => void },
) {
  let resealed = 0
  for (let pass = 1; ; pass++) {
    const found = { resealed: 0, missed: 0, unreadable: [] as string[] }
    for (const { table, column, key } of columns) {
      let ofColumn = 0
      for await (const batch of resealColumn(db, ring, { table, column, key })) {
        ofColumn += batch.resealed
        found.missed += batch.missed
        found.unreadable.push(...batch.unreadable)
        tell({ table, column, resealed: ofColumn, ended: false })
      }
      found.resealed += ofColumn
      tell({ table, column, resealed: ofColumn, ended: true })
    }
    resealed += found.resealed
    if (found.resealed + found.missed === 0 || pass === PASSES_MAX)
      return { resealed, unreadable: found.unreadable }
  }
}
