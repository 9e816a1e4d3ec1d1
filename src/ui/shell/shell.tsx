import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { useShortcut } from '../keyboard/shortcuts.ts'
import { OfflineBanner } from './offline-banner.tsx'
import { Rail } from './rail.tsx'

const ShortcutSheet = lazy(() => import('./shortcut-sheet.tsx'))

type Overlay = 'palette' | 'shortcuts' | undefined

const general = 'Everywhere'

/** What stands around every page: the rail, the palette, the sheet of shortcuts, the banner of a lost line. */
export function Shell({ project, children }: { project: string; children: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay>()
  const [, navigate] = useLocation()
  useShortcut({ keys: '?', label: 'Show shortcuts', group: general }, () => setOverlay('shortcuts'))
  useShortcut({ keys: 'g d', label: 'Go to documents', group: general }, () => navigate('/'))
  useShortcut({ keys: 'g s', label: 'Go to sources', group: general }, () => navigate('/sources'))
  useShortcut({ keys: 'g j', label: 'Go to jobs', group: general }, () => navigate('/jobs'))
  useShortcut({ keys: 'n', label: 'New document', group: general }, () => navigate('/documents/new'))
  usePaletteKey(() => setOverlay('palette'))
  const CommandPalette = usePalette()
  useArrival()
  const close = () => setOverlay(undefined)
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <div className="shell">
        <Rail
          project={project}
          openPalette={() => setOverlay('palette')}
          openShortcuts={() => setOverlay('shortcuts')}
        />
        <main id="main" tabIndex={-1}>
          <OfflineBanner />
          {children}
        </main>
      </div>
      {overlay === 'palette' && CommandPalette && (
        <CommandPalette onClose={close} openShortcuts={() => setOverlay('shortcuts')} />
      )}
      <Suspense>{overlay === 'shortcuts' && <ShortcutSheet onClose={close} />}</Suspense>
    </>
  )
}

/** The palette, loaded before it is called and shown at once: what is typed right after its key belongs to it. */
function usePalette() {
  const [loaded, setLoaded] = useState<typeof import('./command-palette.tsx')>()
  useEffect(() => void import('./command-palette.tsx').then(setLoaded), [])
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
