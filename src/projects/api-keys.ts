import { and, eq, sql } from 'drizzle-orm'
import type { Db, Write } from '#db/connect.ts'
import { apiKeyProjects, apiKeys } from '#db/schema/projects.ts'
import { newId } from '#src/ids.ts'
import { checksum, hashToken, randomBase62 } from '#src/tokens.ts'
import type { Permission } from './permissions.ts'

export const KEY_NAME_CHARS_MAX = 100
export const KEY_PROJECTS_MAX = 50
export const KEY_ADDRESSES_MAX = 50
const KEY_ID_LENGTH = 12
/** 43 base-62 digits carry 256 bits. */
const SECRET_LENGTH = 43
const CHECKSUM_LENGTH = 6
const KEY_FORMAT = new RegExp(
  `^(qk_live_[0-9A-Za-z]{${KEY_ID_LENGTH}}_[0-9A-Za-z]{${SECRET_LENGTH}})([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`,
)

export type NewApiKey = {
  /** Who makes it; nobody at the command line. */
  userId?: string
  name: string
  projectIds: string[]
  scopes: Permission[]
  allowedAddresses?: string[]
  expiresAt?: number
  rotatedFrom?: string
}

/**
 * A new key: its text `qk_live_<id>_<secret><checksum>`, and the writes that make it. Only its SHA-256 is
 * kept, so this is the one time it can be read.
 */
export function newApiKey(db: Db, key: NewApiKey): { id: string; text: string; writes: [Write, ...Write[]] } {
  const body = `qk_live_${randomBase62(KEY_ID_LENGTH)}_${randomBase62(SECRET_LENGTH)}`
  const text = body + checksum(body, CHECKSUM_LENGTH)
  const id = newId('key')
  const insert = db.insert(apiKeys).values({
    id,
    userId: key.userId,
    name: key.name,
    keyHash: hashToken(text),
    hint: text.slice(-4),
    scopes: key.scopes,
    allowedAddresses: key.allowedAddresses ?? [],
    rotatedFrom: key.rotatedFrom,
    createdAt: Date.now(),
    expiresAt: key.expiresAt,
  })
  const projects = key.projectIds.map((projectId) => ({ keyId: id, projectId }))
  return { id, text, writes: [insert, db.insert(apiKeyProjects).values(projects)] }
}

/** Makes a key for a project, with what is written down of the key of this id, and returns its text. */
export async function createApiKey(
  db: Db,
  key: { projectId: string; name: string; scopes: Permission[]; userId?: string },
  written: (id: string) => Write[] = () => [],
): Promise<string> {
  const { id, text, writes } = newApiKey(db, { ...key, projectIds: [key.projectId] })
  await db.batch([...writes, ...written(id)])
  return text
}

/** False for anything that was mistyped or invented, without asking the database. */
export function isWellFormedKey(text: string): boolean {
  const match = KEY_FORMAT.exec(text)
  return match !== null && checksum(match[1]!, CHECKSUM_LENGTH) === match[2]
}

/** A look-up of keys that were not revoked, by their text, prepared once. */
export function findApiKey(db: Db) {
  const byHash = db
    .select({
      id: apiKeys.id,
      userId: apiKeys.userId,
      name: apiKeys.name,
      scopes: apiKeys.scopes,
      allowedAddresses: apiKeys.allowedAddresses,
      expiresAt: apiKeys.expiresAt,
      projects: sql<string>`(
        SELECT json_group_array(json_object('projectId', p.id, 'archivedAt', p.archived_at))
        FROM api_key_projects JOIN projects p ON p.id = project_id WHERE key_id = api_keys.id)`.as(
        'projects',
      ),
    })
    .from(apiKeys)
    .where(and(eq(apiKeys.keyHash, sql.placeholder('hash')), sql`${apiKeys.revokedAt} IS NULL`))
    .prepare()
  return async (text: string) => {
    const row = isWellFormedKey(text) ? await byHash.get({ hash: hashToken(text) }) : undefined
    return row && { ...row, projects: JSON.parse(row.projects) as KeyProject[] }
  }
}

type KeyProject = { projectId: string; archivedAt: number | null }

/** Writes down that a key was used. */
export const noteKeyUse = (db: Db, id: string, at: number) =>
  db.update(apiKeys).set({ lastUsedAt: at }).where(eq(apiKeys.id, id))
