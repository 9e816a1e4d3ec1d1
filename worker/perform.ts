import type { Write } from '#db/connect.ts'
import type { Failure } from '#db/schema/jobs.ts'
import { AppError } from '#src/errors.ts'
import { backoffMs, kindOf } from '#src/jobs/kinds.ts'
import { type JobRow, presentJob } from '#src/jobs/schemas.ts'
import type { JobObserver, Outcome } from '#src/ops/process-metrics.ts'
import { getRunRow } from '#src/pipelines/runs.ts'
import { advanceRun, failRun, startRun } from './advance-run.ts'
import { claim, type LeaseOptions } from './claim.ts'
import type { JobHandler, JobResult } from './jobs/handler.ts'
import { bury, postpone, release, stop, succeed, tellIfHeld } from './lease.ts'
import {
  type Held,
  Interrupted,
  type KeeperOptions,
  keepLeases,
  type LeaseKeeper,
  reportDeaf,
} from './lease-keeper.ts'
import { loadRunContext } from './run-context.ts'
import { textTeller } from './text-teller.ts'

/** A job is buried after this many workers died with it, however many failures its kind allows. */
const ATTEMPTS_MAX = 25

export type Performing = KeeperOptions & {
  handlers: Record<string, JobHandler>
  /** Called after each commit, so that what it wrote is noticed at once. */
  committed(): void
  /** Is told of each attempt. */
  observer?: JobObserver
}

type Worker = Performing & { keeper: LeaseKeeper; handled?(): void }

/** Claims a job, computes it and commits the result; does nothing when another worker has it. */
export async function perform(
  id: string,
  options: Performing & LeaseOptions & { shutdown: AbortSignal },
): Promise<void> {
  const { db, shutdown, committed } = options
  const job = await claim(db, id, options)
  if (!job) return
  const keeper = keepLeases(options)
  const held = keeper.hold(job)
  if (shutdown.aborted) keeper.shutDown()
  shutdown.addEventListener('abort', keeper.shutDown)
  try {
    await db.batch([tellTaken(job)])
    committed()
    await performHeld(held, { ...options, keeper })
  } finally {
    shutdown.removeEventListener('abort', keeper.shutDown)
    keeper.stop()
  }
}

/** Tells that a worker took a job. */
export const tellTaken = (job: JobRow): Write => tellIfHeld(job, 'job.updated', presentJob(job))

/** Computes a job that this worker holds and commits the result. `handled` is called when its handler is done. */
export async function performHeld(held: Held, options: Worker): Promise<void> {
  const { job } = held
  const { db, log, keeper, committed, handled, observer } = options
  const begunAt = observer ? performance.now() : 0
  let outcome: Outcome | undefined
  let done = handled
  const handlerDone = () => {
    done?.()
    done = undefined
  }
  try {
    if (job.cancelRequestedAt !== null) {
      await stop(db, job)
      return
    }
    if (job.attempts === 1) observer?.began(job.kind, Date.now() - job.createdAt)
    else log.info({ jobId: job.id, kind: job.kind, attempt: job.attempts }, 'job tried again')
    const context = job.runId ? await loadRunContext(db, job) : undefined
    if (context) await startRun(db, context.run)
    const result = await compute(held, context?.input ?? job.input, options)
    handlerDone()
    const writes = [
      ...(result.effects ?? []),
      ...(context ? advanceRun(db, context, { job, output: result.output }) : []),
    ]
    const isDone = await succeed(db, job, { output: result.output, writes })
    outcome = isDone ? 'succeeded' : await settleRefused(job, options)
  } catch (error) {
    handlerDone()
    outcome = await settleFailed(job, error, options)
  } finally {
    handlerDone()
    keeper.letGo(held)
    committed()
    if (outcome) observer?.ended(job.kind, outcome, performance.now() - begunAt)
  }
}

/** Runs the handler until it is done or interrupted: one that ignores its signal must not keep the worker. */
function compute(held: Held, input: unknown, options: Worker): Promise<JobResult> {
  const { job } = held
  const { db, handlers, committed, keeper } = options
  const handler = handlers[job.kind]
  // Another worker may know it: not all of them are replaced at once.
  if (!handler) throw new AppError('unavailable', `This worker does not know jobs of the kind ${job.kind}.`)
  if (job.attempts > ATTEMPTS_MAX)
    throw new AppError('internal', `The job was given up after ${ATTEMPTS_MAX} workers died with it.`)
  if (held.interrupted) throw held.interrupted
  keeper.begin(held)
  let controller: AbortController | undefined
  return new Promise((resolve, reject) => {
    const work = handler(job, input, {
      db,
      // Made when it is asked for: most handlers are over before anybody could stop them.
      get signal() {
        controller ??= new AbortController()
        if (held.interrupted) controller.abort(held.interrupted)
        return controller.signal
      },
      onText: textTeller(db, job, committed),
    })
    held.onInterrupt = (reason) => {
      controller?.abort(reason)
      const heard = reportDeaf(options, job, reason.because)
      work.then(heard, heard)
      reject(reason)
    }
    work.then(resolve, reject)
  })
}

/** The completion was refused: the job was cancelled, or its effects met a change, or it is no longer ours. */
async function settleRefused(job: JobRow, options: Worker): Promise<Outcome | undefined> {
  if (await stop(options.db, job)) return undefined
  const error = { code: 'conflict', message: 'Somebody changed the document meanwhile.' }
  return postponeOrBury(job, { error }, options)
}

async function settleFailed(job: JobRow, error: unknown, options: Worker): Promise<Outcome | undefined> {
  const { db, kinds } = options
  if (await stop(db, job)) return undefined
  if (error instanceof Interrupted && error.because !== 'timeout') {
    // Handed back too when a cancellation was taken back meanwhile; a job that was lost is not ours to change.
    await release(db, job)
    return error.because === 'lost' ? 'lost' : undefined
  }
  const failure =
    error instanceof Interrupted ? timeoutOf(kindOf(job.kind, kinds).timeoutMs) : failureOf(error)
  return postponeOrBury(job, { error: failure, cause: error }, options)
}

/** `lost` when the job is no longer this worker's: then nothing was written. */
async function postponeOrBury(
  job: JobRow,
  { error, cause }: { error: Failure; cause?: unknown },
  { db, log, kinds }: Worker,
): Promise<Outcome> {
  const kind = kindOf(job.kind, kinds)
  const failures = job.failures + 1
  const told = { jobId: job.id, kind: job.kind, attempt: job.attempts, failures, err: cause }
  const mayPass = !(cause instanceof AppError) || cause.mayPass
  if (mayPass && failures < kind.failuresMax) {
    const waitMs = backoffMs(kind, failures)
    if (!(await postpone(db, job, { error, dueAt: Date.now() + waitMs }))) return 'lost'
    log.warn({ ...told, waitMs, failuresMax: kind.failuresMax }, 'job failed, and is tried again')
    return 'retried'
  }
  const run = job.runId ? await getRunRow(db, job.projectId, job.runId) : undefined
  const writes = run ? await failRun(db, run, error) : []
  if (!(await bury(db, job, { error, cause, writes }))) return 'lost'
  log.error(told, 'job failed, and was given up')
  return 'dead'
}

const timeoutOf = (timeoutMs: number): Failure => ({
  code: 'timeout',
  message: `It took longer than ${timeoutMs / 1_000} s, which is the limit for one attempt.`,
})

const failureOf = (error: unknown): Failure =>
  error instanceof AppError
    ? { code: error.kind, message: error.message }
    : { code: 'internal', message: 'Something failed on our side.' }
