import type { Db } from '#db/connect.ts'
import type { Chapter } from '#src/ai/schemas.ts'
import { requireDocument } from '#src/documents/documents.ts'
import { requirePassages, requireSources } from '#src/sources/sources.ts'
import type { StepInput, StepName } from './steps.ts'

/** The parts of steps' inputs that name what a project owns. */
type References = {
  documentId?: string
  sourceIds?: string[]
  chapter?: Chapter
  outline?: { sections: Chapter[] }
  chapters?: Chapter[]
}

/**
 * Checks before any work is queued that a step was given documents, sources and passages of the project.
 * Throws `not_found` for the first that it was not.
 */
export async function requireReferences(db: Db, projectId: string, input: StepInput<StepName>) {
  const { documentId, sourceIds, chapter, outline, chapters } = input as References
  if (documentId !== undefined) await requireDocument(db, projectId, documentId)
  if (sourceIds) await requireSources(db, projectId, sourceIds)
  const planned = [...(chapter ? [chapter] : []), ...(outline?.sections ?? []), ...(chapters ?? [])]
  const passageIds = planned.flatMap((section) => section.passageIds)
  if (passageIds.length) await requirePassages(db, projectId, passageIds)
}
