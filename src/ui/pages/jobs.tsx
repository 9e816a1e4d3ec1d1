import { type ChangeEvent, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { cancelJob, type JobFilter, retryJob, useJobs } from '../api/jobs.ts'
import { useMay } from '../api/projects.ts'
import { queryClient } from '../api/query-client.ts'
import { cancelRun, type Job, type Run, resumeRun, useRecentRuns } from '../api/runs.ts'
import { Badge, type Tone } from '../components/badge.tsx'
import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { Elapsed, Moment } from '../components/time.tsx'
import { toast } from '../components/toasts.tsx'
import { knownSteps, stepLabel } from './document/run-progress.ts'
import { JobsNav } from './jobs/jobs-nav.tsx'

const states: Record<Job['state'], { word: string; tone: Tone }> = {
  queued: { word: 'Queued', tone: 'neutral' },
  running: { word: 'Running', tone: 'active' },
  succeeded: { word: 'Succeeded', tone: 'good' },
  dead: { word: 'Dead', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'warning' },
}

/** Every job of the project, newest first, live; the filters stand in the address. */
export default function Jobs() {
  const filter = Object.fromEntries(new URLSearchParams(useSearch())) as JobFilter
  const jobs = useJobs(filter)
  const items = jobs.data?.pages.flatMap((page) => page.items)
  return (
    <Page title="Jobs" act={<Filters filter={filter} />}>
      <JobsNav />
      {jobs.error && (
        <ProblemNotice error={jobs.error} act={<Button onClick={() => jobs.refetch()}>Try again</Button>} />
      )}
      {!items && !jobs.error && <Skeleton lines={10} />}
      {items?.length === 0 && (
        <EmptyState>
          {Object.keys(filter).length
            ? 'No job fits these filters.'
            : 'The steps of every run will stand here.'}
        </EmptyState>
      )}
      {items && items.length > 0 && <JobTable jobs={items} />}
      {jobs.hasNextPage && (
        <div className="more">
          <Button pending={jobs.isFetchingNextPage} onClick={() => jobs.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </Page>
  )
}

function Filters({ filter }: { filter: JobFilter }) {
  const [, navigate] = useLocation()
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
        {Object.entries(states).map(([state, { word }]) => (
          <option key={state} value={state}>
            {word}
          </option>
        ))}
      </select>
      <select aria-label="Step" value={filter.kind ?? ''} onChange={set('kind')}>
        <option value="">Every step</option>
        {knownSteps.map((step) => (
          <option key={step} value={step}>
            {stepLabel(step)}
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

function JobTable({ jobs }: { jobs: Job[] }) {
  const runs = new Map(useRecentRuns().data?.map((run) => [run.id, run]))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table" aria-label="Jobs" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">State</th>
            <th scope="col">Run</th>
            <th scope="col" className="number">
              Attempts
            </th>
            <th scope="col" className="number">
              Took
            </th>
            <th scope="col" className="number">
              Queued
            </th>
            <th scope="col">
              <span className="visually-hidden">Acts</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} run={runs.get(job.runId ?? '')} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function JobRow({ job, run }: { job: Job; run: Run | undefined }) {
  const { word, tone } = states[job.state]
  return (
    <tr>
      <th scope="row" title={job.id}>
        {stepLabel(job.kind)} {job.key && <span className="muted">{job.key}</span>}
      </th>
      <td>
        <Badge tone={tone}>{word}</Badge>
        {job.error && (
          <p className="muted job-error" title={job.error.message}>
            {job.error.message}
          </p>
        )}
      </td>
      <td>
        {job.runId && <Link href={`/jobs?runId=${job.runId}`}>…{job.runId.slice(-6)}</Link>}{' '}
        {run && (
          <Link href={`/documents/${run.documentId}`} className="muted">
            document
          </Link>
        )}
      </td>
      <td className="number">{job.attempts}</td>
      <td className="number">
        <Elapsed from={job.startedAt} to={job.finishedAt} />
      </td>
      <td className="number">
        <Moment at={job.createdAt} />
      </td>
      <td className="number">
        <JobAct job={job} />
      </td>
    </tr>
  )
}

/** A job of a run is cancelled and resumed with its run: a run without one of its steps makes no post. */
function JobAct({ job }: { job: Job }) {
  const [pending, setPending] = useState(false)
  const act = async (change: Promise<unknown>) => {
    setPending(true)
    await change.catch((error: Error) => toast(error.message, { isError: true }))
    setPending(false)
    await queryClient.invalidateQueries({ queryKey: ['jobs'] })
  }
  const { id, runId } = job
  const mayRun = useMay('pipelines:run')
  const mayChange = useMay('jobs:write')
  if (runId ? !mayRun : !mayChange) return null
  if (job.state === 'queued' || job.state === 'running')
    return (
      <Button look="quiet" pending={pending} onClick={() => act(runId ? cancelRun(runId) : cancelJob(id))}>
        {runId ? 'Cancel run' : 'Cancel'}
      </Button>
    )
  if (job.state === 'dead' || job.state === 'cancelled')
    return (
      <Button look="quiet" pending={pending} onClick={() => act(runId ? resumeRun(runId) : retryJob(id))}>
        {runId ? 'Resume run' : 'Retry'}
      </Button>
    )
  return null
}
