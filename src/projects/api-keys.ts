import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { apiKeys } from '#db/schema/projects.ts'
import { newId } from '#src/ids.ts'
import type { Permission } from './permissions.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const KEY_ID_LENGTH = 12
/** 43 base-62 digits carry 256 bits. */
const SECRET_LENGTH = 43
const CHECKSUM_LENGTH = 6
const KEY_FORMAT = new RegExp(
  `^(qk_live_[0-9A-Za-z]{${KEY_ID_LENGTH}}_[0-9A-Za-z]{${SECRET_LENGTH}})([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`,
)

/**
 * Makes a key for a project and returns it: `qk_live_<id>_<secret><checksum>`. Only its SHA-256 is kept,
 * so this is the one time it can be read.
 */
export async function createApiKey(
  db: Db,
  key: { projectId: string; name: string; scopes: Permission[] },
): Promise<string> {
  const body = `qk_live_${randomBase62(KEY_ID_LENGTH)}_${randomBase62(SECRET_LENGTH)}`
  const text = body + checksum(body)
  await db.insert(apiKeys).values({
    id: newId('key'),
    projectId: key.projectId,
    name: key.name,
    keyHash: hashToken(text),
    hint: text.slice(-4),
    scopes: key.scopes,
    createdAt: Date.now(),
  })
  return text
}

/** False for anything that was mistyped or invented, without asking the database. */
export function isWellFormedKey(text: string): boolean {
  const match = KEY_FORMAT.exec(text)
  return match !== null && checksum(match[1]!) === match[2]
}

/** A look-up of keys that were not revoked, by their text, prepared once: it runs on every request. */
export function findApiKey(db: Db) {
  const byHash = db
    .select({
      id: apiKeys.id,
      projectId: apiKeys.projectId,
      scopes: apiKeys.scopes,
      expiresAt: apiKeys.expiresAt,
    })
    .from(apiKeys)
    .where(and(eq(apiKeys.keyHash, sql.placeholder('hash')), isNull(apiKeys.revokedAt)))
    .prepare()
  return async (text: string) => (isWellFormedKey(text) ? byHash.get({ hash: hashToken(text) }) : undefined)
}

export const hashToken = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex')

/** `length` digits of base 62, drawn evenly: bytes past the last whole multiple of 62 are thrown away. */
export function randomBase62(length: number): string {
  let text = ''
  while (text.length < length)
    for (const byte of crypto.getRandomValues(new Uint8Array(length)))
      if (byte < 248 && text.length < length) text += BASE62[byte % 62]
  return text
}

function checksum(body: string): string {
  let rest = Bun.hash.crc32(body)
  let digits = ''
  for (let index = 0; index < CHECKSUM_LENGTH; index++) {
    digits = BASE62[rest % 62] + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}
