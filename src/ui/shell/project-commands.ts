import { useLocation } from 'wouter'
import { switchProject } from '../api/projects.ts'
import type { Session } from '../api/session.ts'
import { toast } from '../components/toasts.tsx'
import type { Command } from './command-palette.tsx'
import { samePlace } from './places.ts'
import type { Overlay } from './shell.tsx'

/** What the palette offers about projects. */
export function useProjectCommands(session: Session, open: (overlay: Overlay) => void): Command[] {
  const [, navigate] = useLocation()
  const switchTo = useSwitchTo()
  const { user, project, projects = [] } = session
  const others = projects.filter(({ id }) => id !== project?.id)
  const commands = others.map(
    ({ id, name, archived }): Command => ({
      key: id,
      label: `Switch to ${name}`,
      icon: 'switch',
      kind: archived ? 'Archived project' : 'Project',
      run: () => switchTo(id).catch((error: Error) => toast(error.message, { isError: true })),
    }),
  )
  if (user?.isDemo) return commands
  return [
    ...commands,
    { key: 'new-project', label: 'New project', icon: 'plus', run: () => open('new-project') },
    { key: 'account', label: 'Go to your account', icon: 'person', run: () => navigate('/account') },
  ]
}

/** Switches and stays at the same list. Throws Problem. */
export function useSwitchTo() {
  const [location, navigate] = useLocation()
  return async (id: string) => {
    await switchProject(id)
    navigate(samePlace(location))
  }
}
