import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { atomically, ConditionFailed, type Db, isDuplicate, tryAtomically, type Write } from '#db/connect.ts'
import { apiKeyProjects, apiKeys, members } from '#db/schema/projects.ts'
import { findPeople } from '#src/accounts/people.ts'
import { type Actor, type AuditAction, audit } from '#src/audit/audit.ts'
import { AppError, limitExceeded, notFound } from '#src/errors.ts'
import { tell } from '#src/jobs/events.ts'
import { isoTime } from '#src/time.ts'
import { type NewApiKey, newApiKey } from './api-keys.ts'
import { isPermission } from './permissions.ts'

export const KEYS_PER_PERSON_MAX = 200
const KEYS_SHOWN_MAX = 500

type KeyRow = Omit<typeof apiKeys.$inferSelect, 'keyHash'> & { projectIds: string }

/** The keys a person made that are not revoked, the latest first. */
export async function listKeysOf(db: Db, userId: string) {
  const rows = await selectKeys(db, eq(apiKeys.userId, userId))
  return rows.map((row) => presentKey(row))
}

/** Every key that opens a project, with whoever made it. */
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

/** Makes a key of a person's. Returns it with its text, which is never shown again. Throws `limit_exceeded`. */
export async function makeKey(db: Db, key: NewApiKey & { userId: string }, actor: Actor) {
  const { id, text, writes } = newApiKey(db, key)
  const { name, scopes } = key
  const entries = audits(db, actor, 'api_key.created', {
    id,
    projectIds: key.projectIds,
    details: { name, scopes },
  })
  const held = sql`(SELECT count(*) FROM ${apiKeys} WHERE user_id = ${key.userId} AND revoked_at IS NULL)`
  // A membership that the key rests on is touched, so that the count holds in the moment of writing.
  const hasRoom = db
    .update(members)
    .set({ role: sql`role` })
    .where(
      and(
        eq(members.userId, key.userId),
        eq(members.projectId, key.projectIds[0]!),
        sql`${held} < ${KEYS_PER_PERSON_MAX}`,
      ),
    )
  if (!(await tryAtomically(db, hasRoom, [...writes, ...entries])))
    throw limitExceeded(`A person has at most ${KEYS_PER_PERSON_MAX} keys.`)
  return { key: await requireKey(db, id), text }
}

/**
 * Puts a new key in the place of one, with the same rights; the old one works for `graceMs` more. Throws `not_found`
 * for a key that is not theirs or works no more, and `conflict` when it was replaced already.
 */
export async function rotateKey(
  db: Db,
  { id, userId, graceMs }: { id: string; userId: string; graceMs: number },
  actor: Actor,
) {
  const old = await findKey(db, and(eq(apiKeys.id, id), eq(apiKeys.userId, userId))!)
  const now = Date.now()
  if (!old || (old.expiresAt !== null && old.expiresAt <= now)) throw notFound('API key')
  const projectIds: string[] = JSON.parse(old.projectIds)
  const fresh = newApiKey(db, {
    userId,
    name: old.name,
    projectIds,
    scopes: old.scopes.filter(isPermission),
    allowedAddresses: old.allowedAddresses,
    expiresAt: old.expiresAt ?? undefined,
    rotatedFrom: id,
  })
  const until = Math.min(now + graceMs, old.expiresAt ?? Number.MAX_SAFE_INTEGER)
  const expire = db
    .update(apiKeys)
    .set({ expiresAt: until })
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
  const details = { by: fresh.id, until: isoTime(until) }
  try {
    await atomically(db, expire, [
      ...fresh.writes,
      ...audits(db, actor, 'api_key.rotated', { id, projectIds, details }),
    ])
  } catch (error) {
    if (isDuplicate(error, 'api_keys.rotated_from'))
      throw new AppError('conflict', 'This key was replaced already: rotate the one that replaced it.')
    throw error instanceof ConditionFailed ? notFound('API key') : error
  }
  return { key: await requireKey(db, fresh.id), text: fresh.text }
}

/** Ends a person's key for good, from the next request on. Throws `not_found`. */
export const revokeKey = (db: Db, { id, userId }: { id: string; userId: string }, actor: Actor) =>
  revokeWhere(db, { id, condition: eq(apiKeys.userId, userId) }, actor)

/**
 * Takes a project from a key, whoever made it; a key that opens no other is revoked. Throws `not_found`.
 */
export async function revokeProjectKey(
  db: Db,
  { id, projectId }: { id: string; projectId: string },
  actor: Actor,
) {
  const isOfProject = and(eq(apiKeyProjects.keyId, id), eq(apiKeyProjects.projectId, projectId))
  const orphaned = sql`${apiKeys.id} = ${id} AND NOT EXISTS (SELECT 1 FROM api_key_projects WHERE key_id = ${id})`
  const done = await tryAtomically(db, db.delete(apiKeyProjects).where(isOfProject), [
    db.update(apiKeys).set({ revokedAt: Date.now() }).where(orphaned),
    audit(db, actor, 'api_key.revoked', { projectId, target: id }),
    tell(db, projectId, 'members.updated', { keyId: id }),
  ])
  if (!done) throw notFound('API key')
}

async function revokeWhere(db: Db, { id, condition }: { id: string; condition: SQL }, actor: Actor) {
  const mine = and(eq(apiKeys.id, id), condition, isNull(apiKeys.revokedAt))!
  const found = await findKey(db, mine)
  if (!found) throw notFound('API key')
  const projectIds: string[] = JSON.parse(found.projectIds)
  const revoke = db.update(apiKeys).set({ revokedAt: Date.now() }).where(mine)
  const done = await tryAtomically(db, revoke, [
    ...audits(db, actor, 'api_key.revoked', { id, projectIds }),
    ...projectIds.map((projectId) => tell(db, projectId, 'members.updated', { keyId: id })),
  ])
  if (!done) throw notFound('API key')
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

/** One entry for each project that a key opens: each has its own log. */
function audits(
  db: Db,
  actor: Actor,
  action: AuditAction,
  { id, projectIds, details }: { id: string; projectIds: string[]; details?: Record<string, unknown> },
): Write[] {
  return projectIds.map((projectId) => audit(db, actor, action, { projectId, target: id, details }))
}

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

const selectKeys = (db: Db, condition: SQL) =>
  db
    .select(columns)
    .from(apiKeys)
    .where(and(condition, isNull(apiKeys.revokedAt)))
    .orderBy(desc(apiKeys.id))
    .limit(KEYS_SHOWN_MAX)

const findKey = (db: Db, condition: SQL) =>
  db
    .select(columns)
    .from(apiKeys)
    .where(and(condition, isNull(apiKeys.revokedAt)))
    .get()

const requireKey = async (db: Db, id: string) => presentKey((await findKey(db, eq(apiKeys.id, id)))!)
