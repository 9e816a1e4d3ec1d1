import type { Db } from '#db/connect.ts'
import type { Failure } from '#db/schema/jobs.ts'
import { AppError } from '#src/errors.ts'
import { type JobRow, presentJob } from '#src/jobs/schemas.ts'
import type { Log } from '#src/log.ts'
import { getRunRow } from '#src/pipelines/runs.ts'
import { advanceRun, failRun, startRun } from './advance-run.ts'
import type { JobHandler } from './jobs/handler.ts'
import {
  bury,
  claim,
  type LeaseOptions,
  postpone,
  release,
  renew,
  stop,
  succeed,
  tellIfHeld,
} from './lease.ts'
import { loadRunContext } from './run-context.ts'
import { textTeller } from './text-teller.ts'

/** A job is buried after failing this often … */
const FAILURES_MAX = 5
/** … or after this many workers died with it. */
const ATTEMPTS_MAX = 25
const BACKOFF_FIRST_MS = 1_000
const BACKOFF_MAX_MS = 5 * 60_000

export type Performing = LeaseOptions & {
  db: Db
  log: Log
  handlers: Record<string, JobHandler>
  /** Aborted when the worker's grace is over: the job is handed back. */
  shutdown: AbortSignal
  /** Called after each commit, so that what it wrote is noticed at once. */
  committed(): void
}

/** Why a handler's signal was aborted. */
class Interrupted extends Error {
  constructor(readonly because: 'cancelled' | 'lost' | 'shutdown') {
    super(`The job was interrupted: ${because}.`)
  }
}

/** Claims a job, computes it and commits the result; does nothing when another worker has it. */
export async function perform(id: string, options: Performing): Promise<void> {
  const { db, log, handlers, committed } = options
  const job = await claim(db, id, options)
  if (!job) return
  if (job.cancelRequestedAt !== null) {
    await stop(db, job)
    return
  }
  if (job.attempts > 1) log.info({ jobId: job.id, kind: job.kind, attempt: job.attempts }, 'job tried again')
  await tellIfHeld(db, job, 'job.updated', presentJob(job))
  committed()
  const interruption = new AbortController()
  const heartbeat = keepLease(job, interruption, options)
  try {
    const context = job.runId ? await loadRunContext(db, job) : undefined
    if (context) await startRun(db, context.run)
    const handler = handlers[job.kind]
    if (!handler) throw new AppError('internal', `This worker does not know jobs of the kind ${job.kind}.`)
    if (job.attempts > ATTEMPTS_MAX)
      throw new AppError('internal', `The job was given up after ${ATTEMPTS_MAX} workers died with it.`)
    const result = await untilAborted(
      handler(job, context?.input ?? job.input, {
        db,
        signal: interruption.signal,
        onText: textTeller(db, job, committed),
      }),
      interruption.signal,
    )
    const writes = [
      ...(result.effects ?? []),
      ...(context ? advanceRun(db, context, { job, output: result.output }) : []),
    ]
    if (!(await succeed(db, job, { output: result.output, writes }))) await settleRefused(job, options)
  } catch (error) {
    await settleFailed(job, error, options)
  } finally {
    heartbeat.stop()
    committed()
  }
}

/** Renews the lease while the handler lives, and aborts it when the job was cancelled, taken away or must be handed back. */
function keepLease(job: JobRow, interruption: AbortController, { db, leaseMs, shutdown }: Performing) {
  const interrupt = (because: Interrupted['because']) => interruption.abort(new Interrupted(because))
  const onShutdown = () => interrupt('shutdown')
  if (shutdown.aborted) onShutdown()
  shutdown.addEventListener('abort', onShutdown)
  const timer = setInterval(async () => {
    const state = await renew(db, job, leaseMs).catch(() => 'held' as const)
    if (state !== 'held') interrupt(state)
  }, leaseMs / 3)
  return {
    stop() {
      clearInterval(timer)
      shutdown.removeEventListener('abort', onShutdown)
    },
  }
}

// A handler that ignores its signal must not keep the worker: its result is not used.
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener('abort', onAbort))
}

/** The completion was refused: the job was cancelled, or its effects met a change, or it is no longer ours. */
async function settleRefused(job: JobRow, options: Performing) {
  if (await stop(options.db, job)) return
  await postponeOrBury(
    job,
    { code: 'conflict', message: 'Somebody changed the document meanwhile.' },
    options,
  )
}

async function settleFailed(job: JobRow, error: unknown, options: Performing) {
  const { db, log } = options
  if (await stop(db, job)) return
  // Handed back too when a cancellation was taken back meanwhile; a job that was lost is not ours to change.
  if (error instanceof Interrupted) {
    await release(db, job)
    return
  }
  log.error({ jobId: job.id, kind: job.kind, attempt: job.attempts, err: error }, 'job failed')
  await postponeOrBury(job, failureOf(error), options, error instanceof AppError)
}

async function postponeOrBury(job: JobRow, error: Failure, { db }: Performing, permanent = false) {
  const failures = job.failures + 1
  if (!permanent && failures < FAILURES_MAX) {
    await postpone(db, job, { error, dueAt: Date.now() + backoffMs(failures) })
    return
  }
  const run = job.runId ? await getRunRow(db, job.projectId, job.runId) : undefined
  await bury(db, job, { error, writes: run ? await failRun(db, run, error) : [] })
}

const failureOf = (error: unknown): Failure =>
  error instanceof AppError
    ? { code: error.kind, message: error.message }
    : { code: 'internal', message: 'Something failed on our side.' }

/** Exponential with jitter: between half the cap and the cap, which doubles with each failure. */
function backoffMs(failures: number): number {
  const cap = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (failures - 1))
  return Math.round(cap * (0.5 + Math.random() / 2))
}
