import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const documents = sqliteTable('documents', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  title: text().notNull(),
  titleChosen: integer('title_chosen', { mode: 'boolean' }).notNull().default(false),
  status: text().notNull().default('draft'),
  currentVersion: integer('current_version').notNull().default(0),
  revision: integer().notNull().default(1),
  createdBy: text('created_by').notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  deletedAt: integer('deleted_at'),
})

export const documentSources = sqliteTable(
  'document_sources',
  {
    documentId: text('document_id').notNull(),
    sourceId: text('source_id').notNull(),
    projectId: text('project_id').notNull(),
    position: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.documentId, table.sourceId] })],
)

export const documentVersions = sqliteTable('document_versions', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  documentId: text('document_id').notNull(),
  number: integer().notNull(),
  frontmatter: text().notNull(),
  preamble: text().notNull(),
  preambleCitations: text('preamble_citations', { mode: 'json' }).notNull(),
  outline: text({ mode: 'json' }).notNull(),
  words: integer().notNull(),
  author: text().notNull(),
  reason: text().notNull(),
  runId: text('run_id'),
  jobId: text('job_id'),
  restoredFrom: integer('restored_from'),
  createdAt: integer('created_at').notNull(),
})

export const sections = sqliteTable(
  'sections',
  {
    versionId: text('version_id').notNull(),
    position: integer().notNull(),
    projectId: text('project_id').notNull(),
    id: text().notNull(),
    heading: text().notNull(),
    level: integer().notNull(),
    markdown: text().notNull(),
    citations: text({ mode: 'json' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.versionId, table.position] })],
)
