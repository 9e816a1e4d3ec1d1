import { and, asc, eq, inArray, not, or, type SQL, sql } from 'drizzle-orm'
import { atomically, ConditionFailed, type Db, type Write } from '#db/connect.ts'
import { members, projects, type Role, roles } from '#db/schema/projects.ts'
import { findPeople } from '#src/accounts/people.ts'
import { type Actor, type AuditAction, audit } from '#src/audit/audit.ts'
import { AppError, notFound } from '#src/errors.ts'
import { tell } from '#src/jobs/events.ts'
import { isoTime } from '#src/time.ts'
import { endInvitationsOf } from './open-invitations.ts'

export const MEMBERS_MAX = 500

type MemberId = { projectId: string; userId: string }

/** The projects of a person with their roles, the oldest first. */
export const membershipsOf = (db: Db, userId: string) =>
  db
    .select({
      projectId: members.projectId,
      role: members.role,
      name: projects.name,
      archivedAt: projects.archivedAt,
    })
    .from(members)
    .innerJoin(projects, eq(projects.id, members.projectId))
    .where(eq(members.userId, userId))
    .orderBy(asc(projects.createdAt), asc(projects.id))

/** Everybody in a project, those who joined first first. */
export async function listMembers(db: Db, projectId: string) {
  const rows = await db
    .select()
    .from(members)
    .where(eq(members.projectId, projectId))
    .orderBy(asc(members.createdAt), asc(members.userId))
  const people = await findPeople(
    db,
    rows.map((row) => row.userId),
  )
  return rows.flatMap(({ userId, role, createdAt }) => {
    const person = people.get(userId)
    return person
      ? [{ userId, name: person.name, email: person.email, role, joinedAt: isoTime(createdAt) }]
      : []
  })
}

/** Whoever decides about a member: `decides` are the roles they may give and take away. */
type Decider = { decides: readonly Role[]; actor: Actor }

/**
 * Gives a member another role. Throws `not_found` for who is no member, `forbidden` where one of both roles
 * is not theirs to decide about, and `conflict` when it would leave the project without an owner.
 */
export async function changeRole(
  db: Db,
  member: MemberId,
  { role, decides, actor }: Decider & { role: Role },
) {
  if (!decides.includes(role)) throw undecided(role)
  const from = (await findMember(db, member))?.role
  if (from === role) return
  const change = db
    .update(members)
    .set({ role })
    .where(and(isMember(member), isAmong(decides), role === 'owner' ? undefined : leavesAnOwner))
  await decide(db, member, {
    change,
    decides,
    writes: [
      ...(role === 'owner' ? [] : [endInvitationsOf(db, { ...member, role })]),
      ...told(db, member, 'member.role_changed', { from, role }, actor),
    ],
  })
}

/** Ends a membership of somebody else's. Throws as `changeRole` does. */
export async function removeMember(db: Db, member: MemberId, { decides, actor }: Decider) {
  const change = db.delete(members).where(and(isMember(member), isAmong(decides), leavesAnOwner))
  const writes = [endInvitationsOf(db, member), ...told(db, member, 'member.removed', {}, actor)]
  await decide(db, member, { change, decides, writes })
}

/** Ends one's own membership. Throws `conflict` for the last owner of a project that is not archived. */
export async function leaveProject(db: Db, member: MemberId, actor: Actor) {
  const change = db.delete(members).where(and(isMember(member), or(leavesAnOwner, isArchived)))
  const writes = [endInvitationsOf(db, member), ...told(db, member, 'member.left', {}, actor)]
  await decide(db, member, { change, decides: roles, writes })
}

/**
 * Makes a member an owner, and the owner who does it an admin: in one step. Throws `not_found` for who is no
 * member, and `forbidden` for who is no owner and in an archived project.
 */
export async function transferOwnership(
  db: Db,
  { projectId, from, to }: { projectId: string; from: string; to: string },
  actor: Actor,
) {
  if (from === to) throw new AppError('conflict', 'You are an owner already.')
  const giver = { projectId, userId: from }
  const taker = { projectId, userId: to }
  const isStillOwner = sql`EXISTS (
    SELECT 1 FROM members m WHERE m.project_id = ${projectId} AND m.user_id = ${from} AND m.role = 'owner')`
  const give = db
    .update(members)
    .set({ role: 'owner' })
    .where(and(isMember(taker), isStillOwner, not(isArchived)))
  const writes = [
    db.update(members).set({ role: 'admin' }).where(isMember(giver)),
    endInvitationsOf(db, { ...giver, role: 'admin' }),
    ...told(db, taker, 'member.role_changed', { role: 'owner' }, actor),
    ...told(db, giver, 'member.role_changed', { role: 'admin' }, actor),
  ]
  try {
    await atomically(db, give, writes)
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    if (!(await findMember(db, taker))) throw notFound('member')
    if ((await findMember(db, giver))?.role !== 'owner') throw undecided('owner')
    throw new AppError('forbidden', 'The project is archived: bring it back first.')
  }
}

export const findMember = (db: Db, member: MemberId) =>
  db.select().from(members).where(isMember(member)).get()

const isMember = ({ projectId, userId }: MemberId) =>
  and(eq(members.projectId, projectId), eq(members.userId, userId))

const isAmong = (decided: readonly Role[]) => inArray(members.role, [...decided])

/**
 * Decided in the statement that changes the row: of two who leave at once, the second finds itself the last.
 */
const leavesAnOwner: SQL = sql`(${members.role} <> 'owner' OR EXISTS (
  SELECT 1 FROM members other
  WHERE other.project_id = ${members.projectId} AND other.user_id <> ${members.userId}
    AND other.role = 'owner'))`

const isArchived: SQL = sql`EXISTS (
  SELECT 1 FROM projects p WHERE p.id = ${members.projectId} AND p.archived_at IS NOT NULL)`

/** That a person is nowhere the only owner of a project that is not archived. */
export const withoutLastOwner = (userId: string) => sql`NOT EXISTS (
  SELECT 1 FROM members m JOIN projects p ON p.id = m.project_id
  WHERE m.user_id = ${userId} AND m.role = 'owner' AND p.archived_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM members other
    WHERE other.project_id = m.project_id AND other.user_id <> ${userId} AND other.role = 'owner'))`

/** What somebody hears who may not give a role, or not take it away. */
export const undecided = (role: Role) =>
  new AppError('forbidden', `Only who has every right of the role ${role} decides about it.`)

type Decision = { change: Write; decides: readonly Role[]; writes: Write[] }

async function decide(db: Db, member: MemberId, { change, decides, writes }: Decision) {
  try {
    await atomically(db, change, writes)
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    const found = await findMember(db, member)
    if (!found) throw notFound('member')
    if (!decides.includes(found.role)) throw undecided(found.role)
    throw new AppError('conflict', 'A project needs an owner: make somebody else one first, or archive it.')
  }
}

function told(
  db: Db,
  { projectId, userId }: MemberId,
  action: AuditAction,
  details: Record<string, unknown>,
  actor: Actor,
): Write[] {
  return [
    audit(db, actor, action, { projectId, target: userId, details }),
    tell(db, projectId, 'members.updated', { userId }),
  ]
}
