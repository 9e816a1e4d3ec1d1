import type { Role } from './api/projects.ts'

/** A role as people read it. */
export const roleName = (role: Role): string => role[0]!.toUpperCase() + role.slice(1)
