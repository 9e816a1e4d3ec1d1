import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { apiKeys, sessions } from '#db/schema/projects.ts'
import { newId } from '#src/ids.ts'
import { hashToken, randomBase62 } from './api-keys.ts'
import type { Permission } from './permissions.ts'

export const SESSION_MS = 7 * 24 * 3_600_000
const TOKEN_LENGTH = 43

/** Starts a session and returns its token, of which only the hash is kept. */
export async function startSession(
  db: Db,
  session: { projectId: string; scopes: Permission[]; apiKeyId?: string },
): Promise<string> {
  const token = randomBase62(TOKEN_LENGTH)
  const now = Date.now()
  await db.insert(sessions).values({
    id: newId('ses'),
    projectId: session.projectId,
    tokenHash: hashToken(token),
    apiKeyId: session.apiKeyId,
    scopes: session.scopes,
    createdAt: now,
    expiresAt: now + SESSION_MS,
  })
  return token
}

/** A look-up of sessions by token. A session that a key opened ends with the key. */
export function findSession(db: Db) {
  const byHash = db
    .select({
      id: sessions.id,
      projectId: sessions.projectId,
      scopes: sessions.scopes,
      expiresAt: sql<number>`min(${sessions.expiresAt}, ifnull(${apiKeys.expiresAt}, ${sessions.expiresAt}))`,
    })
    .from(sessions)
    .leftJoin(apiKeys, eq(apiKeys.id, sessions.apiKeyId))
    .where(and(eq(sessions.tokenHash, sql.placeholder('hash')), isNull(apiKeys.revokedAt)))
    .prepare()
  return (token: string) => byHash.get({ hash: hashToken(token) })
}

export async function endSession(db: Db, token: string) {
  await db.delete(sessions).where(eq(sessions.tokenHash, hashToken(token)))
}
