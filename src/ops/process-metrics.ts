import { VERSION } from '#src/version.ts'
import { createRegistry, gauge } from './metric-registry.ts'

const JOB_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900]
/** Any other is counted as one: a client may call its method what it likes. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30]

/** What became of an attempt at a job; one that was handed back or cancelled counts as none. */
export type Outcome = 'succeeded' | 'retried' | 'dead' | 'lost'

/** Told by a worker of each attempt. Times are in milliseconds. */
export type JobObserver = {
  /** A job begins for the first time, so long after it was asked for. */
  began(kind: string, waitMs: number): void
  ended(kind: string, outcome: Outcome, durationMs: number): void
}

export type ProcessMetrics = {
  jobs: JobObserver
  request(method: string, status: number, durationMs: number): void
  text(): string
}

/** What this process has done since it started. */
export function createProcessMetrics(): ProcessMetrics {
  const registry = createRegistry()
  const waits = registry.histogram(
    'quill_job_wait_seconds',
    'From when a job was asked for to when it began.',
    JOB_SECONDS,
  )
  const durations = registry.histogram(
    'quill_job_duration_seconds',
    'How long an attempt at a job took.',
    JOB_SECONDS,
  )
  const retries = registry.counter('quill_job_retries_total', 'Attempts that failed and are tried again.')
  const deaths = registry.counter('quill_job_deaths_total', 'Jobs that became dead letters.')
  const losses = registry.counter('quill_lease_losses_total', 'Jobs that another worker took meanwhile.')
  const requests = registry.counter('quill_http_requests_total', 'Requests answered.')
  const latencies = registry.histogram(
    'quill_http_request_duration_seconds',
    'How long a request took until its answer began.',
    REQUEST_SECONDS,
  )
  const counters = { retried: retries, dead: deaths, lost: losses }

  return {
    jobs: {
      began: (kind, waitMs) => waits.observe({ kind }, Math.max(0, waitMs) / 1_000),
      ended(kind, outcome, durationMs) {
        durations.observe({ kind, outcome }, durationMs / 1_000)
        if (outcome !== 'succeeded') counters[outcome].add({ kind })
      },
    },
    request(sent, status, durationMs) {
      const method = METHODS.has(sent) ? sent : 'other'
      requests.add({ method, status: String(status) })
      latencies.observe({ method }, durationMs / 1_000)
    },
    text: () => registry.text() + ofProcess(),
  }
}

const ofProcess = () =>
  gauge('quill_build_info', 'The version that runs.', [[{ version: VERSION }, 1]]) +
  gauge('quill_process_resident_memory_bytes', 'Memory of this process.', [[{}, process.memoryUsage.rss()]]) +
  gauge('quill_process_uptime_seconds', 'How long this process has been running.', [[{}, process.uptime()]])
