import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** What somebody did: rows are only ever added, and triggers hold that. */
export const auditLog = sqliteTable('audit_log', {
  id: text().primaryKey(),
  projectId: text('project_id'),
  userId: text('user_id'),
  actor: text().notNull(),
  principalKind: text('principal_kind').notNull(),
  principalId: text('principal_id'),
  action: text().notNull(),
  target: text(),
  details: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  address: text(),
  requestId: text('request_id'),
  createdAt: integer('created_at').notNull(),
})
