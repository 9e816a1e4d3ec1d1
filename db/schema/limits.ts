import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const rateWindows = sqliteTable(
  'rate_windows',
  {
    subject: text().notNull(),
    part: integer().notNull(),
    taken: integer().notNull(),
    granted: integer().notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.subject, table.part] })],
)

export const signInTries = sqliteTable('sign_in_tries', {
  subject: text().primaryKey(),
  tries: integer().notNull(),
  nextAt: integer('next_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
})

export const familiarAddresses = sqliteTable('familiar_addresses', {
  subject: text().primaryKey(),
  expiresAt: integer('expires_at').notNull(),
})
