import { and, eq, isNull, notInArray } from 'drizzle-orm'
import type { Db, Write } from '#db/connect.ts'
import { invitations, type Role } from '#db/schema/projects.ts'
import { rolesDecidedBy } from './permissions.ts'

/** Neither accepted nor taken back. */
export const isOpen = and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt))

/**
 * Ends what somebody invited to and may not any more: everything, or what the `role` that they have now does
 * not decide about. Else whoever is removed comes back by a link they sent to themselves.
 */
export function endInvitationsOf(
  db: Db,
  { userId, projectId, role }: { userId: string; projectId?: string; role?: Role },
): Write {
  return db
    .update(invitations)
    .set({ revokedAt: Date.now() })
    .where(
      and(
        eq(invitations.invitedBy, userId),
        projectId ? eq(invitations.projectId, projectId) : undefined,
        role ? notInArray(invitations.role, [...rolesDecidedBy(role)]) : undefined,
        isOpen,
      ),
    )
}
