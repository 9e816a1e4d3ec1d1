import { and, asc, desc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { passages, sources } from '#db/schema/sources.ts'
import type { Material } from '#src/ai/provider.ts'
import { notFound } from '#src/errors.ts'
import { PAGE_SIZE_DEFAULT, readCursor, toPage } from '#src/paging.ts'
import { projectTerm } from './add-source.ts'
import { presentPassage, presentSource } from './schemas.ts'
import { ftsQuery } from './search-terms.ts'

const listed = {
  id: sources.id,
  kind: sources.kind,
  title: sources.title,
  fileName: sources.fileName,
  characters: sources.characters,
  words: sources.words,
  passageCount: sources.passageCount,
  createdAt: sources.createdAt,
}

type PassageRow = typeof passages.$inferSelect

/** Whether a project holds a source that came from a file of this name. */
export async function hasSourceFile(db: Db, projectId: string, fileName: string): Promise<boolean> {
  const ofFile = and(eq(sources.projectId, projectId), eq(sources.fileName, fileName))
  return (await db.select({ id: sources.id }).from(sources).where(ofFile).limit(1).get()) !== undefined
}

/** A page of a project's sources, newest first. */
export async function listSources(db: Db, projectId: string, page: { limit?: number; cursor?: string }) {
  const limit = page.limit ?? PAGE_SIZE_DEFAULT
  const before = readCursor('src', page.cursor)
  const rows = await db
    .select(listed)
    .from(sources)
    .where(and(eq(sources.projectId, projectId), before ? lt(sources.id, before) : undefined))
    .orderBy(desc(sources.id))
    .limit(limit + 1)
  return toPage(rows, limit, presentSource)
}

/** A source with its text. Throws `not_found`. */
export async function getSource(db: Db, projectId: string, id: string) {
  const row = await db
    .select()
    .from(sources)
    .where(and(eq(sources.id, id), eq(sources.projectId, projectId)))
    .get()
  if (!row) throw notFound('source')
  return { ...presentSource(row), text: row.text }
}

/** A page of a source's passages in reading order; the cursor is the last position. Throws `not_found`. */
export async function listPassages(
  db: Db,
  projectId: string,
  sourceId: string,
  page: { limit?: number; after?: number },
) {
  await requireSources(db, projectId, [sourceId])
  const limit = page.limit ?? PAGE_SIZE_DEFAULT
  const rows = await db
    .select()
    .from(passages)
    .where(
      and(
        eq(passages.sourceId, sourceId),
        eq(passages.projectId, projectId),
        gt(passages.position, page.after ?? -1),
      ),
    )
    .orderBy(asc(passages.position))
    .limit(limit + 1)
  const shown = rows.slice(0, limit)
  return { items: shown.map(presentPassage), nextAfter: rows.length > limit ? shown.at(-1)!.position : null }
}

/** A passage with the title of its source. Throws `not_found`. */
export async function getPassage(db: Db, projectId: string, id: string) {
  const row = await db
    .select({ passage: passages, sourceTitle: sources.title })
    .from(passages)
    .innerJoin(sources, eq(sources.id, passages.sourceId))
    .where(and(eq(passages.id, id), eq(passages.projectId, projectId)))
    .get()
  if (!row) throw notFound('passage')
  return { passage: presentPassage(row.passage), sourceTitle: row.sourceTitle }
}

/** The passages of a project that fit the words best (BM25), best first; none for a query without words. */
export async function searchPassages(db: Db, projectId: string, { q, limit }: { q: string; limit: number }) {
  const words = ftsQuery(q)
  if (words === null) return { items: [] }
  const match = `project : "${projectTerm(projectId)}" AND terms : (${words})`
  const rows = await db
    .select({ passage: passages, sourceTitle: sources.title })
    .from(sql`passages_fts`)
    .innerJoin(passages, eq(passages.seq, sql`passages_fts.rowid`))
    .innerJoin(sources, eq(sources.id, passages.sourceId))
    .where(and(sql`passages_fts MATCH ${match}`, eq(passages.projectId, projectId)))
    .orderBy(sql`bm25(passages_fts, 0, 1)`)
    .limit(limit)
  return {
    items: rows.map((row) => ({ passage: presentPassage(row.passage), sourceTitle: row.sourceTitle })),
  }
}

/** The sources as a writer gets them, in the order asked for. Throws `not_found` when one is not the project's. */
export async function loadMaterial(db: Db, projectId: string, sourceIds: string[]): Promise<Material[]> {
  const titles = await requireSources(db, projectId, sourceIds)
  const rows = await db
    .select()
    .from(passages)
    .where(and(inArray(passages.sourceId, sourceIds), eq(passages.projectId, projectId)))
    .orderBy(asc(passages.sourceId), asc(passages.position))
  const bySource = Map.groupBy(rows, (row) => row.sourceId)
  return sourceIds.map((id) => ({
    id,
    title: titles.get(id)!,
    passages: (bySource.get(id) ?? []).map((row) => ({
      id: row.id,
      start: row.startOffset,
      end: row.endOffset,
      text: row.text,
      speaker: row.speaker ?? undefined,
      timeMs: row.timeMs ?? undefined,
      heading: row.heading ?? undefined,
      headingLevel: row.headingLevel ?? undefined,
    })),
  }))
}

/** The project's passages among these ids, by id. */
export async function findPassages(
  db: Db,
  projectId: string,
  ids: string[],
): Promise<Map<string, PassageRow>> {
  const rows = await db
    .select()
    .from(passages)
    .where(
      and(
        sql`${passages.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
        eq(passages.projectId, projectId),
      ),
    )
  return new Map(rows.map((row) => [row.id, row]))
}

/** Throws `not_found` when one of the passages does not exist in the project. */
export async function requirePassages(db: Db, projectId: string, ids: string[]) {
  const missing = await db.get(sql`
    SELECT 1 FROM json_each(${JSON.stringify(ids)}) AS asked
    LEFT JOIN ${passages} ON passages.id = asked.value AND passages.project_id = ${projectId}
    WHERE passages.id IS NULL LIMIT 1`)
  if (missing) throw notFound('passage')
}

/** The titles of the sources by id. Throws `not_found` when one does not exist in the project. */
export async function requireSources(db: Db, projectId: string, ids: string[]): Promise<Map<string, string>> {
  const rows = await db
    .select({ id: sources.id, title: sources.title })
    .from(sources)
    .where(
      and(
        eq(sources.projectId, projectId),
        sql`${sources.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
      ),
    )
  if (rows.length !== new Set(ids).size) throw notFound('source')
  return new Map(rows.map((row) => [row.id, row.title]))
}
