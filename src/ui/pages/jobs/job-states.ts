import type { Job } from '../../api/runs.ts'
import type { Tone } from '../../components/badge.tsx'

/** How the state of a job is shown. */
export const jobStates: Record<Job['state'], { word: string; tone: Tone }> = {
  queued: { word: 'Queued', tone: 'neutral' },
  running: { word: 'Running', tone: 'active' },
  succeeded: { word: 'Succeeded', tone: 'good' },
  dead: { word: 'Dead', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'warning' },
}
