import type { Db } from '#db/connect.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { requireDocument } from '#src/documents/documents.ts'
import { AppError, limitExceeded } from '#src/errors.ts'
import { newId } from '#src/ids.ts'
import { enqueue, newJob } from '#src/jobs/new-job.ts'
import { presentJob } from '#src/jobs/schemas.ts'
import { type Invocation, invokeOnce } from './idempotency.ts'
import { requireReferences } from './references.ts'
import { newRun } from './runs.ts'
import { presentRun } from './schemas.ts'
import { pipelines, type RunOptions, type StepInput, type StepName } from './steps.ts'

/** A job's input stands in a row, of which a shared engine holds 2 MB. */
export const STEP_INPUT_BYTES_MAX = 1_800_000

type Deps = Pick<AppDeps, 'db' | 'queue' | 'hub'>
type Caller = { projectId: string; createdBy: string }
type BlogRequest = { documentId: string; options?: RunOptions }

/**
 * The run that writes a post from a document's sources, with the writes that start it.
 * Throws `not_found`, and `conflict` for a document without sources.
 */
export async function newBlogRun(
  db: Db,
  { projectId, createdBy, documentId, options }: Caller & BlogRequest,
) {
  const { sourceIds, titleChosen, ...document } = await requireDocument(db, projectId, documentId)
  if (sourceIds.length === 0)
    throw new AppError('conflict', 'The document has no source to write from. Add one first.')
  const title = options?.title ?? (titleChosen ? document.title : undefined)
  return newRun(db, {
    projectId,
    createdBy,
    pipeline: 'generate_blog',
    documentId,
    sourceIds,
    options: { ...options, ...(title ? { title } : {}) },
  })
}

/** Starts such a run, once for each key. Throws as `newBlogRun` and `invokeOnce` do. */
export async function startBlog(deps: Deps, caller: Caller, request: { key?: string; body: BlogRequest }) {
  const { key = newId('run'), body } = request
  const invocation = await invokeOnce(
    deps.db,
    { projectId: caller.projectId, key, operation: 'generate_blog', body },
    async () => {
      const { run, job, writes } = await newBlogRun(deps.db, { ...caller, ...body })
      const answer = { job: presentJob(job), run: presentRun(run, pipelines.generate_blog) }
      return { jobId: job.id, answer, writes }
    },
  )
  return announced(deps, invocation)
}

/**
 * Starts one step, once for each key. Throws `not_found` for what the project does not own, `limit_exceeded`
 * over STEP_INPUT_BYTES_MAX, and the errors of `invokeOnce`.
 */
export async function startStep<K extends StepName>(
  deps: Deps,
  caller: Caller,
  { key, step, input }: { key: string; step: K; input: StepInput<K> },
) {
  const { projectId } = caller
  const invocation = await invokeOnce(deps.db, { projectId, key, operation: step, body: input }, async () => {
    const bytes = Buffer.byteLength(JSON.stringify(input))
    if (bytes > STEP_INPUT_BYTES_MAX)
      throw limitExceeded(`A step takes at most ${STEP_INPUT_BYTES_MAX} bytes of input; this has ${bytes}.`)
    await requireReferences(deps.db, projectId, input)
    const job = newJob({ ...caller, kind: step, input })
    return { jobId: job.id, answer: { job: presentJob(job) }, writes: enqueue(deps.db, job) }
  })
  return announced(deps, invocation)
}

async function announced({ queue, hub }: Deps, invocation: Invocation): Promise<Invocation> {
  await queue.send([invocation.jobId])
  hub.wake()
  return invocation
}
