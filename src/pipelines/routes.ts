import { Elysia, t } from 'elysia'
import type { Db } from '#db/connect.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { requireDocument } from '#src/documents/documents.ts'
import { AppError } from '#src/errors.ts'
import { newId } from '#src/ids.ts'
import { enqueue, newJob } from '#src/jobs/new-job.ts'
import { Job, presentJob } from '#src/jobs/schemas.ts'
import { pageOf, pageQuery } from '#src/paging.ts'
import { access } from '#src/projects/access.ts'
import { IDEMPOTENCY_KEPT_HOURS, IDEMPOTENCY_KEY_CHARS_MAX, invokeOnce } from './idempotency.ts'
import { readWait, refuseFailed, WAIT_SECONDS_MAX, waitForJob } from './prefer.ts'
import { requireReferences } from './references.ts'
import { cancelRun, getRun, listRuns, newRun, resumeRun } from './runs.ts'
import { presentRun, Run, RunWithJobs } from './schemas.ts'
import { pipelines, RunOptions, type StepName, stepNames, steps } from './steps.ts'

const EXAMPLE_REQUEST = {
  documentId: 'doc_01h455vb4pex5vsknk084sn02q',
  options: { sections: 5, tone: 'friendly' },
}
const runId = t.Object({ id: t.String({ description: 'A run, `run_…`.' }) })

const idempotencyKey = t.Optional(
  t.String({
    minLength: 1,
    maxLength: IDEMPOTENCY_KEY_CHARS_MAX,
    description: `The same key and body give the same answer for ${IDEMPOTENCY_KEPT_HOURS} hours.`,
  }),
)

const stepHeaders = t.Object(
  {
    'idempotency-key': idempotencyKey,
    prefer: t.Optional(
      t.String({ description: `\`wait=N\`, 1 to ${WAIT_SECONDS_MAX} seconds: answer with the result.` }),
    ),
  },
  { additionalProperties: true },
)

export const pipelineRoutes = (deps: AppDeps) => {
  const { db, queue, hub } = deps
  return new Elysia({ name: 'pipelines', tags: ['Pipelines'] })
    .use(access(db))
    .post(
      '/pipelines/generate_blog',
      async ({ principal, body, headers, set, status }) => {
        const { projectId, id: createdBy } = principal
        const key = headers['idempotency-key'] ?? newId('run')
        const invocation = await invokeOnce(db, { projectId, key, operation: 'generate_blog', body }, () =>
          blogWork(db, { projectId, createdBy, ...body }),
        )
        if (invocation.replayed) set.headers['idempotency-replayed'] = 'true'
        await queue.send([invocation.jobId])
        hub.wake()
        return status(202, invocation.answer as { job: Job; run: Run })
      },
      {
        permission: 'pipelines:run',
        headers: t.Object({ 'idempotency-key': idempotencyKey }, { additionalProperties: true }),
        body: t.Object(
          { documentId: t.String({ maxLength: 64 }), options: t.Optional(RunOptions) },
          { additionalProperties: false, examples: [EXAMPLE_REQUEST] },
        ),
        ...documented('generateBlog', "Write a post from a document's sources", {
          description: `Runs ${pipelines.generate_blog.join(' → ')}; the last one saves a new version.`,
          success: { 202: t.Object({ job: Job, run: Run }) },
          errors: ['conflict', 'idempotency_key_reused'],
        }),
      },
    )
    .get('/runs', ({ principal, query }) => listRuns(db, principal.projectId, query), {
      permission: 'jobs:read',
      query: t.Object(
        { ...pageQuery, documentId: t.Optional(t.String({ maxLength: 64 })) },
        { additionalProperties: false },
      ),
      ...documented('listRuns', "List runs, or a document's, newest first", {
        success: { 200: pageOf(Run) },
      }),
    })
    .get('/runs/:id', ({ principal, params }) => getRun(db, principal.projectId, params.id), {
      permission: 'jobs:read',
      params: runId,
      ...documented('getRun', 'Get a run with its jobs', { success: { 200: RunWithJobs } }),
    })
    .post(
      '/runs/:id/cancel',
      async ({ principal, params }) => {
        const run = await cancelRun(db, principal.projectId, params.id)
        hub.wake()
        return run
      },
      {
        permission: 'pipelines:run',
        params: runId,
        ...documented('cancelRun', 'Cancel a run; what finished is kept', { success: { 200: RunWithJobs } }),
      },
    )
    .post(
      '/runs/:id/resume',
      async ({ principal, params }) => {
        const run = await resumeRun(db, queue, { projectId: principal.projectId, id: params.id })
        hub.wake()
        return run
      },
      {
        permission: 'pipelines:run',
        params: runId,
        ...documented('resumeRun', 'Go on with a failed or cancelled run where it stopped', {
          success: { 200: RunWithJobs },
          errors: ['conflict'],
        }),
      },
    )
    .use(stepRoutes(deps))
}

