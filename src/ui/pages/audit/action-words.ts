import type { AuditAction, AuditEntry } from '../../api/audit.ts'
import type { Member } from '../../api/members.ts'

/** What happened, in the words of the log. */
export const actionWords: Record<AuditAction, string> = {
  'project.created': 'Project created',
  'project.renamed': 'Project renamed',
  'project.archived': 'Project archived',
  'project.restored': 'Project brought back',
  'member.joined': 'Member joined',
  'member.role_changed': 'Role changed',
  'member.removed': 'Member removed',
  'member.left': 'Member left',
  'invitation.created': 'Invitation sent',
  'invitation.revoked': 'Invitation revoked',
  'api_key.created': 'API key made',
  'api_key.rotated': 'API key replaced',
  'api_key.revoked': 'API key revoked',
  'audit_log.exported': 'Audit log exported',
  'account.created': 'Signed up',
  'account.deleted': 'Account deleted',
  'account.renamed': 'Name changed',
  'account.reset_by_operator': 'Reset at the command line',
  'email.changed': 'Address changed',
  'password.changed': 'Password changed',
  'password.reset': 'Password reset',
  'two_factor.enabled': 'Two-factor sign-in on',
  'two_factor.disabled': 'Two-factor sign-in off',
  'two_factor.recovery_codes_made': 'Recovery codes made',
  'identity.linked': 'Identity linked',
  'identity.unlinked': 'Identity unlinked',
  'session.started': 'Signed in',
  'session.refused': 'Sign-in refused',
  'session.ended': 'Session ended',
  'sessions.ended': 'Other sessions ended',
}

/** What a project's own log can hold; what people do to their accounts is in no project's. */
export const projectActions = (Object.keys(actionWords) as AuditAction[]).filter((action) =>
  /^(project|member|invitation|api_key|audit_log)\./.test(action),
)

/** What ids stand for, as far as members and the log itself tell: who was removed is named by what they did before. */
export function namesIn(entries: AuditEntry[], members: Member[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { target, details, actor } of entries.toReversed()) {
    if (actor.userId) names.set(actor.userId, actor.name)
    const name = details.email ?? details.name
    if (target && typeof name === 'string') names.set(target, name)
  }
  for (const { userId, name } of members) names.set(userId, name)
  return names
}

/** Whom or what it happened to, and how: names where they are known, the end of an id where not. */
export function aboutEntry(
  { action, target, details }: AuditEntry,
  names: ReadonlyMap<string, string>,
): string {
  const isProject = target?.startsWith('prj_')
  const whom =
    target && !isProject && !details.email && !details.name ? (names.get(target) ?? short(target)) : ''
  if (action === 'member.role_changed' && details.from) return `${whom}: ${details.from} → ${details.role}`
  const parts = Object.entries(details)
    .filter(([name]) => !UNSAID.has(name))
    .map(([name, value]) => inWords(name, value))
  return [whom, ...parts].filter(Boolean).join(' · ')
}

/** Ids beside a name that says more; an export has them. */
const UNSAID = new Set(['invitation', 'by'])

function inWords(name: string, value: unknown): string {
  if (name === 'scopes') return `may ${(value as string[]).join(', ')}`
  if (name === 'hint') return `…${value}`
  if (name === 'until') return `until ${dateTime.format(new Date(String(value)))}`
  if (name === 'name') return `“${value}”`
  if (typeof value === 'string') return value
  return `${name} ${JSON.stringify(value)}`
}

const dateTime = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' })

const short = (id: string) => `…${id.slice(-6)}`
