import { Elysia, t } from 'elysia'
import { jobStates } from '#db/schema/jobs.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { oneOf } from '#src/one-of.ts'
import { pageOf, pageQuery } from '#src/paging.ts'
import { access } from '#src/projects/access.ts'
import { cancelJob, getJobRow, listJobs, retryJob } from './jobs.ts'
import { Job, presentFullJob } from './schemas.ts'

const jobId = t.Object({ id: t.String({ description: 'A job, `job_…`.' }) })

export const jobRoutes = (deps: AppDeps) => {
  const { db, queue, hub } = deps
  return new Elysia({ name: 'jobs', tags: ['Jobs'] })
    .use(access(deps))
    .get('/jobs', ({ principal, query }) => listJobs(db, principal.projectId, query), {
      permission: 'jobs:read',
      query: t.Object(
        {
          ...pageQuery,
          state: t.Optional(oneOf(jobStates)),
          kind: t.Optional(t.String({ maxLength: 64 })),
          runId: t.Optional(t.String({ maxLength: 64 })),
        },
        { additionalProperties: false },
      ),
      ...documented('listJobs', 'List jobs, newest first', { success: { 200: pageOf(Job) } }),
    })
    .get(
      '/jobs/:id',
      async ({ principal, params }) => presentFullJob(await getJobRow(db, principal.projectId, params.id)),
      {
        permission: 'jobs:read',
        params: jobId,
        ...documented('getJob', 'Get a job with what it made', { success: { 200: Job } }),
      },
    )
    .post(
      '/jobs/:id/cancel',
      async ({ principal, params }) => {
        const job = await cancelJob(db, principal.projectId, params.id)
        hub.wake()
        return job
      },
      {
        permission: 'jobs:write',
        params: jobId,
        ...documented('cancelJob', 'Cancel a job', {
          description: 'At once while it waits; while it runs, its worker stops it within a heartbeat.',
          success: { 200: Job },
          errors: ['conflict'],
        }),
      },
    )
    .post(
      '/jobs/:id/retry',
      async ({ principal, params }) => {
        const job = await retryJob(db, queue, { projectId: principal.projectId, id: params.id })
        hub.wake()
        return job
      },
      {
        permission: 'jobs:write',
        params: jobId,
        ...documented('retryJob', 'Queue a dead or cancelled job again', {
          success: { 200: Job },
          errors: ['conflict'],
        }),
      },
    )
}
