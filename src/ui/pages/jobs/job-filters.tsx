import type { ChangeEvent } from 'react'
import { useLocation } from 'wouter'
import { useErrorGroups } from '../../api/dead-letters.ts'
import { type JobFilter, useRecentKinds } from '../../api/jobs.ts'
import { Button } from '../../components/button.tsx'
import { kindLabel, knownSteps } from '../document/run-progress.ts'
import { jobStates } from './job-states.ts'

/** What of the jobs is shown; it stands in the address. */
export function JobFilters({ filter }: { filter: JobFilter }) {
  const [, navigate] = useLocation()
  const kinds = useKinds(filter.kind)
  const set = (name: keyof JobFilter) => (event: ChangeEvent<HTMLSelectElement>) => {
    const next = new URLSearchParams(filter)
    if (event.target.value) next.set(name, event.target.value)
    else next.delete(name)
    navigate(next.size ? `/jobs?${next}` : '/jobs', { replace: true })
  }
  return (
    <div className="filters">
      <select aria-label="State" value={filter.state ?? ''} onChange={set('state')}>
        <option value="">Every state</option>
        {Object.entries(jobStates).map(([state, { word }]) => (
          <option key={state} value={state}>
            {word}
          </option>
        ))}
      </select>
      <select aria-label="Kind" value={filter.kind ?? ''} onChange={set('kind')}>
        <option value="">Every kind</option>
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {kindLabel(kind)}
          </option>
        ))}
      </select>
      {filter.runId && (
        <Button icon="cross" onClick={() => navigate('/jobs')}>
          One run
        </Button>
      )}
    </div>
  )
}

/** The steps in their order, then whatever else the project's jobs are. */
function useKinds(chosen: string | undefined): string[] {
  const recent = useRecentKinds().data ?? []
  const dead = useErrorGroups().data?.map(({ kind }) => kind) ?? []
  const others = [...recent, ...dead, ...(chosen ? [chosen] : [])].filter(
    (kind) => !knownSteps.includes(kind),
  )
  return [...knownSteps, ...new Set(others.sort())]
}
