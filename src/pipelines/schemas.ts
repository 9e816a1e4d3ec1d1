import { type Static, Type as t } from '@sinclair/typebox'
import { runStates, type runs } from '#db/schema/jobs.ts'
import { Failure, Job } from '#src/jobs/schemas.ts'
import { oneOf } from '#src/one-of.ts'
import { isoTime } from '#src/time.ts'
import { RunOptions } from './steps.ts'

export const Run = t.Object(
  {
    id: t.String(),
    pipeline: t.String(),
    documentId: t.String(),
    state: oneOf(runStates),
    steps: t.Array(t.String(), { description: 'The steps it is made of, in order.' }),
    sourceIds: t.Array(t.String()),
    options: RunOptions,
    versionNumber: t.Optional(t.Integer({ description: 'The version it made, once it succeeded.' })),
    error: t.Optional(Failure),
    createdAt: t.String({ format: 'date-time' }),
    startedAt: t.Optional(t.String({ format: 'date-time' })),
    finishedAt: t.Optional(t.String({ format: 'date-time' })),
  },
  { title: 'Run' },
)
export type Run = Static<typeof Run>

export const RunWithJobs = t.Composite([Run, t.Object({ jobs: t.Array(Job) })], { title: 'RunWithJobs' })

export type RunRow = typeof runs.$inferSelect

export const presentRun = (row: RunRow, steps: readonly string[]): Run => ({
  id: row.id,
  pipeline: row.pipeline,
  documentId: row.documentId,
  state: row.state,
  steps: [...steps],
  sourceIds: row.sourceIds,
  options: row.options as RunOptions,
  ...(row.versionNumber === null ? {} : { versionNumber: row.versionNumber }),
  ...(row.error ? { error: row.error } : {}),
  createdAt: new Date(row.createdAt).toISOString(),
  ...(row.startedAt === null ? {} : { startedAt: isoTime(row.startedAt) }),
  ...(row.finishedAt === null ? {} : { finishedAt: isoTime(row.finishedAt) }),
})
