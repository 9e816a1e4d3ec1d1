import type { getRun } from '#src/pipelines/runs.ts'

const BAR_CELLS = 24
const CLEAR_LINE = '\r\x1b[2K'

type RunProgress = Pick<Awaited<ReturnType<typeof getRun>>, 'state' | 'steps' | 'jobs'>
type Terminal = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>

/** Shows how far a run is: a bar that redraws itself on a terminal, else a line for each finished job. */
export function showProgress(terminal: Terminal): { update(run: RunProgress): void } {
  const told = new Set<string>()
  return {
    update(run) {
      if (terminal.isTTY) drawBar(terminal, run)
      else tellFinished(terminal, run, told)
    },
  }
}

function drawBar(terminal: Terminal, { state, steps, jobs }: RunProgress) {
  const done = jobs.filter((job) => job.state === 'succeeded').length
  const current = jobs.findLast((job) => job.state === 'running') ?? jobs.at(-1)
  const share = state === 'succeeded' ? 1 : shareDone(steps, jobs)
  const filled = Math.round(share * BAR_CELLS)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled)
  const ended = state === 'succeeded' || state === 'failed'
  const label = ended ? `${done} jobs done` : (current?.kind ?? '')
  terminal.write(
    `${CLEAR_LINE}${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${label}${ended ? '\n' : ''}`,
  )
}

/** Every step counts the same; a step of several jobs counts by how many of them have finished. */
function shareDone(steps: string[], jobs: RunProgress['jobs']): number {
  const shares = steps.map((step) => {
    const ofStep = jobs.filter((job) => job.kind === step)
    return ofStep.length ? ofStep.filter((job) => job.state === 'succeeded').length / ofStep.length : 0
  })
  return shares.reduce((sum, share) => sum + share, 0) / steps.length
}

function tellFinished(terminal: Terminal, { jobs }: RunProgress, told: Set<string>) {
  for (const { id, kind, key, state } of jobs) {
    if (state !== 'succeeded' || told.has(id)) continue
    told.add(id)
    terminal.write(`${kind}${key ? ` ${key}` : ''} done\n`)
  }
}
