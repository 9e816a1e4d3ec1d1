import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useMay } from '../../api/projects.ts'
import { cancelRun, isActive, jobOutputQuery, type RunWithJobs, resumeRun, useRun } from '../../api/runs.ts'
import { Button, ButtonLink } from '../../components/button.tsx'
import { useTabTitle } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { StepList } from '../../components/step-list.tsx'
import { toast } from '../../components/toasts.tsx'
import { DeskBar } from './desk-bar.tsx'
import { LiveSection } from './live-section.tsx'
import { progressText, runSteps } from './run-progress.ts'

type Planned = { title?: string; chapters?: Chapter[]; sections?: Chapter[] }
type Chapter = { key: string; heading: string }

/** A run as it goes: its steps at the side, the text as it appears, and always a way to stop it. */
export function RunView({ id, title, menu }: { id: string; title: string; menu: ReactNode }) {
  const { data: run, error, refetch } = useRun(id)
  const progress = run ? progressText(run) : ''
  useTabTitle(progress ? `${progress} · ${title}` : title)
  return (
    <div className="desk">
      <DeskBar>
        {run && <RunActs run={run} />}
        {menu}
      </DeskBar>
      <aside className="desk-outline desk-steps" aria-label="Steps">
        <h2 className="side-title">Progress</h2>
        {run ? <StepList steps={runSteps(run)} /> : <Skeleton lines={7} />}
      </aside>
      <article className="desk-text live">
        <h1 dir="auto">{title}</h1>
        {error && !run && (
          <ProblemNotice error={error} act={<Button onClick={() => refetch()}>Try again</Button>} />
        )}
        <p className="live-status" role="status">
          {progress && run && isActive(run) ? `${progress}. You may leave; the work goes on.` : null}
        </p>
        {run && <Ending run={run} />}
        {run && <LiveText run={run} />}
      </article>
    </div>
  )
}

function RunActs({ run }: { run: RunWithJobs }) {
  const [pending, setPending] = useState(false)
  const mayRun = useMay('pipelines:run')
  const act = (change: Promise<unknown>) => {
    setPending(true)
    change.catch((error: Error) => toast(error.message, { isError: true })).finally(() => setPending(false))
  }
  if (!mayRun) return null
  if (isActive(run))
    return (
      <Button icon="stop" pending={pending} onClick={() => act(cancelRun(run.id))}>
        Cancel
      </Button>
    )
  if (isHopeless(run))
    return (
      <ButtonLink look="primary" icon="plus" href="/documents/new">
        New document
      </ButtonLink>
    )
  return (
    <Button look="primary" icon="restore" pending={pending} onClick={() => act(resumeRun(run.id))}>
      Resume
    </Button>
  )
}

function Ending({ run }: { run: RunWithJobs }) {
  const mayRun = useMay('pipelines:run')
  if (run.state === 'failed')
    return (
      <ProblemNotice
        error={new Error(run.error?.message ?? 'The run failed.')}
        safe={
          isHopeless(run)
            ? 'The source is kept: begin a new document with it and more material.'
            : `What was finished is kept${mayRun ? '; Resume goes on from the step that failed' : ''}.`
        }
      />
    )
  if (run.state === 'cancelled')
    return (
      <p className="notice">
        The run was cancelled. What was finished is kept{mayRun && '; Resume goes on from there'}.
      </p>
    )
  return null
}

/** Some failures would only be met again. */
const isHopeless = (run: RunWithJobs) => run.error?.code === 'source_too_short'

function LiveText({ run }: { run: RunWithJobs }) {
  const jobOf = (kind: string) => run.jobs.find((job) => job.kind === kind && job.state === 'succeeded')
  const planner = jobOf('chapters.organize') ?? jobOf('outline.generate')
  const plan = useQuery({ ...jobOutputQuery(planner?.id ?? ''), enabled: planner !== undefined })
    .data as Planned | null
  const chapters = plan?.chapters ?? plan?.sections
  if (!chapters) return isActive(run) ? <Skeleton look="text" lines={8} /> : null
  return (
    <>
      {chapters.map(({ key, heading }) => (
        <LiveSection
          key={key}
          heading={heading}
          isOver={!isActive(run)}
          job={run.jobs.find((job) => job.kind === 'section.write' && job.key === key)}
        />
      ))}
    </>
  )
}
