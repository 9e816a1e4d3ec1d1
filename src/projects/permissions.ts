import { type Role, roles } from '#db/schema/projects.ts'

export { type Role, roles }

/** What each role is for, in the order in which people read them. */
export const roleMeanings: Record<Role, string> = {
  owner: 'Everything, and handing the project over.',
  admin: 'Everything but billing and what only owners do.',
  editor: 'Writes, decides on reviews and publishes.',
  writer: 'Writes, but does not publish.',
  reviewer: 'Reads, comments and approves, but does not write.',
  viewer: 'Reads.',
  billing: 'Sees what is spent and pays, but no content.',
}

const OWNER = ['owner'] as const
const ADMINS = ['owner', 'admin'] as const
const EDITORS = [...ADMINS, 'editor'] as const
const WRITERS = [...EDITORS, 'writer'] as const
const REVIEWERS = [...EDITORS, 'reviewer'] as const
const READERS = [...WRITERS, 'reviewer', 'viewer'] as const
const PAYERS = ['owner', 'billing'] as const

/**
 * The one table of rights: what can be done in a project, and which roles may. The API, the interface and the
 * documentation read it; an API key's scopes are these names. Where no route asks for a right yet, it says
 * so.
 */
export const permissions = {
  'sources:read': right('Read sources, their passages, and search them.', READERS),
  'sources:write': right('Add sources.', WRITERS),
  'documents:read': right('Read documents and their versions.', READERS),
  'documents:write': right('Create, change, restore and delete documents.', WRITERS),
  'documents:publish': right('Publish documents.', EDITORS, 'later'),
  'reviews:comment': right('Comment on documents.', [...WRITERS, 'reviewer'], 'later'),
  'reviews:approve': right('Approve documents, or ask for changes.', REVIEWERS, 'later'),
  'pipelines:run': right('Start runs and steps, cancel and resume runs.', WRITERS),
  'jobs:read': right('Read jobs and runs.', READERS),
  'jobs:write': right('Cancel and retry jobs.', EDITORS),
  'events:read': right('Follow the live event stream.', READERS),
  'project:read': right("Read the project's name and the rights in it.", roles),
  'project:manage': right('Rename the project.', ADMINS),
  'project:archive': right('Archive the project, and bring it back.', OWNER),
  'members:read': right('See who is a member, with which role.', roles),
  'members:manage': right('Invite and remove members, and change their roles.', ADMINS),
  'api_keys:manage': right("See and revoke everybody's API keys of the project.", ADMINS),
  'audit:read': right('Read the audit log.', ADMINS),
  'audit:export': right('Export the audit log.', OWNER),
  'alarms:read': right('See what is wrong with this installation.', ADMINS),
  'billing:read': right('See usage, cost and invoices.', PAYERS, 'later'),
  'billing:manage': right('Change the plan and how it is paid.', PAYERS, 'later'),
} as const

export type Permission = keyof typeof permissions

export const permissionNames = Object.keys(permissions) as Permission[]

export const isPermission = (name: string): name is Permission => Object.hasOwn(permissions, name)

/** What a role may do. */
export const permissionsOf: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: rightsOf('owner'),
  admin: rightsOf('admin'),
  editor: rightsOf('editor'),
  writer: rightsOf('writer'),
  reviewer: rightsOf('reviewer'),
  viewer: rightsOf('viewer'),
  billing: rightsOf('billing'),
}

/** What may still be done in an archived project: look at it, and bring it back. */
export const inArchived = (permission: Permission) =>
  permission.endsWith(':read') || permission === 'project:archive' || permission === 'audit:export'

/**
 * The roles that one may give, change and take away: of whoever manages members, those whose rights are all
 * their own. No role is the command line, whose keys are nobody's: it decides about all.
 */
export function rolesDecidedBy(role: Role | undefined): readonly Role[] {
  if (role === undefined) return roles
  const own = permissionsOf[role]
  return own.has('members:manage') ? roles.filter((other) => permissionsOf[other].isSubsetOf(own)) : []
}

function rightsOf(role: Role): ReadonlySet<Permission> {
  return new Set(permissionNames.filter((name) => permissions[name].roles.includes(role)))
}

function right(meaning: string, roles: readonly Role[], since?: 'later') {
  return { meaning, roles, later: since === 'later' }
}
