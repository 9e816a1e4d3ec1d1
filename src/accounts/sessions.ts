import { and, desc, eq, gt, ne, sql } from 'drizzle-orm'
import { type Db, tryAtomically, type Write } from '#db/connect.ts'
import { sessions, users } from '#db/schema/accounts.ts'
import { notFound } from '#src/errors.ts'
import { newId } from '#src/ids.ts'
import { tellProjectsOf } from '#src/jobs/events.ts'
import { isoTime } from '#src/time.ts'
import { hashToken, randomBase62 } from '#src/tokens.ts'

/** Without use. */
export const SESSION_MS = 7 * 24 * 3_600_000
/** In all. */
export const SESSION_LIFETIME_MS = 30 * 24 * 3_600_000
const TOKEN_LENGTH = 43

/** Who a session is of. */
export type Person = {
  sessionId: string
  userId: string
  name: string
  email: string
  isDemo: boolean
  signedInAt: number
  /** The project that was worked in last. */
  projectId: string | null
  expiresAt: number
}

/** A look-up of sessions by token, prepared once: it runs on every request. */
export function findSession(db: Db): (token: string) => Promise<Person | undefined> {
  const byHash = db
    .select({
      sessionId: sessions.id,
      userId: sessions.userId,
      name: users.name,
      email: users.email,
      isDemo: users.isDemo,
      signedInAt: sessions.createdAt,
      projectId: sessions.projectId,
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.tokenHash, sql.placeholder('hash')))
    .prepare()
  return (token) => byHash.get({ hash: hashToken(token) })
}

/** Starts a session without any proof, and returns its token, of which only the hash is kept. */
export async function startSession(db: Db, session: { userId: string; projectId: string }): Promise<string> {
  const token = randomBase62(TOKEN_LENGTH)
  const now = Date.now()
  await db.insert(sessions).values({
    id: newId('ses'),
    ...session,
    tokenHash: hashToken(token),
    createdAt: now,
    updatedAt: now,
    expiresAt: now + SESSION_MS,
  })
  return token
}

/** Ends the session of a token. */
export function endSession(db: Db, token: string): [Write, Write] {
  const hash = hashToken(token)
  return [
    tellProjectsOf(db, sql`(SELECT user_id FROM sessions WHERE token_hash = ${hash})`),
    db.delete(sessions).where(eq(sessions.tokenHash, hash)),
  ]
}

/** A person's live sessions, the latest first. */
export async function listSessions(db: Db, person: Person) {
  const rows = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, person.userId), gt(sessions.expiresAt, Date.now())))
    .orderBy(desc(sessions.id))
  return rows.map((row) => ({
    id: row.id,
    current: row.id === person.sessionId,
    address: row.address || null,
    userAgent: row.userAgent || null,
    createdAt: isoTime(row.createdAt),
    lastUsedAt: isoTime(row.lastUsedAt ?? row.createdAt),
    expiresAt: isoTime(row.expiresAt),
  }))
}

/** Ends one of a person's sessions, with what is written down of it. Throws `not_found` when it is not theirs. */
export async function revokeSession(db: Db, userId: string, id: string, written: Write) {
  const end = db.delete(sessions).where(and(eq(sessions.id, id), eq(sessions.userId, userId)))
  if (!(await tryAtomically(db, end, [tellProjectsOf(db, userId), written]))) throw notFound('session')
}

/** Ends every session of a person, but the one that is kept. */
export function endSessionsOf(db: Db, userId: string, keptId?: string): [Write, Write] {
  const ended = and(eq(sessions.userId, userId), keptId ? ne(sessions.id, keptId) : undefined)
  return [db.delete(sessions).where(ended), tellProjectsOf(db, userId)]
}

/** Remembers the project that a session works in: new tabs open in it. */
export async function chooseProject(db: Db, sessionId: string, projectId: string) {
  await db.update(sessions).set({ projectId }).where(eq(sessions.id, sessionId))
}

/** Writes down that a session was used, which keeps it alive. */
export const noteSessionUse = (db: Db, id: string, at: number): Write & PromiseLike<unknown> =>
  db
    .update(sessions)
    .set({
      lastUsedAt: at,
      expiresAt: sql`min(${at + SESSION_MS}, ${sessions.createdAt} + ${SESSION_LIFETIME_MS})`,
    })
    .where(eq(sessions.id, id))
