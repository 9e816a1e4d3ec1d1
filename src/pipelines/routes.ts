import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { AppError } from '#src/errors.ts'
import { Job, presentJob } from '#src/jobs/schemas.ts'
import { STARTS_PER_PROJECT } from '#src/limits/rate-limits.ts'
import { pageOf, pageQuery } from '#src/paging.ts'
import { access } from '#src/projects/access.ts'
import { IDEMPOTENCY_KEY_CHARS_MAX } from './idempotency.ts'
import { readWait, refuseFailed, WAIT_SECONDS_MAX, waitForJob } from './prefer.ts'
import { cancelRun, getRun, listRuns, resumeRun } from './runs.ts'
import { Run, RunWithJobs } from './schemas.ts'
import { startBlog, startStep } from './start.ts'
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
    description: 'The same key and body give the same answer.',
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
  const { db, queue, hub, limits } = deps
  return new Elysia({ name: 'pipelines', tags: ['Pipelines'] })
    .use(access(deps))
    .post(
      '/pipelines/generate_blog',
      async ({ principal, body, headers, set, status }) => {
        const caller = { projectId: principal.projectId, createdBy: principal.actor }
        await limits.take(STARTS_PER_PROJECT, principal.projectId, set)
        const invocation = await startBlog(deps, caller, { key: headers['idempotency-key'], body })
        if (invocation.replayed) set.headers['idempotency-replayed'] = 'true'
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
      async ({ principal, params, set }) => {
        await limits.take(STARTS_PER_PROJECT, principal.projectId, set)
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

/** One route for each step; they differ in nothing but their schemas. */
function stepRoutes(deps: AppDeps) {
  const app = stepApp(deps)
  for (const name of stepNames) addStepRoute(app, deps, name)
  return app
}

function addStepRoute(app: ReturnType<typeof stepApp>, deps: AppDeps, name: StepName) {
  const { db, ending } = deps
  app.post(
    `/steps/${name}`,
    async ({ principal, body, headers, set, status, request }) => {
      const { projectId } = principal
      const key = headers['idempotency-key']
      if (!key)
        throw new AppError(
          'idempotency_key_missing',
          'Send an Idempotency-Key header, new for each piece of work.',
        )
      const seconds = readWait(headers.prefer)
      const caller = { projectId, createdBy: principal.actor }
      await deps.limits.take(STARTS_PER_PROJECT, projectId, set)
      const invocation = await startStep(deps, caller, { key, step: name, input: body })
      if (invocation.replayed) set.headers['idempotency-replayed'] = 'true'
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

const stepApp = (deps: AppDeps) => new Elysia({ name: 'steps', tags: ['Steps'] }).use(access(deps))

/** `outline.generate` → `outlineGenerate`. */
const stepOperationId = (name: StepName) => name.replace(/\.(.)/, (_, letter: string) => letter.toUpperCase())
