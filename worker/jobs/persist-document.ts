import { nextVersion } from '#src/documents/save-version.ts'
import type { StepInput } from '#src/pipelines/steps.ts'
import type { JobHandler } from './handler.ts'

/** Saves a post as the document's next version, in the batch that completes the job. */
export const persistDocument: JobHandler = async (job, input, { db }) => {
  const { documentId, post, reason } = input as StepInput<'document.persist'>
  const { number, writes } = await nextVersion(db, {
    projectId: job.projectId,
    documentId,
    ...post,
    author: job.createdBy,
    reason: reason ?? (job.runId ? 'Written by the pipeline' : 'Saved'),
    runId: job.runId ?? undefined,
    jobId: job.id,
  })
  return { output: { documentId, number }, effects: writes }
}
