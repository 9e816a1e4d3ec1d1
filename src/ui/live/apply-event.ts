import { queryClient, refreshSession } from '../api/query-client.ts'
import { isActive, type Job, keepRun, type Run, type RunWithJobs } from '../api/runs.ts'
import type { ServerEvent } from './event-parser.ts'
import { hearText } from './run-text.ts'

const REFRESH_MS = 400

const waiting = new Map<string, Timer>()

/** Carries an event into what the page knows. State events are snapshots; lists are read again, not too often. */
export function applyEvent({ type, data }: ServerEvent) {
  if (type === 'reset') return void queryClient.invalidateQueries()
  const payload = JSON.parse(data)
  if (type === 'section.text') hearText(payload)
  else if (type === 'run.updated') applyRun(payload)
  else if (type === 'job.updated') applyJob(payload)
  else if (type === 'source.created') refresh(['sources'])
  else if (type === 'alarm.updated') refresh(['alarms'])
  else if (type === 'members.updated' || type === 'project.updated') applyRights()
  else if (type.startsWith('document.')) {
    refresh(['documents'])
    if (type === 'document.updated') refresh(['document', payload.id])
  }
}

function applyRun(run: Run) {
  keepRun(run)
  if (isActive(run)) return
  void queryClient.invalidateQueries({ queryKey: ['document', run.documentId] })
  refresh(['documents'])
}

/** Rights are asked for at once: who was removed is out, and who may do more sees it. */
function applyRights() {
  refreshSession()
  for (const name of ['members', 'invitations', 'project-keys', 'projects', 'audit']) refresh([name])
}

function applyJob(job: Job) {
  refresh(['jobs'])
  if (job.state !== 'running' && job.state !== 'succeeded') refresh(['dead-letters'])
  if (!job.runId) return
  const known = queryClient.getQueryData<RunWithJobs>(['run', job.runId])
  if (!known) return
  const others = known.jobs.filter((other) => other.id !== job.id)
  const jobs = [...others, job].sort((a, b) => (a.id < b.id ? -1 : 1))
  queryClient.setQueryData<RunWithJobs>(['run', job.runId], { ...known, jobs })
}

function refresh(queryKey: string[]) {
  const name = queryKey.join()
  if (waiting.has(name)) return
  const timer = setTimeout(() => {
    waiting.delete(name)
    void queryClient.invalidateQueries({ queryKey })
  }, REFRESH_MS)
  waiting.set(name, timer)
}
