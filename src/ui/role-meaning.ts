import { type Permission, type Role, useRights } from './api/projects.ts'

/** In a word, what is promised by roles and not there yet. */
const promised: Partial<Record<Permission, string>> = {
  'documents:publish': 'publishing',
  'reviews:comment': 'comments',
  'reviews:approve': 'approval',
  'billing:read': 'costs',
  'billing:manage': 'payment',
}

/** What each role is for, and which of its rights nothing in Quill uses yet. */
export function useRoleMeanings(): ReadonlyMap<Role, string> {
  const { roles = [], permissions = [] } = useRights().data ?? {}
  const later = permissions.filter((permission) => permission.later).map(({ name }) => name)
  return new Map(
    roles.map((role) => {
      const missing = later.filter((name) => role.permissions.includes(name))
      const words = missing.map((name) => promised[name] ?? name).join(', ')
      return [role.name, words ? `${role.meaning} (Later: ${words}.)` : role.meaning]
    }),
  )
}
