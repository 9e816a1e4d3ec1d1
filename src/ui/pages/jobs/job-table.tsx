import { useState } from 'react'
import { cancelJob, retryJob } from '../../api/jobs.ts'
import { useMay } from '../../api/projects.ts'
import { queryClient } from '../../api/query-client.ts'
import { cancelRun, type Job, type Run, resumeRun, useRecentRuns } from '../../api/runs.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { NextAttempt } from '../../components/next-attempt.tsx'
import { Elapsed, Moment } from '../../components/time.tsx'
import { toast } from '../../components/toasts.tsx'
import { isTriedAgain, kindLabel } from '../document/run-progress.ts'
import { jobStates } from './job-states.ts'
import { RunLinks } from './run-links.tsx'

/** Jobs, one a row; on a phone the rows stack. */
export function JobTable({ jobs }: { jobs: Job[] }) {
  const runs = new Map(useRecentRuns().data?.map((run) => [run.id, run]))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table jobs" aria-label="Jobs" tabIndex={0}>
      <table>
        <Head />
        <tbody>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} run={runs.get(job.runId ?? '')} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

const Head = () => (
  <thead>
    <tr>
      <th scope="col">Job</th>
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
)

function JobRow({ job, run }: { job: Job; run: Run | undefined }) {
  const { word, tone } = jobStates[job.state]
  return (
    <tr>
      <th scope="row" title={job.id}>
        {kindLabel(job.kind)} {job.key && <span className="muted">{job.key}</span>}
      </th>
      <td>
        <Badge tone={tone}>{word}</Badge>
        {isTriedAgain(job) && (
          <p className="muted">
            <NextAttempt at={job.dueAt} attempt={job.attempts + 1} />
          </p>
        )}
        {job.error && (
          <p className="muted job-error" dir="auto">
            {job.error.message}
          </p>
        )}
      </td>
      <td data-label="Run">{job.runId && <RunLinks id={job.runId} run={run} />}</td>
      <td className="number" data-label="Attempts">
        {job.attempts}
      </td>
      <td className="number" data-label="Took">
        <Took job={job} />
      </td>
      <td className="number" data-label="Queued">
        <Moment at={job.createdAt} />
      </td>
      <td className="number">
        <JobAct job={job} />
      </td>
    </tr>
  )
}

/** Nothing where it is not known: between several attempts a job lay and waited. */
const Took = ({ job: { state, attempts, startedAt, finishedAt } }: { job: Job }) =>
  attempts === 1 && state !== 'queued' ? <Elapsed from={startedAt} to={finishedAt} /> : null

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
