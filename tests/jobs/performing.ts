import { and, eq, isNotNull, lte } from 'drizzle-orm'
import { jobs } from '#db/schema/jobs.ts'
import type { JobRow } from '#src/jobs/schemas.ts'
import { createLog } from '#src/log.ts'
import type { StepName } from '#src/pipelines/steps.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { persistDocument } from '#worker/jobs/persist-document.ts'
import { perform } from '#worker/perform.ts'
import { type TestApp, until } from '../harness.ts'
import { addDocument } from '../material.ts'

export type Handlers = Record<StepName, JobHandler>

/** Handlers that write a post of `keys.length` sections without reading a word, and count what they did. */
export function countingHandlers(keys: string[], replaced: Partial<Handlers> = {}) {
  const calls: string[] = []
  const chapters = keys.map((key) => ({ key, heading: `About ${key}`, words: 100, passageIds: [] }))
  const counted =
    (handler: JobHandler): JobHandler =>
    (job, input, context) => {
      calls.push(job.itemKey ? `${job.kind}:${job.itemKey}` : job.kind)
      return handler(job, input, context)
    }
  const outline = {
    title: 'A title',
    language: 'en',
    summary: { markdown: '', citations: [] },
    sections: chapters,
  }
  const handlers: Handlers = {
    'outline.generate': async () => ({ output: outline }),
    'chapters.organize': async () => ({ output: { chapters } }),
    'section.write': async (_job, input) => {
      const { chapter } = input as { chapter: { key: string; heading: string } }
      return {
        output: { key: chapter.key, heading: chapter.heading, markdown: `Of ${chapter.key}.`, citations: [] },
      }
    },
    'seo.generate': async () => ({
      output: { title: 'A title', description: 'It is.', slug: 'a-title', keywords: [] },
    }),
    'images.prompt': async () => ({ output: { prompts: [] } }),
    'blog.compose': async (_job, input) => {
      const { sections } = input as { sections: { heading: string; markdown: string }[] }
      const markdown = sections.map((section) => `## ${section.heading}\n\n${section.markdown}\n`).join('\n')
      return { output: { markdown, citations: [] } }
    },
    'document.persist': persistDocument,
    ...replaced,
  }
  const counting = Object.fromEntries(
    Object.entries(handlers).map(([kind, handler]) => [kind, counted(handler)]),
  )
  return { calls, handlers: counting as Handlers }
}

/** What `perform` is given, as one worker of many would give it. */
export const workingAs = (app: TestApp, handlers: Record<string, JobHandler>, worker = 'w1') => ({
  db: app.db,
  log: createLog('silent'),
  handlers,
  worker,
  leaseMs: 60_000,
  shutdown: new AbortController().signal,
  committed: () => {},
})

/** Performs due jobs, `concurrency` at a time, until none is due. */
export async function performAll(app: TestApp, handlers: Record<string, JobHandler>, concurrency = 4) {
  while (true) {
    const due = and(isNotNull(jobs.dueAt), lte(jobs.dueAt, Date.now()))
    const rows = await app.db.select({ id: jobs.id }).from(jobs).where(due).limit(concurrency)
    if (rows.length === 0) return
    await Promise.all(rows.map((row, index) => perform(row.id, workingAs(app, handlers, `w${index}`))))
  }
}

/** Makes every waiting job due now: the back-off has passed, the lease has run out. */
export const letTimePass = (app: TestApp) =>
  app.db
    .update(jobs)
    .set({ dueAt: Date.now() - 1 })
    .where(isNotNull(jobs.dueAt))

export async function startRun(app: TestApp) {
  const document = await addDocument(app)
  const { body, text, status } = await app.call('POST', '/api/v1/pipelines/generate_blog', {
    body: { documentId: document.id },
  })
  if (status !== 202) throw new Error(`The run was refused: ${text}`)
  return { runId: body.run.id as string, jobId: body.job.id as string, documentId: document.id }
}

let keys = 0

/** A job of its own, outside of any run. */
export async function startJob(app: TestApp): Promise<string> {
  const { body, text, status } = await app.call('POST', '/api/v1/steps/seo.generate', {
    headers: { 'idempotency-key': `job-${++keys}` },
    body: { title: 'A title', markdown: 'A text.' },
  })
  if (status !== 202) throw new Error(`The job was refused: ${text}`)
  return body.job.id
}

export const jobRow = async (app: TestApp, id: string): Promise<JobRow> =>
  (await app.db.select().from(jobs).where(eq(jobs.id, id)).get())!

export const jobsOf = (app: TestApp, runId: string) => app.db.select().from(jobs).where(eq(jobs.runId, runId))

export const getRun = async (app: TestApp, id: string) => (await app.call('GET', `/api/v1/runs/${id}`)).body

/** A handler that waits to be let go, and a promise of its having begun. */
export function heldHandler(output: unknown = {}) {
  const begun = Promise.withResolvers<AbortSignal>()
  const released = Promise.withResolvers<void>()
  const handler: JobHandler = async (_job, _input, { signal }) => {
    begun.resolve(signal)
    await released.promise
    return { output }
  }
  return { handler, begun: begun.promise, release: () => released.resolve() }
}

export const untilState = (app: TestApp, id: string, state: JobRow['state']) =>
  until(`job ${id} is ${state}`, async () => (await jobRow(app, id)).state === state)
