import { and, asc, eq } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { jobs, runs } from '#db/schema/jobs.ts'
import type { Chapter } from '#src/ai/schemas.ts'
import type { JobRow } from '#src/jobs/schemas.ts'
import type { PipelineName } from '#src/pipelines/runs.ts'
import type { RunRow } from '#src/pipelines/schemas.ts'
import type { RunOptions, StepName, StepOutput } from '#src/pipelines/steps.ts'
import { type Finished, stepInput } from './pipeline.ts'

type FinishedJob = { kind: string; output: unknown }

/** What the job of a run works on; the finished jobs of the run are its checkpoints. */
export type RunContext = { run: RunRow; pipeline: PipelineName; checkpoints: FinishedJob[]; input: unknown }

export async function loadRunContext(db: Db, job: JobRow): Promise<RunContext> {
  const run = await db.select().from(runs).where(eq(runs.id, job.runId!)).get()
  if (!run) throw new Error(`The job ${job.id} has lost its run.`)
  const pipeline = run.pipeline as PipelineName
  const checkpoints = await finishedJobs(db, run.id)
  const finished = finishedSteps(run, checkpoints)
  return {
    run,
    pipeline,
    checkpoints,
    input: stepInput(pipeline, job.kind, { finished, item: job.input as Chapter }),
  }
}

const finishedJobs = (db: Db, runId: string) =>
  db
    .select({ kind: jobs.kind, output: jobs.output })
    .from(jobs)
    .where(and(eq(jobs.runId, runId), eq(jobs.state, 'succeeded')))
    .orderBy(asc(jobs.id))

/** What the steps of a run made, out of its finished jobs in the order they were asked for. */
export function finishedSteps(run: RunRow, rows: FinishedJob[]): Finished {
  const outputs = <K extends StepName>(step: K) =>
    rows.filter((row) => row.kind === step).map((row) => row.output as StepOutput<K>)
  return {
    run: { documentId: run.documentId, sourceIds: run.sourceIds, options: run.options as RunOptions },
    outputs,
    output: (step) => {
      const [first] = outputs(step)
      if (first === undefined) throw new Error(`The run ${run.id} has not finished ${step}.`)
      return first
    },
  }
}
