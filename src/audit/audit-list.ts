import { and, desc, eq, gte, lt, type SQL } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { auditLog } from '#db/schema/audit.ts'
import { firstIdAt } from '#src/ids.ts'
import { PAGE_SIZE_DEFAULT, readCursor, toPage } from '#src/paging.ts'
import { isoTime } from '#src/time.ts'
import type { AuditAction } from './audit.ts'

/** An export is read in pieces of this many rows. */
const EXPORT_ROWS = 500
/** An id may run this far ahead of the time that stands beside it, when the clock was set back meanwhile. */
const IDS_AHEAD_MS = 60_000

export type AuditFilter = {
  action?: AuditAction
  userId?: string
  target?: string
  /** ISO 8601. */
  from?: string
  until?: string
}

type Page = { limit?: number; cursor?: string }

/** What happened in a project, the latest first. */
export const listAudit = (db: Db, projectId: string, { limit, cursor, ...filter }: AuditFilter & Page) =>
  listWhere(db, and(eq(auditLog.projectId, projectId), ...conditions(filter))!, { limit, cursor })

/** What a person did, in every project and to their own account, the latest first. */
export const listActivity = (db: Db, userId: string, page: Page) =>
  listWhere(db, eq(auditLog.userId, userId), page)

/** A project's whole log as lines of JSON, the latest first, read as it is sent. */
export function exportAudit(db: Db, projectId: string, filter: AuditFilter): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let before: string | undefined
  return new ReadableStream({
    async pull(controller) {
      const rows = await select(
        db,
        and(
          eq(auditLog.projectId, projectId),
          ...conditions(filter),
          before ? lt(auditLog.id, before) : undefined,
        )!,
      ).limit(EXPORT_ROWS)
      before = rows.at(-1)?.id
      for (const row of rows) controller.enqueue(encoder.encode(`${JSON.stringify(presentEntry(row))}\n`))
      if (rows.length < EXPORT_ROWS) controller.close()
    },
  })
}

async function listWhere(db: Db, condition: SQL, { limit = PAGE_SIZE_DEFAULT, cursor }: Page) {
  const before = readCursor('aud', cursor)
  const rows = await select(db, and(condition, before ? lt(auditLog.id, before) : undefined)!).limit(
    limit + 1,
  )
  return toPage(rows, limit, presentEntry)
}

const select = (db: Db, condition: SQL) =>
  db.select().from(auditLog).where(condition).orderBy(desc(auditLog.id)).$dynamic()

/** The times are compared exactly; the bounds on the id, which sorts by time, spare walking the whole log. */
const conditions = ({ action, userId, target, from, until }: AuditFilter) => [
  action ? eq(auditLog.action, action) : undefined,
  userId ? eq(auditLog.userId, userId) : undefined,
  target ? eq(auditLog.target, target) : undefined,
  from ? gte(auditLog.id, firstIdAt('aud', Date.parse(from) - IDS_AHEAD_MS)) : undefined,
  from ? gte(auditLog.createdAt, Date.parse(from)) : undefined,
  until ? lt(auditLog.id, firstIdAt('aud', Date.parse(until) + IDS_AHEAD_MS)) : undefined,
  until ? lt(auditLog.createdAt, Date.parse(until)) : undefined,
]

const presentEntry = (row: typeof auditLog.$inferSelect) => ({
  id: row.id,
  at: isoTime(row.createdAt)!,
  action: row.action as AuditAction,
  actor: { name: row.actor, userId: row.userId, kind: row.principalKind, principalId: row.principalId },
  target: row.target,
  details: row.details,
  projectId: row.projectId,
  address: row.address,
  requestId: row.requestId,
})
