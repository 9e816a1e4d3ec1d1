import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { Secret } from '#src/secret.ts'
import { seal, unseal } from './envelope.ts'
import type { KeyRing } from './key-ring.ts'
import { sealedColumns } from './sealed-columns.ts'

const SECRET_BYTES = 32

/**
 * A random secret of this installation, 32 bytes in base64url, made when it is first asked for by this name.
 * Of several processes that ask at once all get the same. Throws SealError when its master key is lost.
 */
export async function installationSecret(db: Db, ring: KeyRing, name: string): Promise<Secret> {
  const cell = { ...sealedColumns.installationSecret, id: name }
  const known = await sealedValue(db, name)
  if (known !== undefined) return unseal(ring, cell, known)
  const fresh = seal(ring, cell, new Secret(randomBytes(SECRET_BYTES).toString('base64url')))
  await db.run(
    sql`INSERT INTO installation_secrets (name, value, created_at) VALUES (${name}, ${fresh}, ${Date.now()})
      ON CONFLICT (name) DO NOTHING`,
  )
  return unseal(ring, cell, (await sealedValue(db, name))!)
}

async function sealedValue(db: Db, name: string): Promise<string | undefined> {
  const rows = await db.all<[string]>(sql`SELECT value FROM installation_secrets WHERE name = ${name}`)
  return rows[0]?.[0]
}
