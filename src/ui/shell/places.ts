import type { Permission } from '../api/projects.ts'
import { useSession } from '../api/session.ts'
import type { IconName } from '../components/icons.tsx'

export type Place = {
  href: string
  label: string
  icon: IconName
  keys: string
  needs: Permission
  /** The addresses at which the rail shows that one is there; a place without is not in the rail. */
  under?: RegExp
}

const places: Place[] = [
  {
    href: '/',
    label: 'Documents',
    icon: 'document',
    keys: 'g d',
    needs: 'documents:read',
    under: /^\/(documents|$)/,
  },
  {
    href: '/sources',
    label: 'Sources',
    icon: 'source',
    keys: 'g s',
    needs: 'sources:read',
    under: /^\/sources/,
  },
  { href: '/jobs', label: 'Jobs', icon: 'jobs', keys: 'g j', needs: 'jobs:read', under: /^\/jobs/ },
  { href: '/jobs/dead-letters', label: 'Dead letters', icon: 'warning', keys: 'g l', needs: 'jobs:read' },
  { href: '/jobs/alarms', label: 'Alarms', icon: 'warning', keys: 'g w', needs: 'alarms:read' },
  {
    href: '/settings',
    label: 'Settings',
    icon: 'settings',
    keys: 'g p',
    needs: 'project:read',
    under: /^\/settings/,
  },
  { href: '/settings/members', label: 'Members', icon: 'people', keys: 'g m', needs: 'members:read' },
  { href: '/settings/api-keys', label: 'API keys', icon: 'key', keys: 'g k', needs: 'api_keys:manage' },
  { href: '/settings/audit', label: 'Audit log', icon: 'log', keys: 'g a', needs: 'audit:read' },
]

/** Where one can go in the tab's project; what a role may not see is no place. */
export function usePlaces(): Place[] {
  const permissions = useSession().data?.permissions ?? []
  return places.filter(({ needs }) => permissions.includes(needs))
}

/** Where one stands after a switch: the same list in the other project, as no single thing is in both. */
export const samePlace = (location: string): string =>
  places.findLast(({ href, under }) => location === href || under?.test(location))?.href ?? '/'
