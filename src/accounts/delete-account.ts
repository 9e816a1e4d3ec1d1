import { and, eq, type SQL, sql } from 'drizzle-orm'
import { type Db, tryAtomically, type Write } from '#db/connect.ts'
import { users } from '#db/schema/accounts.ts'
import { type Actor, audit } from '#src/audit/audit.ts'
import { AppError, notFound } from '#src/errors.ts'
import { tellProjectsOf } from '#src/jobs/events.ts'
import { withoutLastOwner } from '#src/projects/members.ts'
import { endInvitationsOf } from '#src/projects/open-invitations.ts'

/**
 * Deletes a person: sessions, memberships, keys and identities go, what they made stays with its projects,
 * whose logs say so. Throws `conflict` while a project has no other owner, and `not_found` when the account
 * is gone.
 */
export async function deleteAccount(db: Db, userId: string, actor: Actor): Promise<void> {
  const now = Date.now()
  const before = await find(db, userId, now)
  const mayGo = db
    .update(users)
    .set({ updatedAt: now })
    .where(
      and(
        eq(users.id, userId),
        withoutLastOwner(userId),
        sql`${projectsOf(userId)} = ${before.projects}`,
        sql`${keysOf(userId, now)} = ${before.keys}`,
      ),
    )
  const done = await tryAtomically(db, mayGo, [
    // While they still name who sent them.
    endInvitationsOf(db, { userId }),
    tellProjectsOf(db, userId),
    ...farewells(db, userId, before, actor),
    db.delete(users).where(eq(users.id, userId)),
    audit(db, actor, 'account.deleted', { target: userId }),
  ])
  if (done) return
  const after = await find(db, userId, now)
  if (after.projects !== before.projects || after.keys !== before.keys)
    return deleteAccount(db, userId, actor)
  throw new AppError(
    'conflict',
    'You are the only owner of a project. Hand it over to another member, or archive it, first.',
  )
}

/** What ends with a person, as JSON: the ids of their projects, and of working keys with each project. */
type Ending = { projects: string; keys: string }

async function find(db: Db, userId: string, now: number): Promise<Ending> {
  const ending = { projects: projectsOf(userId), keys: keysOf(userId, now) }
  const found = await db.select(ending).from(users).where(eq(users.id, userId)).get()
  if (!found) throw notFound('account')
  return found
}

const projectsOf = (userId: string): SQL<string> => sql`(
  SELECT json_group_array(project_id ORDER BY project_id) FROM members WHERE user_id = ${userId})`

const keysOf = (userId: string, now: number): SQL<string> => sql`(
  SELECT json_group_array(json_array(k.id, p.project_id) ORDER BY k.id, p.project_id)
  FROM api_keys k JOIN api_key_projects p ON p.key_id = k.id
  WHERE k.user_id = ${userId} AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > ${now}))`

function farewells(db: Db, userId: string, { projects, keys }: Ending, actor: Actor): Write[] {
  const left: string[] = JSON.parse(projects)
  const revoked: [keyId: string, projectId: string][] = JSON.parse(keys)
  return [
    ...revoked.map(([target, projectId]) => audit(db, actor, 'api_key.revoked', { projectId, target })),
    ...left.map((projectId) => audit(db, actor, 'member.left', { projectId, target: userId })),
  ]
}
