import { type Static, Type as t } from '@sinclair/typebox'
import { Citation } from '#src/ai/schemas.ts'
import { Frontmatter } from './frontmatter.ts'
import { SectionComparison } from './prose-diff.ts'

export const DOCUMENT_TITLE_CHARS_MAX = 200

export const Document = t.Object(
  {
    id: t.String(),
    title: t.String(),
    status: t.String({ description: '`draft` until reviews come.' }),
    currentVersion: t.Union([t.Integer(), t.Null()], {
      description: 'The number of the newest version, if any.',
    }),
    sourceIds: t.Array(t.String()),
    createdAt: t.String({ format: 'date-time' }),
    updatedAt: t.String({ format: 'date-time' }),
  },
  { title: 'Document' },
)
export type Document = Static<typeof Document>

export const Section = t.Object(
  {
    id: t.String({ description: 'Stays the same when the section is renamed, moved or rewritten.' }),
    heading: t.String(),
    level: t.Integer(),
    markdown: t.String({ description: 'The raw slice, heading included.' }),
    citations: t.Array(Citation),
  },
  { title: 'Section' },
)
export type Section = Static<typeof Section>

/** What a section was planned to be; `passageIds` is the material it was written from. */
export const OutlineEntry = t.Object(
  {
    sectionId: t.String(),
    heading: t.String(),
    level: t.Integer(),
    words: t.Integer(),
    passageIds: t.Array(t.String()),
  },
  { title: 'OutlineEntry' },
)
export type OutlineEntry = Static<typeof OutlineEntry>

export const VersionSummary = t.Object(
  {
    documentId: t.String(),
    number: t.Integer(),
    title: t.String(),
    words: t.Integer(),
    author: t.String({ description: 'The principal that made it.' }),
    reason: t.String(),
    runId: t.Optional(t.String()),
    jobId: t.Optional(t.String()),
    restoredFrom: t.Optional(t.Integer()),
    createdAt: t.String({ format: 'date-time' }),
  },
  { title: 'VersionSummary' },
)
export type VersionSummary = Static<typeof VersionSummary>

export const Version = t.Composite(
  [
    VersionSummary,
    t.Object({
      frontmatter: Frontmatter,
      outline: t.Array(OutlineEntry),
      preamble: t.Object(
        { markdown: t.String(), citations: t.Array(Citation) },
        { description: 'What stands before the first section.' },
      ),
      sections: t.Array(Section),
    }),
  ],
  { title: 'Version' },
)
export type Version = Static<typeof Version>

export const Comparison = t.Object(
  {
    from: t.Integer(),
    to: t.Integer(),
    sections: t.Array(SectionComparison),
  },
  { title: 'Comparison' },
)
