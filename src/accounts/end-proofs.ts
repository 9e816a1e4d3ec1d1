import { eq } from 'drizzle-orm'
import type { Db, Write } from '#db/connect.ts'
import { verifications } from '#db/schema/accounts.ts'

/** Ends what else would prove who a person is: links of resets, sign-ins that are half done, trusted browsers. */
export const endProofsOf = (db: Db, userId: string): Write =>
  db.delete(verifications).where(eq(verifications.userId, userId))
