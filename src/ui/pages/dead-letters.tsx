import { useLocation, useSearch } from 'wouter'
import { useErrorGroups } from '../api/dead-letters.ts'
import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { LetterGroup } from './dead-letters/letter-group.tsx'
import { JobsNav } from './jobs/jobs-nav.tsx'

/** The jobs that were given up, by what they died of, live; the open group stands in the address. */
export default function DeadLetters() {
  const [opened, open] = useOpenGroup()
  const groups = useErrorGroups()
  return (
    <Page title="Dead letters">
      <JobsNav />
      {groups.error && (
        <ProblemNotice
          error={groups.error}
          act={<Button onClick={() => groups.refetch()}>Try again</Button>}
        />
      )}
      {!groups.data && !groups.error && <Skeleton lines={4} />}
      {groups.data?.length === 0 && (
        <EmptyState>
          Nothing was given up. Jobs that failed for good will stand here, by their cause.
        </EmptyState>
      )}
      {groups.data && groups.data.length > 0 && (
        <ul className="rows" aria-label="Dead letters by cause">
          {groups.data.map((each) => (
            <LetterGroup
              key={each.group}
              group={each}
              isOpen={each.group === opened}
              onToggle={() => open(each.group === opened ? undefined : each.group)}
            />
          ))}
        </ul>
      )}
    </Page>
  )
}

function useOpenGroup(): [string | undefined, (group: string | undefined) => void] {
  const [location, navigate] = useLocation()
  const opened = new URLSearchParams(useSearch()).get('group') ?? undefined
  const open = (group: string | undefined) =>
    navigate(group ? `${location}?${new URLSearchParams({ group })}` : location, { replace: true })
  return [opened, open]
}
