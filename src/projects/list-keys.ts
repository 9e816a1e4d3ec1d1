import { and, desc, eq, gt, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { apiKeyProjects, apiKeys } from '#db/schema/projects.ts'
import { findPeople } from '#src/accounts/people.ts'
import { isoTime } from '#src/time.ts'
import { isPermission } from './permissions.ts'

const KEYS_SHOWN_MAX = 500
const EXPIRED_SHOWN_MAX = 100
/** How long a key is listed after its end. */
const EXPIRED_SHOWN_MS = 30 * 24 * 3_600_000

type KeyRow = Omit<typeof apiKeys.$inferSelect, 'keyHash'> & { projectIds: string }

/** The keys a person made that work, or expired a while ago, the latest first. */
export async function listKeysOf(db: Db, userId: string) {
  const rows = await selectKeys(db, eq(apiKeys.userId, userId))
  return rows.map((row) => presentKey(row))
}

/** The keys that open a project, or expired a while ago, with whoever made them. */
export async function listProjectKeys(db: Db, projectId: string) {
  const opens = sql`${apiKeys.id} IN (SELECT key_id FROM ${apiKeyProjects} WHERE project_id = ${projectId})`
  const rows = await selectKeys(db, opens)
  const makers = await findPeople(
    db,
    rows.flatMap((row) => row.userId ?? []),
  )
  return rows.map((row) => ({
    ...presentKey({ ...row, projectIds: JSON.stringify([projectId]) }),
    createdBy: row.userId ? (makers.get(row.userId)?.name ?? null) : null,
  }))
}

export function presentKey(row: KeyRow) {
  return {
    id: row.id,
    name: row.name,
    hint: `…${row.hint}`,
    projectIds: JSON.parse(row.projectIds) as string[],
    scopes: row.scopes.filter(isPermission),
    allowedAddresses: row.allowedAddresses,
    createdAt: isoTime(row.createdAt)!,
    lastUsedAt: isoTime(row.lastUsedAt) ?? null,
    expiresAt: isoTime(row.expiresAt) ?? null,
  }
}

/** Neither revoked nor expired. */
export const isLive = (now: number) =>
  and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)))!

const columns = {
  id: apiKeys.id,
  userId: apiKeys.userId,
  name: apiKeys.name,
  hint: apiKeys.hint,
  scopes: apiKeys.scopes,
  allowedAddresses: apiKeys.allowedAddresses,
  rotatedFrom: apiKeys.rotatedFrom,
  createdAt: apiKeys.createdAt,
  lastUsedAt: apiKeys.lastUsedAt,
  expiresAt: apiKeys.expiresAt,
  revokedAt: apiKeys.revokedAt,
  projectIds: sql<string>`(
    SELECT json_group_array(project_id ORDER BY project_id) FROM api_key_projects
    WHERE key_id = api_keys.id)`.as('project_ids'),
}

/** However many expired, they push none out that works. */
async function selectKeys(db: Db, condition: SQL) {
  const now = Date.now()
  const select = (state: SQL, limit: number) =>
    db.select(columns).from(apiKeys).where(and(condition, state)).orderBy(desc(apiKeys.id)).limit(limit)
  const isRecent = and(
    isNull(apiKeys.revokedAt),
    lte(apiKeys.expiresAt, now),
    gt(apiKeys.expiresAt, now - EXPIRED_SHOWN_MS),
  )!
  const rows = [
    ...(await select(isLive(now), KEYS_SHOWN_MAX)),
    ...(await select(isRecent, EXPIRED_SHOWN_MAX)),
  ]
  return rows.sort((one, other) => (one.id < other.id ? 1 : -1))
}

export const findKey = (db: Db, condition: SQL) =>
  db
    .select(columns)
    .from(apiKeys)
    .where(and(condition, isNull(apiKeys.revokedAt)))
    .get()