type BlogRequest = { projectId: string; createdBy: string; documentId: string; options?: RunOptions }

/** The run that is asked for. Throws `not_found`, and `conflict` for a document without sources. */
async function blogWork(db: Db, { projectId, createdBy, documentId, options }: BlogRequest) {
  const { sourceIds, titleChosen, ...document } = await requireDocument(db, projectId, documentId)
  if (sourceIds.length === 0)
    throw new AppError('conflict', 'The document has no source to write from. Add one first.')
  const title = options?.title ?? (titleChosen ? document.title : undefined)
  const { run, job, writes } = newRun(db, {
    projectId,
    createdBy,
    pipeline: 'generate_blog',
    documentId,
    sourceIds,
    options: { ...options, ...(title ? { title } : {}) },
  })
  const answer = { job: presentJob(job), run: presentRun(run, pipelines.generate_blog) }
  return { jobId: job.id, answer, writes }
}

/** One route for each step; they differ in nothing but their schemas. */
function stepRoutes(deps: AppDeps) {
  const app = new Elysia({ name: 'steps', tags: ['Steps'] }).use(access(deps.db))
  for (const name of stepNames) addStepRoute(app, deps, name)
  return app
}

function addStepRoute(app: ReturnType<typeof stepApp>, { db, queue, hub, ending }: AppDeps, name: StepName) {
  app.post(
    `/steps/${name}`,
    async ({ principal, body, headers, set, status, request }) => {
      const { projectId, id: createdBy } = principal
      const key = headers['idempotency-key']
      if (!key)
        throw new AppError(
          'idempotency_key_missing',
          'Send an Idempotency-Key header, new for each piece of work.',
        )
      const seconds = readWait(headers.prefer)
      const invocation = await invokeOnce(db, { projectId, key, operation: name, body }, async () => {
        await requireReferences(db, projectId, body)
        const job = newJob({ projectId, createdBy, kind: name, input: body })
        return { jobId: job.id, answer: { job: presentJob(job) }, writes: enqueue(db, job) }
      })
      if (invocation.replayed) set.headers['idempotency-replayed'] = 'true'
      await queue.send([invocation.jobId])
      hub.wake()
      if (seconds === undefined) return status(202, invocation.answer as { job: Job })
      set.headers['preference-applied'] = `wait=${seconds}`
      const row = await waitForJob(db, {
        projectId,
        id: invocation.jobId,
        seconds,
        signal: AbortSignal.any([request.signal, ending]),
      })
      refuseFailed(row)
      if (row.state !== 'succeeded') return status(202, { job: presentJob(row) })
      return { job: presentJob(row), result: row.output }
    },
    {
      permission: 'pipelines:run',
      headers: stepHeaders,
      body: steps[name].input,
      ...documented(stepOperationId(name), steps[name].summary, {
        success: {
          200: t.Object(
            { job: Job, result: steps[name].output },
            { description: 'With `Prefer: wait`: the result.' },
          ),
          202: t.Object({ job: Job }, { description: 'The job that will make it.' }),
        },
        errors: ['idempotency_key_missing', 'idempotency_key_reused', 'source_too_short', 'conflict'],
      }),
    },
  )
}

const stepApp = (db: AppDeps['db']) => new Elysia({ name: 'steps', tags: ['Steps'] }).use(access(db))

/** `outline.generate` → `generateOutline`-like names read best, but one rule for all is easier to guess. */
const stepOperationId = (name: StepName) => name.replace(/\.(.)/, (_, letter: string) => letter.toUpperCase())
