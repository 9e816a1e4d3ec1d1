import { useId, useState } from 'react'
import { Link } from 'wouter'
import { discardGroup, type ErrorGroup } from '../../api/dead-letters.ts'
import { useMay } from '../../api/projects.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icons.tsx'
import { Moment } from '../../components/time.tsx'
import { kindLabel } from '../document/run-progress.ts'
import { Discard } from './discard.tsx'
import { countJobs, cureOf } from './failure-words.ts'
import { handOnFocus } from './hand-on-focus.ts'
import { LetterTable } from './letter-table.tsx'
import { useReader, useRetryGroup } from './use-retry.ts'
import { WhoCan } from './who-can.tsx'

type Props = { group: ErrorGroup; isOpen: boolean; onToggle: () => void }

/** What jobs of one kind died of, how many and since when; it opens to the jobs themselves. */
export function LetterGroup({ group, isOpen, onToggle }: Props) {
  const { kind, error } = group
  const id = useId()
  const retry = useRetryGroup(group)
  const mayResume = useMay('pipelines:run') && group.ofRuns > 0
  const reader = useReader(retry !== undefined || mayResume)
  return (
    <li className="letter-group" ref={handOnFocus}>
      <div className="row" data-look="letters">
        <div className="row-main">
          <h2>
            <button
              type="button"
              className="row-title"
              aria-expanded={isOpen}
              aria-controls={isOpen ? id : undefined}
              onClick={onToggle}
            >
              <Icon name="down" />
              {kindLabel(kind)}
            </button>
          </h2>
          <p dir="auto">{error?.message}</p>
          <p className="muted">
            {cureOf(error?.code, reader)} {!retry && <WhoCan part={group.ofRuns > 0 ? 'runs' : 'no run'} />}
          </p>
        </div>
        <Figures group={group} />
        <GroupActs group={group} retry={retry} />
      </div>
      {isOpen && (
        <div id={id}>
          <LetterTable group={group.group} label={`${kindLabel(kind)}: ${error?.message ?? ''}`} />
        </div>
      )}
    </li>
  )
}

const Figures = ({ group: { count, firstAt, lastAt, run } }: { group: ErrorGroup }) => (
  <p className="letter-figures muted">
    <Badge tone="bad">{countJobs(count)}</Badge>
    <span>
      {count > 1 && (
        <>
          since <Moment at={firstAt} />, last{' '}
        </>
      )}
      <Moment at={lastAt} />
    </span>
    {run && <Link href={`/documents/${run.documentId}`}>Open the document</Link>}
  </p>
)

function GroupActs({ group, retry }: { group: ErrorGroup; retry: ReturnType<typeof useRetryGroup> }) {
  const [asking, setAsking] = useState(false)
  const mayDiscard = useMay('jobs:write')
  const { kind, count } = group
  const away = count === 1 ? 'Discard' : 'Discard all'
  if (!retry && !mayDiscard) return null
  return (
    <div className="acts letter-acts">
      {retry && (
        <Button
          icon="restore"
          pending={retry.pending}
          onClick={retry.run}
          aria-label={`${retry.name}: ${kindLabel(kind)}`}
        >
          {retry.name}
        </Button>
      )}
      {mayDiscard && (
        <Button look="quiet" onClick={() => setAsking(true)} aria-label={`${away}: ${kindLabel(kind)}`}>
          {away}
        </Button>
      )}
      {asking && (
        <Discard
          what={countJobs(count)}
          discard={() => discardGroup(group)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  )
}
