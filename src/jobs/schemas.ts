import { type Static, Type as t } from '@sinclair/typebox'
import { jobStates, type jobs } from '#db/schema/jobs.ts'
import { oneOf } from '#src/one-of.ts'
import { isoTime } from '#src/time.ts'

export const Failure = t.Object({ code: t.String(), message: t.String() }, { title: 'Failure' })

export const Job = t.Object(
  {
    id: t.String(),
    kind: t.String({ description: 'The step it performs.' }),
    state: oneOf(jobStates),
    runId: t.Optional(t.String()),
    key: t.Optional(
      t.String({ description: 'Which of several alike it is: the section of a `section.write`.' }),
    ),
    attempts: t.Integer(),
    createdAt: t.String({ format: 'date-time' }),
    dueAt: t.Optional(
      t.String({ format: 'date-time', description: 'When it is tried next, or its lease ends.' }),
    ),
    startedAt: t.Optional(t.String({ format: 'date-time' })),
    finishedAt: t.Optional(t.String({ format: 'date-time' })),
    error: t.Optional(Failure),
    output: t.Optional(t.Unknown({ description: 'What it made, once it succeeded.' })),
  },
  { title: 'Job' },
)
export type Job = Static<typeof Job>

export const DeadLetter = t.Object(
  {
    ...Job.properties,
    group: t.String({ description: 'What it has in common with others that died of the same.' }),
    failures: t.Integer(),
    input: t.Optional(t.Unknown({ description: 'What it was to work on; in a list it is left out.' })),
  },
  { title: 'DeadLetter' },
)
export type DeadLetter = Static<typeof DeadLetter>

export const ErrorGroup = t.Object(
  {
    group: t.String(),
    kind: t.String(),
    count: t.Integer(),
    error: t.Optional(Failure),
    firstAt: t.String({ format: 'date-time' }),
    lastAt: t.String({ format: 'date-time' }),
    ofRuns: t.Integer({ description: 'How many of them are part of a run.' }),
    run: t.Optional(
      t.Object(
        { id: t.String(), documentId: t.String() },
        { description: 'The run that all of them are part of, where it is one.' },
      ),
    ),
  },
  { title: 'ErrorGroup', description: 'Dead letters that died of the same; `error` is that of one of them.' },
)
export type ErrorGroup = Static<typeof ErrorGroup>

export type JobRow = typeof jobs.$inferSelect
export type JobSummaryRow = Omit<JobRow, 'input' | 'output'>

/** A job as lists and events show it: everything but what it made. */
export const presentJob = (row: JobSummaryRow): Job => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  ...(row.runId ? { runId: row.runId } : {}),
  ...(row.itemKey ? { key: row.itemKey } : {}),
  attempts: row.attempts,
  createdAt: new Date(row.createdAt).toISOString(),
  ...(row.dueAt === null ? {} : { dueAt: isoTime(row.dueAt) }),
  ...(row.startedAt === null ? {} : { startedAt: isoTime(row.startedAt) }),
  ...(row.finishedAt === null ? {} : { finishedAt: isoTime(row.finishedAt) }),
  ...(row.error ? { error: row.error } : {}),
})

/** A job with what it made. */
export const presentFullJob = (row: JobRow): Job => ({
  ...presentJob(row),
  ...(row.output === null ? {} : { output: row.output }),
})
