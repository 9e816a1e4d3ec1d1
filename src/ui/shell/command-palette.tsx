import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { useDocuments } from '../api/documents.ts'
import { useMay } from '../api/projects.ts'
import { type Session, signOut } from '../api/session.ts'
import { useSources } from '../api/sources.ts'
import { ComboList } from '../components/combo-list.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Icon, type IconName } from '../components/icons.tsx'
import { setTheme } from '../theme.ts'
import { fuzzyScore } from './fuzzy-score.ts'
import { usePageCommands } from './page-commands.ts'
import { usePlaces } from './places.ts'
import { useProjectCommands } from './project-commands.ts'
import type { Overlay } from './shell.tsx'

/** `key` tells commands apart. */
export type Command = {
  key: string
  label: string
  icon: IconName
  kind?: string
  keys?: string
  run: () => void
}

type Props = { session: Session; onClose: () => void; open: (overlay: Overlay) => void }

const SHOWN_MAX = 12

/** Everything that can be done or gone to, by typing a few letters of it. */
export default function CommandPalette({ session, onClose, open }: Props) {
  const [query, setQuery] = useState('')
  const commands = useCommands(session, open)
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
  return (
    <Dialog title="Search and commands" hideTitle onClose={onClose}>
      <ComboList
        label="Search and commands"
        placeholder="Type a command, a document, a source"
        query={query}
        onQuery={setQuery}
        options={found}
        onChoose={run}
      >
        {({ icon, label, kind, keys }) => (
          <>
            <Icon name={icon} />
            <span className="grow clip">{label}</span>
            {kind && <span className="muted">{kind}</span>}
            {keys?.split(' ').map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </>
        )}
      </ComboList>
    </Dialog>
  )
}

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
  const mayRead = useMay('sources:read')
  return useMemo(() => {
    const run = () => navigate(`/sources?q=${encodeURIComponent(q)}`)
    return q && mayRead ? [{ key: 'search', label: `Search sources for “${q}”`, icon: 'search', run }] : []
  }, [q, mayRead, navigate])
}

function useCommands(session: Session, open: (overlay: Overlay) => void): Command[] {
  const page = usePageCommands()
  const goings = useGoings()
  const found = useFound()
  const projects = useProjectCommands(session, open)
  return [
    ...page,
    ...goings,
    ...found,
    ...projects,
    { key: 'show', label: 'Show shortcuts', icon: 'keys', keys: '?', run: () => open('shortcuts') },
    { key: 'light', label: 'Light theme', icon: 'sun', run: () => setTheme('light') },
    { key: 'dark', label: 'Dark theme', icon: 'moon', run: () => setTheme('dark') },
    { key: 'theme', label: 'Theme of the system', icon: 'system', run: () => setTheme('system') },
    { key: 'api', label: 'API reference', icon: 'code', run: () => location.assign('/docs') },
    { key: 'sign', label: 'Sign out', icon: 'leave', run: () => void signOut() },
  ]
}

function useGoings(): Command[] {
  const [, navigate] = useLocation()
  const mayWrite = useMay('documents:write')
  const places = usePlaces().map(
    ({ href, label, icon, keys }): Command => ({
      key: href,
      label: `Go to ${label.toLowerCase()}`,
      icon,
      keys,
      run: () => navigate(href),
    }),
  )
  if (!mayWrite) return places
  const run = () => navigate('/documents/new')
  return [{ key: 'new', label: 'New document', icon: 'plus', keys: 'n', run }, ...places]
}

/** The documents and sources that the page knows of. */
function useFound(): Command[] {
  const [, navigate] = useLocation()
  const documents = useDocuments(useMay('documents:read')).data?.pages.flatMap((each) => each.items) ?? []
  const sources = useSources(useMay('sources:read')).data?.pages.flatMap((each) => each.items) ?? []
  const going = (label: string, href: string) => ({ key: href, label, run: () => navigate(href) })
  return [
    ...documents.map(
      ({ id, title }): Command => ({
        ...going(title, `/documents/${id}`),
        icon: 'document',
        kind: 'Document',
      }),
    ),
    ...sources.map(
      ({ id, title }): Command => ({ ...going(title, `/sources/${id}`), icon: 'source', kind: 'Source' }),
    ),
  ]
}
