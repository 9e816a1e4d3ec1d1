import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const sources = sqliteTable('sources', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  kind: text().notNull(),
  title: text().notNull(),
  fileName: text('file_name'),
  text: text().notNull(),
  characters: integer().notNull(),
  words: integer().notNull(),
  passageCount: integer('passage_count').notNull(),
  createdBy: text('created_by').notNull(),
  createdAt: integer('created_at').notNull(),
})

export const passages = sqliteTable('passages', {
  seq: integer().primaryKey(),
  id: text().notNull().unique(),
  projectId: text('project_id').notNull(),
  sourceId: text('source_id').notNull(),
  position: integer().notNull(),
  startOffset: integer('start_offset').notNull(),
  endOffset: integer('end_offset').notNull(),
  text: text().notNull(),
  speaker: text(),
  timeMs: integer('time_ms'),
  heading: text(),
  headingLevel: integer('heading_level'),
})
