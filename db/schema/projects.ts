import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const roles = ['owner', 'admin', 'editor', 'writer', 'reviewer', 'viewer', 'billing'] as const
export type Role = (typeof roles)[number]

export const projects = sqliteTable('projects', {
  id: text().primaryKey(),
  name: text().notNull(),
  isDemo: integer('is_demo', { mode: 'boolean' }).notNull().default(false),
  createdAt: integer('created_at').notNull(),
  archivedAt: integer('archived_at'),
})

export const members = sqliteTable(
  'members',
  {
    projectId: text('project_id').notNull(),
    userId: text('user_id').notNull(),
    role: text({ enum: roles }).notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.userId] })],
)

export const invitations = sqliteTable('invitations', {
  id: text().primaryKey(),
  projectId: text('project_id').notNull(),
  email: text().notNull(),
  role: text({ enum: roles }).notNull(),
  tokenHash: text('token_hash').notNull().unique(),
  invitedBy: text('invited_by'),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
  acceptedAt: integer('accepted_at'),
  revokedAt: integer('revoked_at'),
})

/** `userId` is who made the key; a key that was made at the command line has nobody. */
export const apiKeys = sqliteTable('api_keys', {
  id: text().primaryKey(),
  userId: text('user_id'),
  name: text().notNull(),
  keyHash: text('key_hash').notNull().unique(),
  hint: text().notNull(),
  scopes: text({ mode: 'json' }).$type<string[]>().notNull(),
  allowedAddresses: text('allowed_addresses', { mode: 'json' }).$type<string[]>().notNull().default([]),
  rotatedFrom: text('rotated_from'),
  createdAt: integer('created_at').notNull(),
  lastUsedAt: integer('last_used_at'),
  expiresAt: integer('expires_at'),
  revokedAt: integer('revoked_at'),
})

export const apiKeyProjects = sqliteTable(
  'api_key_projects',
  { keyId: text('key_id').notNull(), projectId: text('project_id').notNull() },
  (table) => [primaryKey({ columns: [table.keyId, table.projectId] })],
)
