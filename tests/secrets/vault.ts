import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { connect, type Db } from '#db/connect.ts'
import { Secret } from '#src/secret.ts'
import { type Cell, seal, unseal } from '#src/secrets/envelope.ts'
import { type KeyRing, openKeyRing } from '#src/secrets/key-ring.ts'

/** Columns of secrets as a feature would have them; a row need not have both. */
export const letterColumns = [
  { table: 'letters', column: 'body', key: 'id' },
  { table: 'letters', column: 'postscript', key: 'id' },
]
const LETTERS = {
  tag: '0001-letters',
  sql: 'CREATE TABLE letters (id TEXT PRIMARY KEY, body TEXT NOT NULL, postscript TEXT) STRICT',
}

export type Vault = Disposable & {
  db: Db
  ring: KeyRing
  /** Writes a body as sealed text, as it is. */
  write(id: string, body: string): Promise<void>
  put(id: string, text: string): Promise<void>
  /** Every body, opened, by id. */
  bodies(): Promise<Record<string, string>>
  /** How many bodies each key sealed. */
  keysOfBodies(): Promise<Record<string, number>>
}

export const bodyOf = (id: string): Cell => ({ ...letterColumns[0]!, id })

/** A process of its own as far as database and keys go: another connection, and a ring that read its file itself. */
export function openVault(folder: string, masterKeys?: string): Vault {
  const { db, close } = connect(`file:${join(folder, 'letters.db')}`, [LETTERS])
  const ring = openKeyRing({ dataDir: folder, masterKeys: masterKeys ? new Secret(masterKeys) : undefined })
  const rows = () => db.all<[string, string]>(sql`SELECT id, body FROM letters ORDER BY id`)
  const write = async (id: string, body: string) => {
    await db.run(
      sql`INSERT INTO letters (id, body) VALUES (${id}, ${body}) ON CONFLICT DO UPDATE SET body = excluded.body`,
    )
  }
  return {
    db,
    ring,
    write,
    put: (id, text) => write(id, seal(ring, bodyOf(id), new Secret(text))),
    async bodies() {
      const opened = (await rows()).map(([id, body]) => [id, unseal(ring, bodyOf(id), body).reveal()])
      return Object.fromEntries(opened)
    },
    async keysOfBodies() {
      const counts: Record<string, number> = {}
      for (const [, body] of await rows()) {
        const id = body.split('.')[1]!
        counts[id] = (counts[id] ?? 0) + 1
      }
      return counts
    },
    [Symbol.dispose]: close,
  }
}

/** A key as MASTER_KEYS takes it, the same for the same id. */
export const keyText = (id: string) => `${id}:${new Bun.CryptoHasher('sha256').update(id).digest('base64')}`

export const ringOf = (...ids: string[]) =>
  openKeyRing({ dataDir: '/nowhere', masterKeys: new Secret(ids.map(keyText).join(',')) })
