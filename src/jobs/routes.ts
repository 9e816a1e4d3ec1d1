import { Elysia, t } from 'elysia'
import { jobStates } from '#db/schema/jobs.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { AppError } from '#src/errors.ts'
import { oneOf } from '#src/one-of.ts'
import { pageOf, pageQuery } from '#src/paging.ts'
import { resumeRun } from '#src/pipelines/runs.ts'
import { access } from '#src/projects/access.ts'
import {
  DEAD_LETTERS_AT_ONCE_MAX,
  DEAD_LETTERS_COUNTED_MAX,
  discardDeadLetters,
  getDeadLetter,
  listDeadLetters,
  listErrorGroups,
  retryDeadLetters,
} from './dead-letters.ts'
import { cancelJob, getJobRow, listJobs, retryJob } from './jobs.ts'
import { DeadLetter, ErrorGroup, Job, presentFullJob } from './schemas.ts'

const jobId = t.Object({ id: t.String({ description: 'A job, `job_…`.' }) })

const WhichDeadLetters = t.Union(
  [
    t.Object(
      {
        ids: t.Array(t.String({ maxLength: 64 }), {
          minItems: 1,
          maxItems: DEAD_LETTERS_AT_ONCE_MAX,
          uniqueItems: true,
        }),
      },
      { additionalProperties: false },
    ),
    t.Object({ group: t.String({ minLength: 1, maxLength: 300 }) }, { additionalProperties: false }),
  ],
  { description: 'Either some, by the ids of their jobs, or those of one error group.' },
)

const Counted = t.Object({ count: t.Integer({ description: 'How many jobs or runs it changed.' }) })

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
      ...documented('listJobs', 'List jobs, newest first', {
        description:
          'With `state` or `kind` a page may hold fewer than `limit`, even none: `nextCursor` alone tells whether there is more.',
        success: { 200: pageOf(Job) },
      }),
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
    .get('/dead-letters', ({ principal, query }) => listDeadLetters(db, principal.projectId, query), {
      permission: 'jobs:read',
      query: t.Object(
        { ...pageQuery, group: t.Optional(t.String({ maxLength: 300, description: 'One error group.' })) },
        { additionalProperties: false },
      ),
      ...documented('listDeadLetters', 'List the jobs that were given up, newest first', {
        success: { 200: pageOf(DeadLetter) },
      }),
    })
    .get(
      '/dead-letters/groups',
      async ({ principal }) => ({ items: await listErrorGroups(db, principal.projectId) }),
      {
        permission: 'jobs:read',
        ...documented('listErrorGroups', 'Count the dead letters by what they died of', {
          description: `The newest ${DEAD_LETTERS_COUNTED_MAX.toLocaleString('en')} are counted, and the 100 most frequent causes given.`,
          success: { 200: t.Object({ items: t.Array(ErrorGroup) }) },
        }),
      },
    )
    .get('/dead-letters/:id', ({ principal, params }) => getDeadLetter(db, principal.projectId, params.id), {
      permission: 'jobs:read',
      params: jobId,
      ...documented('getDeadLetter', 'Get a dead letter with what it was to work on', {
        success: { 200: DeadLetter },
      }),
    })
    .post(
      '/dead-letters/retry',
      async ({ principal, body }) => {
        const { projectId } = principal
        const { ids, runIds } = await retryDeadLetters(db, projectId, body)
        await queue.send(ids)
        const resumed = await Promise.all(runIds.map((id) => resumedRun({ projectId, id })))
        hub.wake()
        return { count: ids.length + resumed.filter(Boolean).length }
      },
      {
        permission: 'jobs:write',
        body: WhichDeadLetters,
        ...documented('retryDeadLetters', 'Queue dead letters again', {
          description: `Those that are named, or all of one error group, up to ${DEAD_LETTERS_AT_ONCE_MAX} at once; call it again until it counts none. A run that one of them belongs to is resumed as a whole.`,
          success: { 200: Counted },
        }),
      },
    )
    .post(
      '/dead-letters/discard',
      async ({ principal, body }) => {
        const count = await discardDeadLetters(db, principal.projectId, body)
        hub.wake()
        return { count }
      },
      {
        permission: 'jobs:write',
        body: WhichDeadLetters,
        ...documented('discardDeadLetters', 'Take dead letters off the list', {
          description: `They become cancelled jobs and are counted no longer. One alone can still be retried by its id, and one of a run is performed again when the run is resumed. Up to ${DEAD_LETTERS_AT_ONCE_MAX} at once.`,
          success: { 200: Counted },
        }),
      },
    )

  /** Whether it was this call that made the run go on: somebody else may have, or another of its jobs. */
  async function resumedRun(run: { projectId: string; id: string }): Promise<boolean> {
    try {
      await resumeRun(db, queue, run)
      return true
    } catch (error) {
      if (error instanceof AppError && error.kind === 'conflict') return false
      throw error
    }
  }
}
