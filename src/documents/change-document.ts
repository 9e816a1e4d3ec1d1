import { eq } from 'drizzle-orm'
import { asConditionFailed, ConditionFailed, type Db, type Write } from '#db/connect.ts'
import { documentSources, documents } from '#db/schema/documents.ts'
import { tell } from '#src/jobs/events.ts'
import { requireSources } from '#src/sources/sources.ts'
import {
  changedMeanwhile,
  presentDocument,
  requireDocument,
  type StoredDocument,
  sourceWrites,
  whileUnchanged,
} from './documents.ts'
import { retitled } from './frontmatter.ts'
import { nextVersion } from './save-version.ts'
import { versionText } from './versions.ts'

export type DocumentChange = { title?: string; sourceIds?: string[] }
type DocumentId = { projectId: string; id: string; revision: number | undefined }

/**
 * Changes a document when it still has `revision` (whatever it has when undefined). A new title makes a version
 * whose frontmatter carries it, so that what is downloaded is called what the page calls it.
 * Throws `not_found`, and `precondition_failed` when somebody else changed it first.
 */
export async function changeDocument(
  db: Db,
  { projectId, id, revision }: DocumentId,
  { change, author }: { change: DocumentChange; author: string },
): Promise<StoredDocument> {
  const document = await requireDocument(db, projectId, id)
  if (revision !== undefined && revision !== document.revision) throw changedMeanwhile()
  if (change.sourceIds) await requireSources(db, projectId, change.sourceIds)
  const version = await renamedVersion(db, { projectId, document, change, author })
  const chosen = change.title === undefined ? {} : { title: change.title, titleChosen: true }
  const replaceSources = change.sourceIds
    ? [
        db.delete(documentSources).where(eq(documentSources.documentId, id)),
        ...sourceWrites(db, { projectId, documentId: id, sourceIds: change.sourceIds }),
      ]
    : []
  if (version) {
    const [first, ...rest] = version
    try {
      await db.batch([
        first!,
        ...rest,
        db.update(documents).set(chosen).where(eq(documents.id, id)),
        ...replaceSources,
      ])
    } catch (error) {
      throw asConditionFailed(error) instanceof ConditionFailed ? changedMeanwhile() : error
    }
    return requireDocument(db, projectId, id)
  }
  const columns = { ...chosen, revision: document.revision + 1, updatedAt: Date.now() }
  const after = { ...document, ...change, ...columns, updatedAt: new Date(columns.updatedAt).toISOString() }
  await whileUnchanged(db, { id, revision: document.revision }, columns, [
    ...replaceSources,
    tell(db, projectId, 'document.updated', presentDocument(after)),
  ])
  return after
}

type Renaming = { projectId: string; document: StoredDocument; change: DocumentChange; author: string }

/** The writes of a version with the new title; undefined when no version carries a title, or already this one. */
async function renamedVersion(db: Db, renaming: Renaming): Promise<Write[] | undefined> {
  const { projectId, document, change, author } = renaming
  if (change.title === undefined || document.currentVersion === null) return undefined
  const id = { projectId, documentId: document.id, number: document.currentVersion }
  const { frontmatter, body, citations, outline } = await versionText(db, id)
  const renamed = retitled(frontmatter, change.title)
  if (renamed === frontmatter) return undefined
  const { writes } = await nextVersion(db, {
    projectId,
    documentId: document.id,
    markdown: renamed + body,
    citations,
    outline,
    author,
    reason: 'Renamed',
    basedOn: document.revision,
  })
  return writes
}
