/** What a principal can be allowed to do. An API key's scopes are these names. */
export const permissions = {
  'sources:read': 'Read sources, their passages, and search them.',
  'sources:write': 'Add sources.',
  'documents:read': 'Read documents and their versions.',
  'documents:write': 'Create, change, restore and delete documents.',
  'pipelines:run': 'Start runs and steps, cancel and resume runs.',
  'jobs:read': 'Read jobs and runs.',
  'jobs:write': 'Cancel and retry jobs.',
  'events:read': 'Follow the live event stream.',
} as const

export type Permission = keyof typeof permissions

export const permissionNames = Object.keys(permissions) as Permission[]

export const isPermission = (name: string): name is Permission => name in permissions
