import { and, desc, eq, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { type Db, isDuplicate, tryAtomically } from '#db/connect.ts'
import { invitations, members, projects, type Role } from '#db/schema/projects.ts'
import { findPersonByEmail } from '#src/accounts/people.ts'
import type { Person } from '#src/accounts/sessions.ts'
import { type Actor, audit } from '#src/audit/audit.ts'
import { AppError, limitExceeded, notFound } from '#src/errors.ts'
import { newId } from '#src/ids.ts'
import { tell } from '#src/jobs/events.ts'
import { isoTime } from '#src/time.ts'
import { hashToken, randomBase62 } from '#src/tokens.ts'
import { findMember, MEMBERS_MAX, undecided } from './members.ts'
import { isOpen } from './open-invitations.ts'

export const INVITATION_DAYS = 7
const INVITATION_MS = INVITATION_DAYS * 24 * 3_600_000
const TOKEN_LENGTH = 43

type NewInvitation = {
  projectId: string
  email: string
  role: Role
  /** Who invites; nobody at the command line. */
  userId?: string
  /** The roles that whoever invites decides about. */
  decides: readonly Role[]
}

/**
 * Invites an address into a project, in the place of an earlier open invitation of it. Returns the invitation
 * with the token of its link, of which only the hash is kept. Throws `limit_exceeded` when the project is
 * full, `conflict` when the address is a member's already, and `forbidden` for a role that is not theirs to
 * decide about.
 */
export async function invite(
  db: Db,
  { projectId, email, role, userId, decides }: NewInvitation,
  actor: Actor,
) {
  if (!decides.includes(role)) throw undecided(role)
  if ((await db.$count(members, eq(members.projectId, projectId))) >= MEMBERS_MAX) throw full()
  const known = await findPersonByEmail(db, email)
  if (known && (await findMember(db, { projectId, userId: known.id })))
    throw new AppError('conflict', `${email} is a member already: change the role instead.`)
  const token = randomBase62(TOKEN_LENGTH)
  const now = Date.now()
  const invitation = {
    id: newId('inv'),
    projectId,
    email,
    role,
    tokenHash: hashToken(token),
    invitedBy: userId,
    createdAt: now,
    expiresAt: now + INVITATION_MS,
  }
  const { id } = invitation
  const earlier = and(eq(invitations.projectId, projectId), eq(invitations.email, email), isOpen)
  const isReplaced = or(inArray(invitations.role, [...decides]), lte(invitations.expiresAt, now))
  try {
    await db.batch([
      db.update(invitations).set({ revokedAt: now }).where(and(earlier, isReplaced)),
      db.insert(invitations).values(invitation),
      audit(db, actor, 'invitation.created', { projectId, target: id, details: { email, role } }),
      tell(db, projectId, 'members.updated', { invitationId: id }),
    ])
  } catch (error) {
    if (!isDuplicate(error, 'invitations.email')) throw error
    throw new AppError(
      'forbidden',
      `${email} is invited already, in a role that is not yours to decide about.`,
    )
  }
  return { ...invitation, token }
}

/** The invitations of a project that can still be accepted, the latest first. */
export async function listInvitations(db: Db, projectId: string) {
  const rows = await db
    .select()
    .from(invitations)
    .where(and(eq(invitations.projectId, projectId), isOpen, gt(invitations.expiresAt, Date.now())))
    .orderBy(desc(invitations.id))
    .limit(MEMBERS_MAX)
  return rows.map(presentInvitation)
}

export const presentInvitation = (
  row: Pick<Invitation, 'id' | 'email' | 'role' | 'createdAt' | 'expiresAt'>,
) => ({
  id: row.id,
  email: row.email,
  role: row.role,
  createdAt: isoTime(row.createdAt)!,
  expiresAt: isoTime(row.expiresAt)!,
})

/**
 * Takes an invitation back. Throws `not_found` when it cannot be accepted any more anyway, and `forbidden`
 * for a role that is not theirs to decide about.
 */
export async function revokeInvitation(
  db: Db,
  { projectId, id, decides }: { projectId: string; id: string; decides: readonly Role[] },
  actor: Actor,
) {
  const open = and(eq(invitations.id, id), eq(invitations.projectId, projectId), isOpen)
  const revoke = db
    .update(invitations)
    .set({ revokedAt: Date.now() })
    .where(and(open, inArray(invitations.role, [...decides])))
  const done = await tryAtomically(db, revoke, [
    audit(db, actor, 'invitation.revoked', { projectId, target: id }),
    tell(db, projectId, 'members.updated', { invitationId: id }),
  ])
  if (done) return
  const found = await db.select({ role: invitations.role }).from(invitations).where(open).get()
  throw found ? undecided(found.role) : notFound('open invitation')
}

/** What a link invites to, while it holds. Throws `not_found` for any other token. */
export async function findInvitation(db: Db, token: string) {
  const found = await db
    .select({
      id: invitations.id,
      projectId: invitations.projectId,
      project: projects.name,
      email: invitations.email,
      role: invitations.role,
      expiresAt: invitations.expiresAt,
    })
    .from(invitations)
    .innerJoin(projects, eq(projects.id, invitations.projectId))
    .where(
      and(
        eq(invitations.tokenHash, hashToken(token)),
        isOpen,
        gt(invitations.expiresAt, Date.now()),
        isNull(projects.archivedAt),
      ),
    )
    .get()
  if (!found) throw notFound('open invitation')
  return found
}

/** Whether somebody of this address was invited, by whatever project. */
export async function hasOpenInvitation(db: Db, email: string): Promise<boolean> {
  const open = and(eq(invitations.email, email.toLowerCase()), isOpen, gt(invitations.expiresAt, Date.now()))
  return (await db.$count(invitations, open)) > 0
}

type Invitation = typeof invitations.$inferSelect

/**
 * Makes a person a member by a link: once, and only the person it was sent to. Who is a member already keeps
 * the role. Throws `not_found` when the link does not hold (any more), `forbidden` when it was sent to
 * another address, and `limit_exceeded` when the project is full by now.
 */
export async function acceptInvitation(
  db: Db,
  { token, person }: { token: string; person: Pick<Person, 'userId' | 'email'> },
  actor: Actor,
) {
  const { id, projectId, email, role } = await findInvitation(db, token)
  if (email !== person.email)
    throw new AppError('forbidden', `This invitation is for ${email}. Sign in with that address.`)
  const now = Date.now()
  const accept = db
    .update(invitations)
    .set({ acceptedAt: now })
    .where(and(eq(invitations.id, id), isOpen, gt(invitations.expiresAt, now), hasRoom(projectId)))
  const done = await tryAtomically(db, accept, [
    db
      .insert(members)
      .values({ projectId, userId: person.userId, role, createdAt: now })
      .onConflictDoNothing(),
    audit(db, actor, 'member.joined', {
      projectId,
      target: person.userId,
      details: { role, invitation: id },
    }),
    tell(db, projectId, 'members.updated', { userId: person.userId }),
  ])
  if (done) return projectId
  await findInvitation(db, token)
  throw full()
}

const full = () => limitExceeded(`A project has at most ${MEMBERS_MAX} members.`)

const hasRoom = (projectId: string) =>
  sql`(SELECT count(*) FROM ${members} WHERE project_id = ${projectId}) < ${MEMBERS_MAX}`
