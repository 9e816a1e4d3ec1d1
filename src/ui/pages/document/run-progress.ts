import type { Job, RunWithJobs } from '../../api/runs.ts'
import type { Step, StepState } from '../../components/step-list.tsx'

const labels: Record<string, string> = {
  'outline.generate': 'Plan the outline',
  'chapters.organize': 'Sort the material',
  'section.write': 'Write the sections',
  'seo.generate': 'Describe it for search',
  'images.prompt': 'Describe the pictures',
  'blog.compose': 'Put it together',
  'document.persist': 'Save the version',
}

export const knownSteps = Object.keys(labels)

export const stepLabel = (step: string) => labels[step] ?? step

/** The steps of a run as its jobs show them. */
export function runSteps(run: RunWithJobs): Step[] {
  return run.steps.map((name) => {
    const jobs = run.jobs.filter((job) => job.kind === name)
    const done = jobs.filter((job) => job.state === 'succeeded').length
    const state = stateOf(jobs, run.state)
    const ended = state === 'done' || state === 'failed' || state === 'stopped'
    return {
      name,
      label: stepLabel(name),
      state,
      detail: jobs.length > 1 ? `${done}/${jobs.length}` : undefined,
      from: least(jobs.map((job) => job.startedAt)),
      to: ended ? most(jobs.map((job) => job.finishedAt)) : undefined,
    }
  })
}

/** How far a run is, in words for the tab's title and for those who listen. */
export function progressText(run: RunWithJobs): string {
  const steps = runSteps(run)
  const active = steps.find((step) => step.state === 'active')
  if (run.state === 'queued' && !active) return 'Waiting for a worker'
  if (!active) return ''
  return active.detail ? `${active.label}, ${active.detail}` : active.label
}

function stateOf(jobs: Job[], run: RunWithJobs['state']): StepState {
  if (jobs.length === 0) return 'waiting'
  if (jobs.some((job) => job.state === 'dead')) return 'failed'
  if (jobs.every((job) => job.state === 'succeeded')) return 'done'
  if (run === 'cancelled' || run === 'failed') return 'stopped'
  return jobs.some((job) => job.state === 'running' || job.state === 'succeeded') ? 'active' : 'waiting'
}

const known = (times: (string | undefined)[]) => times.filter((time) => time !== undefined).sort()
const least = (times: (string | undefined)[]) => known(times)[0]
const most = (times: (string | undefined)[]) => known(times).at(-1)
