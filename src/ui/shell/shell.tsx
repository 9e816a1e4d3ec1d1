import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { useMay } from '../api/projects.ts'
import type { Session } from '../api/session.ts'
import { type Shortcut, useShortcut } from '../keyboard/shortcuts.ts'
import { AlarmBanner } from './alarm-banner.tsx'
import { ArchivedBanner } from './archived-banner.tsx'
import { OfflineBanner } from './offline-banner.tsx'
import { type Place, usePlaces } from './places.ts'
import { Rail } from './rail.tsx'

const ShortcutSheet = lazy(() => import('./shortcut-sheet.tsx'))
const NewProject = lazy(() => import('./new-project.tsx'))

export type Overlay = 'palette' | 'shortcuts' | 'projects' | 'new-project'

const loadPalette = () => import('./command-palette.tsx')
const loadSwitch = () => import('./project-switch.tsx')

const general = 'Everywhere'

/** What stands around every page: the rail, the palette, the sheet of shortcuts, the banner of a lost line. */
export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay>()
  useGeneralKeys(session, setOverlay)
  const CommandPalette = useLoaded(loadPalette)
  const ProjectSwitch = useLoaded(loadSwitch)
  useArrival()
  const places = usePlaces()
  const close = () => setOverlay(undefined)
  return (
    <>
      {places.map((place) => (
        <PlaceKey key={place.href} place={place} />
      ))}
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <div className="shell">
        <Rail session={session} open={setOverlay} />
        <main id="main" tabIndex={-1}>
          <OfflineBanner />
          <AlarmBanner />
          {session.project?.archived && <ArchivedBanner />}
          {children}
        </main>
      </div>
      {overlay === 'palette' && CommandPalette && (
        <CommandPalette session={session} onClose={close} open={setOverlay} />
      )}
      {overlay === 'projects' && ProjectSwitch && (
        <ProjectSwitch session={session} onClose={close} open={setOverlay} />
      )}
      <Suspense>
        {overlay === 'shortcuts' && <ShortcutSheet onClose={close} />}
        {overlay === 'new-project' && <NewProject onClose={close} />}
      </Suspense>
    </>
  )
}

function useGeneralKeys({ projects }: Session, open: (overlay: Overlay) => void) {
  const [, navigate] = useLocation()
  const mayWrite = useMay('documents:write')
  useShortcut(named('?', 'Show shortcuts'), () => open('shortcuts'))
  useShortcut(named('p', 'Switch project'), () => open('projects'), projects !== undefined)
  useShortcut(named('n', 'New document'), () => navigate('/documents/new'), mayWrite)
  usePaletteKey(() => open('palette'))
}

function PlaceKey({ place: { keys, label, href } }: { place: Place }) {
  const [, navigate] = useLocation()
  useShortcut(named(keys, `Go to ${label.toLowerCase()}`), () => navigate(href))
  return null
}

const named = (keys: string, label: string): Shortcut => ({ keys, label, group: general })

/** What is loaded before it is called and then shown at once: what is typed right after its key belongs to it. */
function useLoaded<Shown>(load: () => Promise<{ default: Shown }>): Shown | undefined {
  const [loaded, setLoaded] = useState<{ default: Shown }>()
  useEffect(() => void load().then(setLoaded), [load])
  return loaded?.default
}

function usePaletteKey(open: () => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'k' || !(event.metaKey || event.ctrlKey) || document.querySelector('dialog[open]'))
        return
      event.preventDefault()
      open()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })
}

/** A new page begins at its top and with its own focus; going back leaves the place to the browser. */
function useArrival() {
  useEffect(() => {
    const onArrive = () => {
      if (location.hash) return
      scrollTo(0, 0)
      document.getElementById('main')?.focus({ preventScroll: true })
    }
    addEventListener('pushState', onArrive)
    return () => removeEventListener('pushState', onArrive)
  }, [])
}
