import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** `subject` tells alarms of one name apart, such as the kind of a job; `toldAt` is when operators were told. */
export const alarms = sqliteTable('alarms', {
  id: text().primaryKey(),
  name: text().notNull(),
  subject: text().notNull(),
  message: text().notNull(),
  raisedAt: integer('raised_at').notNull(),
  toldAt: integer('told_at'),
  clearedAt: integer('cleared_at'),
})
