import { useState, useSyncExternalStore } from 'react'
import { Link, useLocation } from 'wouter'
import { signOut } from '../api/session.ts'
import { IconButton } from '../components/button.tsx'
import { Icon, type IconName } from '../components/icons.tsx'
import { Menu } from '../components/menu.tsx'
import { Segmented } from '../components/segmented.tsx'
import { setTheme, type Theme, useTheme } from '../theme.ts'
import { paletteKey } from './palette-key.ts'

const places: { href: string; label: string; icon: IconName; under: RegExp }[] = [
  { href: '/', label: 'Documents', icon: 'document', under: /^\/(documents|$)/ },
  { href: '/sources', label: 'Sources', icon: 'source', under: /^\/sources/ },
  { href: '/jobs', label: 'Jobs', icon: 'jobs', under: /^\/jobs/ },
]

const themes: { value: Theme; label: string; icon: IconName }[] = [
  { value: 'system', label: 'Theme of the system', icon: 'system' },
  { value: 'light', label: 'Light theme', icon: 'sun' },
  { value: 'dark', label: 'Dark theme', icon: 'moon' },
]

type Props = { project: string; openPalette: () => void; openShortcuts: () => void }

/** Where things are. Folds to its pictures, by itself on a narrow window; on a phone it is a bar at the bottom. */
export function Rail({ project, openPalette, openShortcuts }: Props) {
  const { folded, toggle } = useFolded()
  return (
    <nav className="rail" aria-label="Main" data-folded={folded || undefined}>
      <div className="rail-head">
        <Link href="/" className="brand" title={`Quill · ${project}`}>
          <Icon name="quill" />
          <span className="rail-word">
            <b>Quill</b>
            <span className="muted">{project}</span>
          </span>
        </Link>
        <IconButton icon="fold" label={folded ? 'Unfold the rail' : 'Fold the rail'} onClick={toggle} />
      </div>
      <button
        type="button"
        className="rail-item rail-search"
        onClick={openPalette}
        title="Search and commands"
      >
        <Icon name="search" />
        <span className="rail-word grow">Search</span>
        <kbd className="rail-word">{paletteKey}</kbd>
      </button>
      <ul className="rail-places">
        {places.map((place) => (
          <li key={place.href}>
            <Place {...place} />
          </li>
        ))}
      </ul>
      <RailFoot openShortcuts={openShortcuts} />
      <MoreMenu openPalette={openPalette} />
    </nav>
  )
}

function Place({ href, label, icon, under }: (typeof places)[number]) {
  const [location] = useLocation()
  return (
    <Link
      href={href}
      className="rail-item"
      title={label}
      aria-current={under.test(location) ? 'page' : undefined}
    >
      <Icon name={icon} />
      <span className="rail-word">{label}</span>
    </Link>
  )
}

function RailFoot({ openShortcuts }: { openShortcuts: () => void }) {
  const theme = useTheme()
  return (
    <div className="rail-foot">
      <Segmented label="Theme" options={themes} value={theme} onChange={setTheme} />
      <a className="rail-item" href="/docs" title="API reference">
        <Icon name="code" />
        <span className="rail-word">API reference</span>
      </a>
      <button type="button" className="rail-item" onClick={openShortcuts} title="Shortcuts">
        <Icon name="keys" />
        <span className="rail-word grow">Shortcuts</span>
        <kbd className="rail-word">?</kbd>
      </button>
      <button type="button" className="rail-item" onClick={signOut} title="Sign out">
        <Icon name="leave" />
        <span className="rail-word">Sign out</span>
      </button>
    </div>
  )
}

/** On a phone, what the foot of the rail holds elsewhere. */
function MoreMenu({ openPalette }: { openPalette: () => void }) {
  const theme = useTheme()
  return (
    <div className="rail-more">
      <Menu
        label="More"
        icon="more"
        look="quiet"
        items={[
          { label: 'Search', icon: 'search', run: openPalette },
          ...themes.map(({ value, label }) => ({
            label,
            checked: value === theme,
            run: () => setTheme(value),
          })),
          { label: 'API reference', icon: 'code', run: () => location.assign('/docs') },
          { label: 'Sign out', icon: 'leave', run: signOut },
        ]}
      />
    </div>
  )
}

const SETTING = 'quill-rail'
const narrow = matchMedia('(width < 64rem)')

function useFolded() {
  const isNarrow = useSyncExternalStore(subscribe, () => narrow.matches)
  const [chosen, setChosen] = useState(() => localStorage.getItem(SETTING))
  const folded = isNarrow || chosen === 'folded'
  const toggle = () => {
    const next = folded ? 'open' : 'folded'
    localStorage.setItem(SETTING, next)
    setChosen(next)
  }
  return { folded, toggle }
}

function subscribe(listener: () => void) {
  narrow.addEventListener('change', listener)
  return () => narrow.removeEventListener('change', listener)
}
