import { type Permission, useProject, useRights } from './api/projects.ts'

/**
 * Whom to ask for what is not part of one's own role: “an editor”, the role with the fewest rights that has it. Undefined
 * until the rights are known, and in an archived project, where nobody may.
 */
export function useWhoMay(permission: Permission): string | undefined {
  const rights = useRights().data
  const isArchived = useProject()?.archived
  const role = rights?.roles.findLast(({ permissions }) => permissions.includes(permission))?.name
  if (!role || isArchived) return undefined
  return `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`
}
