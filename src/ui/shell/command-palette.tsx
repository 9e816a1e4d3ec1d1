import { type KeyboardEvent, useId, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { useDocuments } from '../api/documents.ts'
import { signOut } from '../api/session.ts'
import { useSources } from '../api/sources.ts'
import { Dialog } from '../components/dialog.tsx'
import { Icon, type IconName } from '../components/icons.tsx'
import { useShortcuts } from '../keyboard/shortcuts.ts'
import { setTheme } from '../theme.ts'
import { fuzzyScore } from './fuzzy-score.ts'
import { usePageCommands } from './page-commands.ts'

/** `key` tells commands apart. */
export type Command = {
  key: string
  label: string
  icon: IconName
  kind?: string
  keys?: string
  run: () => void
}

const SHOWN_MAX = 12

/** Everything that can be done or gone to, by typing a few letters of it (ARIA APG, combobox with a list). */
export default function CommandPalette({
  onClose,
  openShortcuts,
}: {
  onClose: () => void
  openShortcuts: () => void
}) {
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const commands = useCommands(openShortcuts)
  const searchSources = useSourceSearch(query.trim())
  const found = useMemo(
    () => [...search(commands, query), ...searchSources],
    [commands, query, searchSources],
  )
  const run = (command: Command | undefined) => {
    if (!command) return
    onClose()
    // After the dialog has given focus back, so that the command may take it.
    setTimeout(command.run)
  }
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) setAt((at + step + found.length) % Math.max(1, found.length))
    else if (event.key === 'Enter') run(found[at])
    else return
    event.preventDefault()
  }
  return (
    <Dialog title="Search and commands" hideTitle onClose={onClose}>
      <div className="palette">
        <input
          autoFocus
          role="combobox"
          aria-label="Search and commands"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
          placeholder="Type a command, a document, a source"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setAt(0)
          }}
          onKeyDown={onKey}
        />
        <div id={id} role="listbox" aria-label="Results" className="palette-list">
          {found.map((command, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the text field has the keys of its list
            <div
              key={command.key}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              ref={index === at ? scrollIntoView : undefined}
              onPointerMove={() => setAt(index)}
              onClick={() => run(command)}
            >
              <Icon name={command.icon} />
              <span className="grow clip">{command.label}</span>
              {command.kind && <span className="muted">{command.kind}</span>}
              {command.keys?.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </div>
          ))}
        </div>
      </div>
    </Dialog>
  )
}

const scrollIntoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' })

function search(commands: Command[], query: string): Command[] {
  if (!query.trim()) return commands.slice(0, SHOWN_MAX)
  return commands
    .map((command) => ({ command, score: fuzzyScore(command.label, query) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, SHOWN_MAX)
    .map(({ command }) => command)
}

/** What is typed can always be looked for in the words of the sources. */
function useSourceSearch(q: string): Command[] {
  const [, navigate] = useLocation()
  return useMemo(() => {
    const run = () => navigate(`/sources?q=${encodeURIComponent(q)}`)
    return q ? [{ key: 'search', label: `Search sources for “${q}”`, icon: 'search', run }] : []
  }, [q, navigate])
}

function useCommands(openShortcuts: () => void): Command[] {
  const [, navigate] = useLocation()
  const shortcuts = useShortcuts()
  const page = usePageCommands()
  const documents = useDocuments().data?.pages.flatMap((each) => each.items) ?? []
  const sources = useSources().data?.pages.flatMap((each) => each.items) ?? []
  const keysOf = (label: string) => shortcuts.find((shortcut) => shortcut.label === label)?.keys
  const go = (label: string, icon: IconName, href: string): Command => ({
    key: href,
    label,
    icon,
    keys: keysOf(label),
    run: () => navigate(href),
  })
  return [
    ...page,
    go('New document', 'plus', '/documents/new'),
    go('Go to documents', 'document', '/'),
    go('Go to sources', 'source', '/sources'),
    go('Go to jobs', 'jobs', '/jobs'),
    ...documents.map(({ id, title }) => ({ ...go(title, 'document', `/documents/${id}`), kind: 'Document' })),
    ...sources.map(({ id, title }) => ({ ...go(title, 'source', `/sources/${id}`), kind: 'Source' })),
    { key: 'show', label: 'Show shortcuts', icon: 'keys', keys: '?', run: openShortcuts },
    { key: 'light', label: 'Light theme', icon: 'sun', run: () => setTheme('light') },
    { key: 'dark', label: 'Dark theme', icon: 'moon', run: () => setTheme('dark') },
    { key: 'theme', label: 'Theme of the system', icon: 'system', run: () => setTheme('system') },
    { key: 'api', label: 'API reference', icon: 'code', run: () => location.assign('/docs') },
    { key: 'sign', label: 'Sign out', icon: 'leave', run: () => void signOut() },
  ]
}
