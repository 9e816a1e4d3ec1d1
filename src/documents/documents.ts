import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm'
import { atomically, ConditionFailed, type Db, type Write } from '#db/connect.ts'
import { remembered } from '#db/remember.ts'
import { documentSources, documents } from '#db/schema/documents.ts'
import { AppError, notFound } from '#src/errors.ts'
import { newId } from '#src/ids.ts'
import { tell } from '#src/jobs/events.ts'
import { PAGE_SIZE_DEFAULT, readCursor, toPage } from '#src/paging.ts'
import { requireSources } from '#src/sources/sources.ts'
import type { Document } from './schemas.ts'

/** A document's sources in order, as a JSON array. */
const sourceIds = sql<string>`(
  SELECT json_group_array(source_id ORDER BY position) FROM document_sources WHERE document_id = documents.id
)`

const columns = {
  id: documents.id,
  title: documents.title,
  titleChosen: documents.titleChosen,
  status: documents.status,
  currentVersion: documents.currentVersion,
  revision: documents.revision,
  createdAt: documents.createdAt,
  updatedAt: documents.updatedAt,
  sourceIds: sourceIds.as('source_ids'),
}

type Row = Omit<typeof documents.$inferSelect, 'projectId' | 'createdBy' | 'deletedAt'> & {
  sourceIds: string
}

/** A document with what only the house needs to know of it. */
export type StoredDocument = Document & { titleChosen: boolean; revision: number }

type Found = StoredDocument | undefined
const lookups = new WeakMap<Db, (key: string) => Found | Promise<Found>>()

/** A document of the project that has not been deleted. Throws `not_found`. */
export async function requireDocument(db: Db, projectId: string, id: string): Promise<StoredDocument> {
  const lookup = lookups.get(db) ?? documentLookup(db)
  lookups.set(db, lookup)
  const document = await lookup(`${projectId} ${id}`)
  if (!document) throw notFound('document')
  return document
}

/** The document as the API shows it. */
export function presentDocument({
  titleChosen: _titleChosen,
  revision: _revision,
  ...document
}: StoredDocument): Document {
  return document
}

/** A page of a project's documents, newest first. */
export async function listDocuments(db: Db, projectId: string, page: { limit?: number; cursor?: string }) {
  const limit = page.limit ?? PAGE_SIZE_DEFAULT
  const before = readCursor('doc', page.cursor)
  const rows = await db
    .select(columns)
    .from(documents)
    .where(
      and(
        eq(documents.projectId, projectId),
        isNull(documents.deletedAt),
        before ? lt(documents.id, before) : undefined,
      ),
    )
    .orderBy(desc(documents.id))
    .limit(limit + 1)
  return toPage(rows, limit, present)
}

export type NewDocument = { projectId: string; createdBy: string; title?: string; sourceIds: string[] }

/** Creates a document; without a title it takes that of its first source. Throws `not_found` for a foreign source. */
export async function createDocument(db: Db, spec: NewDocument): Promise<StoredDocument> {
  const titles = await requireSources(db, spec.projectId, spec.sourceIds)
  const now = Date.now()
  const row = {
    id: newId('doc'),
    title: spec.title ?? titles.get(spec.sourceIds[0] ?? '') ?? 'Untitled',
    titleChosen: spec.title !== undefined,
    status: 'draft',
    currentVersion: 0,
    revision: 1,
    createdAt: now,
    updatedAt: now,
  }
  const document = {
    ...present({ ...row, sourceIds: JSON.stringify(spec.sourceIds) }),
    titleChosen: row.titleChosen,
    revision: 1,
  }
  await db.batch([
    db.insert(documents).values({ ...row, projectId: spec.projectId, createdBy: spec.createdBy }),
    ...sourceWrites(db, { ...spec, documentId: row.id }),
    tell(db, spec.projectId, 'document.created', presentDocument(document)),
  ])
  return document
}

/** Deletes a document; its versions are kept, so that it can be brought back. Throws as `changeDocument` does. */
export async function deleteDocument(
  db: Db,
  { projectId, id, revision }: { projectId: string; id: string; revision: number | undefined },
): Promise<void> {
  const document = await requireDocument(db, projectId, id)
  await whileUnchanged(
    db,
    { id, revision: revision ?? document.revision },
    { deletedAt: Date.now(), revision: document.revision + 1 },
    [tell(db, projectId, 'document.deleted', { id })],
  )
}

/** Brings a deleted document back. Throws `not_found` when there is none to bring back. */
export async function undeleteDocument(db: Db, projectId: string, id: string): Promise<StoredDocument> {
  const deleted = and(
    eq(documents.id, id),
    eq(documents.projectId, projectId),
    sql`${documents.deletedAt} IS NOT NULL`,
  )
  const row = await db.select(columns).from(documents).where(deleted).get()
  if (!row) throw notFound('deleted document')
  const revision = row.revision + 1
  const document = { ...present(row), titleChosen: row.titleChosen, revision }
  const undelete = db
    .update(documents)
    .set({ deletedAt: null, revision })
    .where(and(deleted, eq(documents.revision, row.revision)))
  try {
    await atomically(db, undelete, [tell(db, projectId, 'document.created', presentDocument(document))])
  } catch (error) {
    if (error instanceof ConditionFailed) throw notFound('deleted document')
    throw error
  }
  return document
}

/** Changes a document's row, with `writes`, while it has `revision`. Throws `precondition_failed` otherwise. */
export async function whileUnchanged(
  db: Db,
  { id, revision }: { id: string; revision: number },
  change: Partial<typeof documents.$inferInsert>,
  writes: Write[],
) {
  const unchanged = and(eq(documents.id, id), eq(documents.revision, revision), isNull(documents.deletedAt))
  try {
    await atomically(db, db.update(documents).set(change).where(unchanged), writes)
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    throw changedMeanwhile()
  }
}

export const changedMeanwhile = () =>
  new AppError(
    'precondition_failed',
    'The document was changed since you read it. Read it again, then repeat.',
  )

/** The writes that give a document its sources in order. */
export const sourceWrites = (
  db: Db,
  spec: { projectId: string; documentId: string; sourceIds: string[] },
): Write[] =>
  spec.sourceIds.map((sourceId, position) =>
    db
      .insert(documentSources)
      .values({ documentId: spec.documentId, sourceId, projectId: spec.projectId, position }),
  )

function documentLookup(db: Db) {
  const byId = db
    .select(columns)
    .from(documents)
    .where(
      and(
        eq(documents.id, sql.placeholder('id')),
        eq(documents.projectId, sql.placeholder('projectId')),
        isNull(documents.deletedAt),
      ),
    )
    .prepare()
  return remembered(db, async (key): Promise<StoredDocument | undefined> => {
    const space = key.indexOf(' ')
    const [projectId, id] = [key.slice(0, space), key.slice(space + 1)]
    const row = await byId.get({ projectId, id })
    return row && { ...present(row), titleChosen: row.titleChosen, revision: row.revision }
  })
}

const present = (row: Row): Document => ({
  id: row.id,
  title: row.title,
  status: row.status,
  currentVersion: row.currentVersion || null,
  sourceIds: JSON.parse(row.sourceIds),
  createdAt: new Date(row.createdAt).toISOString(),
  updatedAt: new Date(row.updatedAt).toISOString(),
})
