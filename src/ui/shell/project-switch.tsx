import { useState } from 'react'
import { useLocation } from 'wouter'
import { useProjects } from '../api/projects.ts'
import type { Session } from '../api/session.ts'
import { ComboList } from '../components/combo-list.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Icon, type IconName } from '../components/icons.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { roleName } from '../role-name.ts'
import { fuzzyScore } from './fuzzy-score.ts'
import { useSwitchTo } from './project-commands.ts'
import type { Overlay } from './shell.tsx'

type Choice = { key: string; label: string; icon: IconName; beside?: string; digit?: string; run: () => void }
type Props = { session: Session; onClose: () => void; open: (overlay: Overlay) => void }

const DIGITS = 9

/** The projects of a person, chosen by their digit, by typing, or with the arrow keys. */
export default function ProjectSwitch({ session, onClose, open }: Props) {
  const [query, setQuery] = useState('')
  const [failure, setFailure] = useState<unknown>()
  const [going, setGoing] = useState<string>()
  const switchTo = useSwitchTo()
  const enter = (id: string) => {
    if (id === session.project?.id) return onClose()
    setGoing(id)
    setFailure(undefined)
    switchTo(id).catch((error) => {
      setGoing(undefined)
      setFailure(error)
    })
  }
  const projects = useChoices(session, enter)
  const options = [...matching(projects, query), ...useActs({ session, onClose, open })]
  const onKey = (key: string) => {
    const chosen = query === '' ? projects.find(({ digit }) => digit === key) : undefined
    chosen?.run()
    return chosen !== undefined
  }
  return (
    <Dialog title="Switch project" hideTitle onClose={onClose}>
      <ComboList
        label="Switch project"
        placeholder="Type a project, or press its digit"
        query={query}
        onQuery={setQuery}
        options={options}
        onChoose={(choice) => choice?.run()}
        onKey={onKey}
      >
        {({ key, label, icon, beside, digit }) => (
          <>
            <Icon name={icon} />
            <span className="grow clip">{label}</span>
            <span className="muted">{key === going ? 'Opening' : beside}</span>
            {digit && <kbd>{digit}</kbd>}
          </>
        )}
      </ComboList>
      {failure !== undefined && <ProblemNotice error={failure} />}
    </Dialog>
  )
}

function useChoices({ project, projects = [] }: Session, enter: (id: string) => void): Choice[] {
  const roles = new Map(useProjects().data?.map(({ id, role }) => [id, role]))
  return projects.map(({ id, name, archived }, index) => {
    const role = roles.get(id)
    return {
      key: id,
      label: name,
      icon: id === project?.id ? 'check' : 'project',
      beside: [archived && 'archived', role && roleName(role)].filter(Boolean).join(' · '),
      digit: index < DIGITS ? String(index + 1) : undefined,
      run: () => enter(id),
    }
  })
}

function useActs({ session, onClose, open }: Props): Choice[] {
  const [, navigate] = useLocation()
  const go = () => {
    onClose()
    navigate('/settings')
  }
  const acts: Choice[] = []
  if (!session.user?.isDemo)
    acts.push({ key: 'new', label: 'New project', icon: 'plus', run: () => open('new-project') })
  if (session.project) acts.push({ key: 'settings', label: 'Project settings', icon: 'settings', run: go })
  return acts
}

const matching = (choices: Choice[], query: string) =>
  query.trim() ? choices.filter(({ label }) => fuzzyScore(label, query) > 0) : choices
