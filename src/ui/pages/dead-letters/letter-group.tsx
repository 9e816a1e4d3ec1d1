import { useId, useState } from 'react'
import { discardGroup, type ErrorGroup } from '../../api/dead-letters.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icons.tsx'
import { Moment } from '../../components/time.tsx'
import { stepLabel } from '../document/run-progress.ts'
import { Discard } from './discard.tsx'
import { countJobs, cureOf } from './failure-words.ts'
import { handOnFocus } from './hand-on-focus.ts'
import { LetterTable } from './letter-table.tsx'
import { useRetryGroup } from './use-retry.ts'

type Props = { group: ErrorGroup; isOpen: boolean; onToggle: () => void }

/** What jobs of one kind died of, how many and since when; it opens to the jobs themselves. */
export function LetterGroup({ group, isOpen, onToggle }: Props) {
  const { kind, count, error, firstAt, lastAt } = group
  const id = useId()
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
              {stepLabel(kind)}
            </button>
          </h2>
          <p dir="auto">{error?.message}</p>
          <p className="muted">{cureOf(error?.code)}</p>
        </div>
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
        </p>
        <GroupActs group={group} />
      </div>
      {isOpen && (
        <div id={id}>
          <LetterTable group={group.group} label={`${stepLabel(kind)}: ${error?.message ?? ''}`} />
        </div>
      )}
    </li>
  )
}

function GroupActs({ group }: { group: ErrorGroup }) {
  const [asking, setAsking] = useState(false)
  const retry = useRetryGroup(group)
  if (!retry) return null
  const { kind, count } = group
  const [again, away] = count === 1 ? ['Retry', 'Discard'] : ['Retry all', 'Discard all']
  return (
    <div className="acts">
      <Button
        icon="restore"
        pending={retry.pending}
        onClick={retry.run}
        aria-label={`${again}: ${stepLabel(kind)}`}
      >
        {again}
      </Button>
      <Button look="quiet" onClick={() => setAsking(true)} aria-label={`${away}: ${stepLabel(kind)}`}>
        {away}
      </Button>
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
