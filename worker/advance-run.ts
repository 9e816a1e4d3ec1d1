import { and, eq, inArray } from 'drizzle-orm'
import type { Db, Write } from '#db/connect.ts'
import { type Failure, runs } from '#db/schema/jobs.ts'
import { AppError } from '#src/errors.ts'
import { tellIfChanged } from '#src/jobs/events.ts'
import { enqueueWhere, newJob } from '#src/jobs/new-job.ts'
import { cancelJobsOfRun } from '#src/jobs/run-jobs.ts'
import { type JobRow, presentJob } from '#src/jobs/schemas.ts'
import { tellRun, tellRunIfChanged } from '#src/pipelines/runs.ts'
import type { RunRow } from '#src/pipelines/schemas.ts'
import type { StepOutput } from '#src/pipelines/steps.ts'
import { nextStage } from './pipeline.ts'
import { finishedSteps, type RunContext } from './run-context.ts'

/**
 * The writes that carry a run on when `job` has made `output`: the jobs of the next step, or its end.
 * Of several jobs of one step, only the batch that completes the last one starts the next step.
 */
export function advanceRun(
  db: Db,
  { run, pipeline, checkpoints }: RunContext,
  completed: { job: JobRow; output: unknown },
): Write[] {
  const { job, output } = completed
  const next = nextStage(pipeline, job.kind, finishedSteps(run, [...checkpoints, { kind: job.kind, output }]))
  if (!next) return endRun(db, run, output as StepOutput<'document.persist'>)
  const { projectId, createdBy } = run
  const spec = { projectId, createdBy, kind: next.step, runId: run.id }
  if (next.items?.length === 0) throw new AppError('source_too_short', 'The outline has no section to write.')
  const following = next.items
    ? next.items.map((item) => newJob({ ...spec, input: item, itemKey: item.key }))
    : [newJob({ ...spec, input: {} })]
  return following.flatMap((row) => enqueueAfter(db, job, row))
}

/** Marks a run as running when the first of its jobs is taken. */
export async function startRun(db: Db, run: RunRow): Promise<void> {
  if (run.state !== 'queued') return
  const change = { state: 'running', startedAt: Date.now() } as const
  const waiting = and(eq(runs.id, run.id), eq(runs.state, 'queued'))
  await db.batch([db.update(runs).set(change).where(waiting), tellRunIfChanged(db, { ...run, ...change })])
}

/** The writes that stop a run because one of its jobs died: no other one of it costs anything more. */
export async function failRun(db: Db, run: RunRow, error: Failure): Promise<Write[]> {
  const change = { state: 'failed', error, finishedAt: Date.now() } as const
  const active = and(eq(runs.id, run.id), inArray(runs.state, ['queued', 'running']))
  return [
    db.update(runs).set(change).where(active),
    tellRunIfChanged(db, { ...run, ...change }),
    ...(await cancelJobsOfRun(db, run.id)),
  ]
}

function endRun(db: Db, run: RunRow, { number }: StepOutput<'document.persist'>): Write[] {
  const change = { state: 'succeeded', error: null, versionNumber: number, finishedAt: Date.now() } as const
  return [db.update(runs).set(change).where(eq(runs.id, run.id)), tellRun(db, { ...run, ...change })]
}

// Runs inside the batch, after `done` became succeeded: the last of its step finds no other one unfinished. What
// `unique` of a kind says is for jobs that are asked for alone: those of a run are unique by run, kind and item.
const enqueueAfter = (db: Db, done: JobRow, row: JobRow): Write[] => [
  enqueueWhere(
    row,
    `NOT EXISTS (SELECT 1 FROM jobs WHERE run_id = ? AND kind = ? AND state <> 'succeeded')`,
    [row.runId, done.kind],
  ),
  tellIfChanged(db, row.projectId, 'job.updated', presentJob(row)),
]
