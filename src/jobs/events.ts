import { type SQL, sql } from 'drizzle-orm'
import type { Db, Write } from '#db/connect.ts'
import { events } from '#db/schema/jobs.ts'
import { statement } from '#db/statement.ts'

/**
 * The types of the live stream. State events carry a snapshot; `section.text` carries a piece at an offset.
 */
export const eventTypes = [
  'source.created',
  'document.created',
  'document.updated',
  'document.deleted',
  'run.updated',
  'job.updated',
  'section.text',
  'project.updated',
  'members.updated',
  'alarm.updated',
] as const

export type EventType = (typeof eventTypes)[number]

/** A write that tells the project's listeners: part of the batch of what it tells about. */
export const tell = (_db: Db, projectId: string, type: EventType, data: object): Write =>
  statement('INSERT INTO events (project_id, type, data, created_at) VALUES (?, ?, ?, ?)', [
    projectId,
    type,
    JSON.stringify(data),
    Date.now(),
  ])

/** The same where a condition holds. */
export const tellWhere = (
  db: Db,
  projectId: string,
  type: EventType,
  { data, condition }: { data: object; condition: SQL },
): Write =>
  db.run(sql`
    INSERT INTO ${events} (project_id, type, data, created_at)
    SELECT ${projectId}, ${type}, ${JSON.stringify(data)}, ${Date.now()} WHERE ${condition}`)

/**
 * The same in every project of a person whose sessions or keys were ended: their event streams then ask
 * whether they still may. `person` is an id, or a query for one.
 */
export const tellProjectsOf = (db: Db, person: string | SQL): Write =>
  db.run(sql`
    INSERT INTO ${events} (project_id, type, data, created_at)
    SELECT project_id, ${'members.updated' satisfies EventType}, json_object('userId', user_id), ${Date.now()}
    FROM members WHERE user_id = ${person}`)

/**
 * The same for a change that may find its row in another state: it tells only what the write before it did.
 */
export const tellIfChanged = (_db: Db, projectId: string, type: EventType, data: object): Write =>
  statement('INSERT INTO events (project_id, type, data, created_at) SELECT ?, ?, ?, ? WHERE changes() > 0', [
    projectId,
    type,
    JSON.stringify(data),
    Date.now(),
  ])
