import type { Job, RunWithJobs } from '../../api/runs.ts'
import type { NextTry, Step, StepState } from '../../components/step-list.tsx'

const steps: Record<string, string> = {
  'outline.generate': 'Plan the outline',
  'chapters.organize': 'Sort the material',
  'section.write': 'Write the sections',
  'seo.generate': 'Describe it for search',
  'images.prompt': 'Describe the pictures',
  'blog.compose': 'Put it together',
  'document.persist': 'Save the version',
}

const scheduled: Record<string, string> = {
  'records.purge': 'Delete what is old',
  'jobs.sweep': 'Look for stuck jobs',
  'dead_letters.digest': 'Mail what died',
}

/** Why something is tried again, by its code. */
const reasons: Record<string, string> = {
  timeout: 'It took too long',
  internal: 'Something failed',
  conflict: 'The document changed meanwhile',
  address_unreachable: 'The address did not answer',
  rate_limited: 'It was asked too often',
  unavailable: 'What it needs could not be reached',
}

export const knownSteps = Object.keys(steps)

/** What a kind of job does, in words; a kind that this version does not know by its name. */
export const kindLabel = (kind: string) => steps[kind] ?? scheduled[kind] ?? kind

/** Whether a job failed and waits for its next attempt. */
export const isTriedAgain = (job: Job) =>
  job.state === 'queued' && job.attempts > 0 && job.error !== undefined

/** What became of an attempt of a job, and its next one. */
export const nextTry = ({ error, attempts, dueAt }: Job): NextTry => ({
  reason: reasons[error?.code ?? ''] ?? 'It failed',
  message: error?.message,
  attempt: attempts + 1,
  at: dueAt,
})

/** The steps of a run as its jobs show them. */
export function runSteps(run: RunWithJobs): Step[] {
  return run.steps.map((name) => {
    const jobs = run.jobs.filter((job) => job.kind === name)
    const done = jobs.filter((job) => job.state === 'succeeded').length
    const state = stateOf(jobs, run.state)
    const isOpen = state === 'active' || state === 'retrying'
    const failed = jobs.filter(isTriedAgain).sort((a, b) => order(a.dueAt, b.dueAt))[0]
    const attempt = most(jobs.filter((job) => job.state === 'running').map((job) => job.attempts))
    return {
      name,
      label: kindLabel(name),
      state,
      detail: jobs.length > 1 ? `${done}/${jobs.length}` : undefined,
      ...(isOpen && failed ? { next: nextTry(failed) } : {}),
      ...(state === 'active' && attempt > 1 ? { attempt } : {}),
      from: workedSince(jobs),
      to: isOpen ? undefined : latest(jobs.map((job) => job.finishedAt)),
    }
  })
}

/** How far a run is, in words for the tab's title and for those who listen. */
export function progressText(run: RunWithJobs): string {
  const steps = runSteps(run)
  const active = steps.find(({ state }) => state === 'active' || state === 'retrying')
  if (run.state === 'queued' && !active) return 'Waiting for a worker'
  if (!active) return ''
  const { label, detail, state } = active
  if (state === 'retrying') return `${label}: it failed, and is tried again`
  return detail ? `${label}, ${detail}` : label
}

function stateOf(jobs: Job[], run: RunWithJobs['state']): StepState {
  const has = (state: Job['state']) => jobs.some((job) => job.state === state)
  if (has('dead')) return 'failed'
  if (jobs.length > 0 && jobs.every((job) => job.state === 'succeeded')) return 'done'
  if (run === 'cancelled' || run === 'failed') return jobs.length === 0 ? 'unreached' : 'stopped'
  if (!has('running') && jobs.some(isTriedAgain)) return 'retrying'
  return has('running') || has('succeeded') ? 'active' : 'waiting'
}

/**
 * From when the work on jobs counts, so that the time in which none of them was worked on is left out: a step may go
 * on hours after one of its jobs died. Undefined before any of them began.
 */
function workedSince(jobs: Job[]): string | undefined {
  const spans = jobs
    .filter((job) => job.startedAt !== undefined)
    .map((job) => ({
      from: Date.parse(job.startedAt!),
      to: job.finishedAt ? Date.parse(job.finishedAt) : Number.POSITIVE_INFINITY,
    }))
    .sort((a, b) => a.from - b.from)
  if (!spans[0]) return undefined
  let since = spans[0].from
  let until = spans[0].to
  for (const { from, to } of spans) {
    since += Math.max(0, from - until)
    until = Math.max(until, to)
  }
  return new Date(since).toISOString()
}

const latest = (times: (string | undefined)[]) =>
  times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1)

const order = (a = '', b = '') => (a < b ? -1 : a > b ? 1 : 0)
const most = (figures: number[]) => Math.max(0, ...figures)
