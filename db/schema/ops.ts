import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * `subject` tells alarms of one name apart, such as the kind of a job; `toldAt` and `clearToldAt` are when operators
 * were told that it was raised, and that it is over.
 */
export const alarms = sqliteTable('alarms', {
  id: text().primaryKey(),
  name: text().notNull(),
  subject: text().notNull(),
  message: text().notNull(),
  raisedAt: integer('raised_at').notNull(),
  toldAt: integer('told_at'),
  clearedAt: integer('cleared_at'),
  clearToldAt: integer('clear_told_at'),
})
