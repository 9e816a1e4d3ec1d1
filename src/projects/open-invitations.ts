import { and, eq, isNull } from 'drizzle-orm'
import type { Db, Write } from '#db/connect.ts'
import { invitations, type Role } from '#db/schema/projects.ts'
import { permissionsOf } from './permissions.ts'

/** Neither accepted nor taken back. */
export const isOpen = and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt))

/**
 * Ends what somebody invited to and may not any more: everything, or with a `role` that still invites only what is
 * for owners. Else whoever is removed comes back by a link they sent to themselves.
 */
export function endInvitationsOf(
  db: Db,
  { userId, projectId, role }: { userId: string; projectId?: string; role?: Role },
): Write {
  const mayInvite = role !== undefined && permissionsOf[role].has('members:manage')
  return db
    .update(invitations)
    .set({ revokedAt: Date.now() })
    .where(
      and(
        eq(invitations.invitedBy, userId),
        projectId ? eq(invitations.projectId, projectId) : undefined,
        mayInvite ? eq(invitations.role, 'owner') : undefined,
        isOpen,
      ),
    )
}
