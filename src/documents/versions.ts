import { and, desc, eq, lt } from 'drizzle-orm'
import { asConditionFailed, ConditionFailed, type Db } from '#db/connect.ts'
import { documentVersions } from '#db/schema/documents.ts'
import type { Citation } from '#src/ai/schemas.ts'
import { AppError, notFound } from '#src/errors.ts'
import { PAGE_SIZE_DEFAULT } from '#src/paging.ts'
import { requireSources } from '#src/sources/sources.ts'
import { isoTime } from '#src/time.ts'
import { requireDocument } from './documents.ts'
import { withFootnotes } from './footnotes.ts'
import { readFrontmatter } from './frontmatter.ts'
import { compareSections } from './prose-diff.ts'
import { renderHtml, renderText } from './render.ts'
import { nextVersion, sectionsOf } from './save-version.ts'
import type { OutlineEntry, Version, VersionSummary } from './schemas.ts'

export const bodyFormats = ['markdown', 'html', 'text'] as const
export type BodyFormat = (typeof bodyFormats)[number]

type VersionRow = typeof documentVersions.$inferSelect
type VersionId = { projectId: string; documentId: string; number: number }

/** A page of a document's versions, newest first; the cursor is the number before which it begins. Throws `not_found`. */
export async function listVersions(
  db: Db,
  { projectId, documentId }: { projectId: string; documentId: string },
  page: { limit?: number; before?: number },
) {
  await requireDocument(db, projectId, documentId)
  const limit = page.limit ?? PAGE_SIZE_DEFAULT
  const rows = await db
    .select()
    .from(documentVersions)
    .where(
      and(
        eq(documentVersions.documentId, documentId),
        eq(documentVersions.projectId, projectId),
        page.before === undefined ? undefined : lt(documentVersions.number, page.before),
      ),
    )
    .orderBy(desc(documentVersions.number))
    .limit(limit + 1)
  const shown = rows.slice(0, limit)
  return { items: shown.map(summarise), nextBefore: rows.length > limit ? shown.at(-1)!.number : null }
}

/** A whole version. Throws `not_found`. */
export async function getVersion(db: Db, id: VersionId): Promise<Version> {
  const row = await versionRow(db, id)
  return {
    ...summarise(row),
    frontmatter: readFrontmatter(row.frontmatter),
    outline: row.outline as OutlineEntry[],
    preamble: { markdown: row.preamble, citations: row.preambleCitations as Citation[] },
    sections: await sectionsOf(db, id.documentId, id.number),
  }
}

/** A version as it was saved: its raw text, what its markers stand for, and what it was planned from. */
export async function versionText(db: Db, id: VersionId) {
  const row = await versionRow(db, id)
  const sections = await sectionsOf(db, id.documentId, id.number)
  return {
    frontmatter: row.frontmatter,
    body: row.preamble + sections.map((section) => section.markdown).join(''),
    citations: [
      ...(row.preambleCitations as Citation[]),
      ...sections.flatMap((section) => section.citations),
    ],
    outline: row.outline as OutlineEntry[],
  }
}

/** The post as one text: Markdown with its frontmatter and footnotes, safe HTML, or plain text. Throws `not_found`. */
export async function versionBody(db: Db, id: VersionId, format: BodyFormat): Promise<string> {
  const { frontmatter, body, citations } = await versionText(db, id)
  if (format === 'text') return renderText(body)
  const sourceTitles = Object.fromEntries(await titlesOf(db, id.projectId, citations))
  if (format === 'markdown') return withFootnotes(frontmatter + body, citations, sourceTitles)
  return renderHtml(body, { citations, sourceTitles })
}

/** Makes a version the newest again, as a new one. Throws `not_found`, and `conflict` when another was saved meanwhile. */
export async function restoreVersion(db: Db, id: VersionId, author: string): Promise<Version> {
  const { projectId, documentId } = id
  const { frontmatter, body, citations, outline } = await versionText(db, id)
  const { number, writes } = await nextVersion(db, {
    projectId,
    documentId,
    markdown: frontmatter + body,
    citations,
    outline,
    author,
    reason: `Restored version ${id.number}`,
    restoredFrom: id.number,
  })
  try {
    await db.batch([writes[0]!, ...writes.slice(1)])
  } catch (error) {
    if (!(asConditionFailed(error) instanceof ConditionFailed)) throw error
    throw new AppError(
      'conflict',
      'Another version was saved at this moment. Look at it, then restore again.',
    )
  }
  return getVersion(db, { projectId, documentId, number })
}

/** What changed from version `number` to version `to`, section by section. Throws `not_found`. */
export async function compareVersions(db: Db, id: VersionId, to: number) {
  const from = await getVersion(db, id)
  const after = await getVersion(db, { ...id, number: to })
  return { from: id.number, to, sections: await compareSections(withPreamble(from), withPreamble(after)) }
}

const withPreamble = ({ preamble, sections }: Version) => [
  { id: 'preamble', heading: '', markdown: preamble.markdown },
  ...sections,
]

async function titlesOf(db: Db, projectId: string, citations: Citation[]) {
  const ids = [...new Set(citations.map((citation) => citation.sourceId))]
  return ids.length ? requireSources(db, projectId, ids) : new Map<string, string>()
}

async function versionRow(db: Db, { projectId, documentId, number }: VersionId): Promise<VersionRow> {
  await requireDocument(db, projectId, documentId)
  const row = await db
    .select()
    .from(documentVersions)
    .where(
      and(
        eq(documentVersions.documentId, documentId),
        eq(documentVersions.number, number),
        eq(documentVersions.projectId, projectId),
      ),
    )
    .get()
  if (!row) throw notFound('version')
  return row
}

const summarise = (row: VersionRow): VersionSummary => ({
  documentId: row.documentId,
  number: row.number,
  title: titleIn(row),
  words: row.words,
  author: row.author,
  reason: row.reason,
  ...(row.runId ? { runId: row.runId } : {}),
  ...(row.jobId ? { jobId: row.jobId } : {}),
  ...(row.restoredFrom === null ? {} : { restoredFrom: row.restoredFrom }),
  createdAt: isoTime(row.createdAt)!,
})

function titleIn(row: VersionRow): string {
  const { title } = readFrontmatter(row.frontmatter)
  return typeof title === 'string' ? title : 'Untitled'
}
