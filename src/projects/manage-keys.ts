import { and, eq, isNull, sql } from 'drizzle-orm'
import { type Db, isDuplicate, tryAtomically, type Write } from '#db/connect.ts'
import { apiKeyProjects, apiKeys, members } from '#db/schema/projects.ts'
import { type Actor, type AuditAction, audit } from '#src/audit/audit.ts'
import { AppError, limitExceeded, notFound } from '#src/errors.ts'
import { tell } from '#src/jobs/events.ts'
import { isoTime } from '#src/time.ts'
import { type NewApiKey, newApiKey } from './api-keys.ts'
import { findKey, isLive, presentKey } from './list-keys.ts'
import { isPermission } from './permissions.ts'

export const KEYS_PER_PERSON_MAX = 200

/**
 * Makes a key of a person's. Returns it with its text, which is never shown again. Throws `limit_exceeded`
 * when they have as many that work as one may have.
 */
export async function makeKey(db: Db, key: NewApiKey & { userId: string }, actor: Actor) {
  const { id, text, writes } = newApiKey(db, key)
  const { name, scopes } = key
  const entries = audits(db, actor, 'api_key.created', {
    id,
    projectIds: key.projectIds,
    details: { name, scopes },
  })
  // A membership that the key rests on is touched, so that the count holds in the moment of writing.
  const hasRoom = db
    .update(members)
    .set({ role: sql`role` })
    .where(
      and(
        eq(members.userId, key.userId),
        eq(members.projectId, key.projectIds[0]!),
        sql`${countOfLive(key.userId)} < ${KEYS_PER_PERSON_MAX}`,
      ),
    )
  if (!(await tryAtomically(db, hasRoom, [...writes, ...entries]))) throw tooMany()
  return { key: await requireKey(db, id), text }
}

/**
 * Puts a new key in the place of one, with the same rights; the old one works for `graceMs` more. Throws
 * `not_found` for a key that is not theirs or works no more, `conflict` when it was replaced already, and
 * `limit_exceeded` when both together are one too many.
 */
export async function rotateKey(
  db: Db,
  { id, userId, graceMs }: { id: string; userId: string; graceMs: number },
  actor: Actor,
) {
  const mine = and(eq(apiKeys.id, id), eq(apiKeys.userId, userId))!
  const now = Date.now()
  const old = await findKey(db, and(mine, isLive(now))!)
  if (!old) throw notFound('API key')
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
  // With the old one, while it still works, and the new one.
  const hasRoom = sql`${countOfLive(userId)} + ${until > now ? 1 : 0} <= ${KEYS_PER_PERSON_MAX}`
  // A project that was taken from it meanwhile does not come back with the new one.
  const opensTheSame = sql`${old.projectIds} = (
    SELECT json_group_array(project_id ORDER BY project_id) FROM api_key_projects WHERE key_id = ${id})`
  const expire = db
    .update(apiKeys)
    .set({ expiresAt: until })
    .where(and(mine, isLive(now), hasRoom, opensTheSame))
  const details = { ...nameOf(old), by: fresh.id, until: isoTime(until) }
  const done = await tryAtomically(db, expire, [
    ...fresh.writes,
    ...audits(db, actor, 'api_key.rotated', { id, projectIds, details }),
    ...tellAll(db, id, projectIds),
  ]).catch((error) => {
    if (!isDuplicate(error, 'api_keys.rotated_from')) throw error
    throw new AppError('conflict', 'This key was replaced already: rotate the one that replaced it.')
  })
  if (done) return { key: await requireKey(db, fresh.id), text: fresh.text }
  const found = await findKey(db, and(mine, isLive(now))!)
  if (!found) throw notFound('API key')
  if (found.projectIds === old.projectIds) throw tooMany()
  throw new AppError('conflict', 'The projects of this key were changed just now: try again.')
}

const tooMany = () =>
  limitExceeded(`A person has at most ${KEYS_PER_PERSON_MAX} keys that work: revoke one first.`)

/** Ends a person's key for good, from the next request on. Throws `not_found`. */
export async function revokeKey(db: Db, { id, userId }: { id: string; userId: string }, actor: Actor) {
  const mine = and(eq(apiKeys.id, id), eq(apiKeys.userId, userId), isNull(apiKeys.revokedAt))!
  const found = await findKey(db, mine)
  if (!found) throw notFound('API key')
  const projectIds: string[] = JSON.parse(found.projectIds)
  const revoke = db.update(apiKeys).set({ revokedAt: Date.now() }).where(mine)
  const done = await tryAtomically(db, revoke, [
    ...audits(db, actor, 'api_key.revoked', { id, projectIds, details: nameOf(found) }),
    ...tellAll(db, id, projectIds),
  ])
  if (!done) throw notFound('API key')
}

/**
 * Takes a project from a key, whoever made it; a key that opens no other is revoked. Throws `not_found`.
 */
export async function revokeProjectKey(
  db: Db,
  { id, projectId }: { id: string; projectId: string },
  actor: Actor,
) {
  const found = await findKey(db, eq(apiKeys.id, id))
  const isOfProject = and(
    eq(apiKeyProjects.keyId, id),
    eq(apiKeyProjects.projectId, projectId),
    sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${id} AND revoked_at IS NULL)`,
  )
  const orphaned = sql`${apiKeys.id} = ${id} AND NOT EXISTS (
    SELECT 1 FROM api_key_projects WHERE key_id = ${id})`
  const done = await tryAtomically(db, db.delete(apiKeyProjects).where(isOfProject), [
    db.update(apiKeys).set({ revokedAt: Date.now() }).where(orphaned),
    audit(db, actor, 'api_key.revoked', { projectId, target: id, details: found ? nameOf(found) : {} }),
    tell(db, projectId, 'members.updated', { keyId: id }),
  ])
  if (!done) throw notFound('API key')
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

/** Ends the event streams of a key that works no more. */
const tellAll = (db: Db, id: string, projectIds: string[]): Write[] =>
  projectIds.map((projectId) => tell(db, projectId, 'members.updated', { keyId: id }))

const countOfLive = (userId: string) => sql`(
  SELECT count(*) FROM api_keys held WHERE held.user_id = ${userId} AND held.revoked_at IS NULL
    AND (held.expires_at IS NULL OR held.expires_at > ${Date.now()}))`

const requireKey = async (db: Db, id: string) => presentKey((await findKey(db, eq(apiKeys.id, id)))!)

/** By which people know a key again in the log. */
const nameOf = ({ name, hint }: { name: string; hint: string }) => ({ name, hint })
