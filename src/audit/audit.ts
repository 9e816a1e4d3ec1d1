import type { Db, Write } from '#db/connect.ts'
import { auditLog } from '#db/schema/audit.ts'
import { newId } from '#src/ids.ts'

/** Everything that is written down: what happened, and what `target` and `details` tell of it. */
export const auditActions = {
  'account.created': 'Somebody signed up.',
  'account.deleted': 'Somebody deleted their account.',
  'account.renamed': 'Somebody changed their name.',
  'account.reset_by_operator': 'At the command line a link to set a new password was made for somebody.',
  'email.changed': 'Somebody changed their e-mail address.',
  'password.changed': 'Somebody changed their password.',
  'password.reset': 'Somebody set a new password by a link in a mail.',
  'two_factor.enabled': 'Somebody turned two-factor sign-in on.',
  'two_factor.disabled': 'Somebody turned two-factor sign-in off.',
  'two_factor.recovery_codes_made': 'Somebody made new recovery codes.',
  'identity.linked': 'Somebody linked an account of an identity provider.',
  'identity.unlinked': 'Somebody unlinked an account of an identity provider.',
  'session.started': 'Somebody signed in.',
  'session.refused': 'A sign-in to an account that exists was refused.',
  'session.ended': 'Somebody ended a session.',
  'sessions.ended': 'Somebody ended all their other sessions.',
  'project.created': 'A project was created.',
  'project.renamed': 'A project was renamed.',
  'project.archived': 'A project was archived.',
  'project.restored': 'An archived project was brought back.',
  'member.joined': 'Somebody became a member.',
  'member.role_changed': 'A role was changed.',
  'member.removed': 'A member was removed.',
  'member.left': 'A member left.',
  'invitation.created': 'Somebody was invited.',
  'invitation.revoked': 'An invitation was taken back.',
  'api_key.created': 'An API key was made.',
  'api_key.rotated': 'An API key was replaced by a new one.',
  'api_key.revoked': 'An API key was revoked.',
  'audit_log.exported': 'The audit log was exported.',
} as const

export type AuditAction = keyof typeof auditActions

/** Who did it: as which principal, and from where. */
export type Actor = {
  /** The person; of an operator whom it was done to, if anybody; undefined for a key of the command line. */
  userId?: string
  /** As people read it, at the time. */
  name: string
  kind: 'person' | 'api_key' | 'command_line'
  /** The session or the key. */
  principalId?: string
  address?: string
  requestId?: string
}

type Entry = { projectId?: string; target?: string; details?: Record<string, unknown> }

/** Somebody at this machine's command line. */
export const operator: Actor = { name: 'command line', kind: 'command_line' }

/** A write that puts an entry into the log: part of the batch of what it tells about. */
export const audit = (db: Db, actor: Actor, action: AuditAction, entry: Entry = {}): Write =>
  db.insert(auditLog).values({
    id: newId('aud'),
    projectId: entry.projectId,
    userId: actor.userId,
    actor: actor.name,
    principalKind: actor.kind,
    principalId: actor.principalId,
    action,
    target: entry.target,
    details: entry.details ?? {},
    address: actor.address,
    requestId: actor.requestId,
    createdAt: Date.now(),
  })
