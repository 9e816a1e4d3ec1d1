import { useState, useSyncExternalStore } from 'react'
import { Link, useLocation } from 'wouter'
import { type Session, signOut } from '../api/session.ts'
import { IconButton } from '../components/button.tsx'
import { Icon, type IconName } from '../components/icons.tsx'
import { Menu } from '../components/menu.tsx'
import { Segmented } from '../components/segmented.tsx'
import { setTheme, type Theme, useTheme } from '../theme.ts'
import { paletteKey } from './palette-key.ts'
import { type Place, usePlaces } from './places.ts'
import type { Overlay } from './shell.tsx'

const themes: { value: Theme; label: string; icon: IconName }[] = [
  { value: 'system', label: 'Theme of the system', icon: 'system' },
  { value: 'light', label: 'Light theme', icon: 'sun' },
  { value: 'dark', label: 'Dark theme', icon: 'moon' },
]

type Props = { session: Session; open: (overlay: Overlay) => void }

/** Where things are. Folds to its pictures, by itself on a narrow window; on a phone it is a bar at the bottom. */
export function Rail({ session, open }: Props) {
  const { folded, toggle } = useFolded()
  const places = usePlaces().filter(({ under }) => under)
  return (
    <nav className="rail" aria-label="Main" data-folded={folded || undefined}>
      <div className="rail-head">
        <Link href="/" className="brand" title="Quill">
          <Icon name="quill" />
          <b className="rail-word">Quill</b>
        </Link>
        <IconButton icon="fold" label={folded ? 'Unfold the rail' : 'Fold the rail'} onClick={toggle} />
      </div>
      <ProjectButton name={session.project?.name} open={() => open('projects')} />
      <button
        type="button"
        className="rail-item rail-search"
        onClick={() => open('palette')}
        title="Search and commands"
      >
        <Icon name="search" />
        <span className="rail-word grow">Search</span>
        <kbd className="rail-word">{paletteKey}</kbd>
      </button>
      <ul className="rail-places">
        {places.map((place) => (
          <li key={place.href}>
            <PlaceLink {...place} />
          </li>
        ))}
      </ul>
      <RailFoot session={session} open={open} />
      <MoreMenu session={session} open={open} />
    </nav>
  )
}

const ProjectButton = ({ name = 'No project', open }: { name?: string; open: () => void }) => (
  <button type="button" className="rail-item rail-project" onClick={open} title={`Switch project: ${name}`}>
    <Icon name="project" />
    <span className="rail-word grow clip">{name}</span>
    <kbd className="rail-word">p</kbd>
  </button>
)

function PlaceLink({ href, label, icon, under }: Place) {
  const [location] = useLocation()
  return (
    <Link
      href={href}
      className="rail-item"
      title={label}
      aria-current={under?.test(location) ? 'page' : undefined}
    >
      <Icon name={icon} />
      <span className="rail-word">{label}</span>
    </Link>
  )
}

function RailFoot({ session: { user }, open }: Props) {
  const theme = useTheme()
  return (
    <div className="rail-foot">
      <Segmented label="Theme" options={themes} value={theme} onChange={setTheme} />
      <a className="rail-item" href="/docs" title="API reference">
        <Icon name="code" />
        <span className="rail-word">API reference</span>
      </a>
      <button type="button" className="rail-item" onClick={() => open('shortcuts')} title="Shortcuts">
        <Icon name="keys" />
        <span className="rail-word grow">Shortcuts</span>
        <kbd className="rail-word">?</kbd>
      </button>
      {user && !user.isDemo && <AccountLink name={user.name} />}
      <button type="button" className="rail-item" onClick={signOut} title="Sign out">
        <Icon name="leave" />
        <span className="rail-word">Sign out</span>
      </button>
    </div>
  )
}

function AccountLink({ name }: { name: string }) {
  const [location] = useLocation()
  return (
    <Link
      href="/account"
      className="rail-item"
      title={`Your account: ${name}`}
      aria-current={location.startsWith('/account') ? 'page' : undefined}
    >
      <Icon name="person" />
      <span className="rail-word grow clip">
        <span className="visually-hidden">Your account: </span>
        {name}
      </span>
    </Link>
  )
}

/** On a phone, what the head and the foot of the rail hold elsewhere. */
function MoreMenu({ session: { user, project }, open }: Props) {
  const theme = useTheme()
  const [, navigate] = useLocation()
  const account = { label: 'Your account', icon: 'person' as const, run: () => navigate('/account') }
  return (
    <div className="rail-more">
      <Menu
        label="More"
        icon="more"
        look="quiet"
        items={[
          { label: 'Switch project', hint: project?.name, icon: 'switch', run: () => open('projects') },
          { label: 'Search', icon: 'search', run: () => open('palette') },
          ...themes.map(({ value, label }) => ({
            label,
            checked: value === theme,
            run: () => setTheme(value),
          })),
          { label: 'API reference', icon: 'code', run: () => location.assign('/docs') },
          ...(user && !user.isDemo ? [account] : []),
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
