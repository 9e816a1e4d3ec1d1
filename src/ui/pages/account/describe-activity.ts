import type { Activity } from '../../api/account.ts'
import { providerNames } from '../door/providers.tsx'

type Details = Activity['details']

/** Everything that can be done as somebody, as they read it themselves. */
const words: Record<Activity['action'], string | ((details: Details) => string)> = {
  'account.created': 'You made this account',
  'account.deleted': 'You deleted this account',
  'account.renamed': ({ name }) => `You changed your name to ${quoted(name)}`,
  'account.reset_by_operator': ({ twoFactor }) =>
    `Whoever runs this Quill let you set a new password${twoFactor ? ' and turned two-factor sign-in off' : ''}`,
  'email.changed': 'You changed your e-mail address',
  'password.changed': 'You changed your password',
  'password.reset': 'You set a new password by the link in a mail',
  'two_factor.enabled': 'You turned two-factor sign-in on',
  'two_factor.disabled': 'You turned two-factor sign-in off',
  'two_factor.recovery_codes_made': 'You made new recovery codes',
  'identity.linked': ({ provider }) => `You linked ${nameOf(provider)}`,
  'identity.unlinked': ({ provider }) => `You unlinked ${nameOf(provider)}`,
  'session.started': 'You signed in',
  'session.refused': ({ reason }) => refusal(reason),
  'session.ended': 'You signed out in one place',
  'sessions.ended': 'You signed out everywhere else',
  'project.created': ({ name }) => `You made the project ${quoted(name)}`,
  'project.renamed': ({ name }) => `You renamed the project to ${quoted(name)}`,
  'project.archived': 'You archived the project',
  'project.restored': 'You brought the project back',
  'member.joined': ({ role }) => `You joined as ${role}`,
  'member.role_changed': ({ from, role }) =>
    from ? `You changed a member’s role from ${from} to ${role}` : `You made a member ${role}`,
  'member.removed': 'You removed a member',
  'member.left': 'You left the project',
  'invitation.created': ({ email, role }) => `You invited ${email} as ${role}`,
  'invitation.revoked': 'You took an invitation back',
  'api_key.created': ({ name }) => `You made the API key ${quoted(name)}`,
  'api_key.rotated': (details) => `You replaced ${keyOf(details)} by a new one`,
  'api_key.revoked': (details) => `You revoked ${keyOf(details)}`,
  'audit_log.exported': 'You exported the audit log',
}

export function describeActivity({ action, details }: Activity): string {
  const said = words[action]
  return typeof said === 'function' ? said(details) : said
}

function refusal(reason: unknown): string {
  if (reason === 'second_factor') return 'Somebody who knows your password gave a wrong code'
  if (reason === 'password') return 'Somebody gave a wrong password for this account'
  return 'Somebody was refused who tried to sign in to this account'
}

/** Entries of old name no key. */
const keyOf = ({ name, hint }: Details) =>
  name ? `the API key ${quoted(name)}${hint ? ` (…${hint})` : ''}` : 'an API key'

const quoted = (name: unknown) => `“${name}”`

const nameOf = (provider: string) =>
  Object.entries(providerNames).find(([key]) => key === provider)?.[1] ?? provider
