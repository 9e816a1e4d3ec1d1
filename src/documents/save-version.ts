import { Value } from '@sinclair/typebox/value'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { conditionHeld, type Db, type Write } from '#db/connect.ts'
import { documents, documentVersions, sections } from '#db/schema/documents.ts'
import type { Chapter, Citation } from '#src/ai/schemas.ts'
import { AppError, type Issue, notFound } from '#src/errors.ts'
import { newId } from '#src/ids.ts'
import { tell } from '#src/jobs/events.ts'
import { findPassages } from '#src/sources/sources.ts'
import { countWords } from '#src/words.ts'
import { presentDocument, requireDocument } from './documents.ts'
import { findMarkers, withoutMarkers } from './footnotes.ts'
import { Frontmatter, readFrontmatter } from './frontmatter.ts'
import { type MarkdownSection, splitMarkdown } from './markdown.ts'
import { DOCUMENT_TITLE_CHARS_MAX, type OutlineEntry } from './schemas.ts'
import { carryIds } from './sections.ts'

const ISSUES_MAX = 20

type Planned = Pick<Chapter, 'heading' | 'words' | 'passageIds'>

export type NewVersion = {
  projectId: string
  documentId: string
  markdown: string
  citations: Citation[]
  outline?: Planned[]
  author: string
  reason: string
  runId?: string
  jobId?: string
  restoredFrom?: number
  /** The document's revision that the text was made from; whatever it has now unless told. */
  basedOn?: number
}

/**
 * What saves `version` as the next one of its document: its number, and writes for one batch that fails with
 * ConditionFailed when the document was changed in between. Sections keep the ids they had before.
 * Throws `not_found`, `invalid_request` for a citation whose quote is not the source's or a frontmatter that does
 * not fit, and the errors of `splitMarkdown` and `readFrontmatter`.
 */
export async function nextVersion(db: Db, version: NewVersion): Promise<{ number: number; writes: Write[] }> {
  const { projectId, documentId } = version
  const document = await requireDocument(db, projectId, documentId)
  const parts = splitMarkdown(version.markdown)
  const title = titleOf(checkedFrontmatter(parts.frontmatter)) ?? document.title
  await refuseFalseQuotes(db, projectId, version.citations)

  // What is restored is its old self, whatever stands there now.
  const before = version.restoredFrom ?? document.currentVersion
  const previous = before ? await sectionsOf(db, documentId, before) : []
  const ids = carryIds(previous, parts.sections, () => newId('sec'))
  const number = (document.currentVersion ?? 0) + 1
  const versionId = newId('ver')
  const now = Date.now()
  const change = { title, currentVersion: number, revision: document.revision + 1, updatedAt: now }
  const after = { ...document, ...change, updatedAt: new Date(now).toISOString() }
  const unchanged = and(
    eq(documents.id, documentId),
    eq(documents.revision, version.basedOn ?? document.revision),
    isNull(documents.deletedAt),
  )

  const row: typeof documentVersions.$inferInsert = {
    id: versionId,
    projectId,
    documentId,
    number,
    frontmatter: parts.frontmatter,
    preamble: parts.preamble,
    preambleCitations: citedIn(parts.preamble, version.citations),
    outline: outlineOf(parts.sections, ids, version.outline ?? []),
    words: countWords(
      withoutMarkers(parts.preamble + parts.sections.map((section) => section.markdown).join('')),
    ),
    author: version.author,
    reason: version.reason,
    runId: version.runId,
    jobId: version.jobId,
    restoredFrom: version.restoredFrom,
    createdAt: now,
  }
  const writes = [
    db.update(documents).set(change).where(unchanged),
    conditionHeld(db),
    db.insert(documentVersions).values(row),
    ...parts.sections.map((section, position) =>
      db.insert(sections).values({
        versionId,
        position,
        projectId,
        id: ids[position]!,
        ...section,
        citations: citedIn(section.markdown, version.citations),
      }),
    ),
    tell(db, projectId, 'document.updated', presentDocument(after)),
  ]
  return { number, writes }
}

/** The sections of one version in order. */
export const sectionsOf = (db: Db, documentId: string, number: number) =>
  db
    .select({
      id: sections.id,
      heading: sections.heading,
      level: sections.level,
      markdown: sections.markdown,
      citations: sql<string>`${sections.citations}`.mapWith((json: string): Citation[] => JSON.parse(json)),
    })
    .from(sections)
    .innerJoin(documentVersions, eq(documentVersions.id, sections.versionId))
    .where(and(eq(documentVersions.documentId, documentId), eq(documentVersions.number, number)))
    .orderBy(asc(sections.position))

/** The frontmatter as the API shows it. Throws `invalid_request` for a value of another kind than it may have. */
function checkedFrontmatter(raw: string): Record<string, unknown> {
  const frontmatter = readFrontmatter(raw)
  const issues: Issue[] = []
  for (const { path, message } of Value.Errors(Frontmatter, frontmatter)) {
    issues.push({ path: `/frontmatter${path}`, message })
    if (issues.length === ISSUES_MAX) break
  }
  const [first] = issues
  if (first)
    throw new AppError(
      'invalid_request',
      `The frontmatter is not valid: ${first.path}: ${first.message}.`,
      issues,
    )
  return frontmatter
}

function titleOf(frontmatter: Record<string, unknown>): string | undefined {
  const { title } = frontmatter
  return typeof title === 'string' && title.trim()
    ? title.trim().slice(0, DOCUMENT_TITLE_CHARS_MAX)
    : undefined
}

function citedIn(markdown: string, citations: Citation[]): Citation[] {
  const used = new Set(findMarkers(markdown).map((marker) => marker.label))
  return citations.filter((citation) => used.has(citation.marker))
}

function outlineOf(saved: MarkdownSection[], ids: string[], chapters: Planned[]): OutlineEntry[] {
  return saved.map(({ heading, level, markdown }, index) => {
    const chapter = chapters.find((planned) => planned.heading === heading)
    const words = chapter?.words ?? countWords(withoutMarkers(markdown))
    return { sectionId: ids[index]!, heading, level, words, passageIds: chapter?.passageIds ?? [] }
  })
}

async function refuseFalseQuotes(db: Db, projectId: string, citations: Citation[]) {
  const cited = await findPassages(
    db,
    projectId,
    citations.map((citation) => citation.passageId),
  )
  const issues: Issue[] = []
  for (const [index, { passageId, sourceId, start, end, quote }] of citations.entries()) {
    const passage = cited.get(passageId)
    if (!passage || passage.sourceId !== sourceId) throw notFound('passage')
    const inside = start >= passage.startOffset && start < end && end <= passage.endOffset
    const actual = passage.text.slice(start - passage.startOffset, end - passage.startOffset)
    if (!inside || actual !== quote)
      issues.push({
        path: `/citations/${index}/quote`,
        message: "is not the source's text from start to end",
      })
  }
  if (issues.length)
    throw new AppError('invalid_request', 'A quote is not what its source says.', issues.slice(0, ISSUES_MAX))
}
