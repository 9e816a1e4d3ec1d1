import { eq, inArray } from 'drizzle-orm'
import { type Db, isDuplicate, type Write } from '#db/connect.ts'
import { users } from '#db/schema/accounts.ts'
import { newId } from '#src/ids.ts'

/** Nobody's: no mail goes there. */
export const DEMO_EMAIL = 'demo@quill.invalid'
const IDS_PER_QUERY = 90

export type PublicPerson = { id: string; name: string; email: string }

/** The people of these ids, by id; who is gone is missing. */
export async function findPeople(db: Db, ids: string[]): Promise<Map<string, PublicPerson>> {
  const people = new Map<string, PublicPerson>()
  for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
    const some = inArray(users.id, ids.slice(at, at + IDS_PER_QUERY))
    for (const { id, name, email } of await db.select().from(users).where(some))
      people.set(id, { id, name, email })
  }
  return people
}

export const findPersonByEmail = (db: Db, email: string) =>
  db.select().from(users).where(eq(users.email, email.toLowerCase())).get()

/** Writes down that somebody has their address: a link that was sent there came back. */
export const proveAddress = (db: Db, userId: string): Write =>
  db.update(users).set({ emailVerified: true, updatedAt: Date.now() }).where(eq(users.id, userId))

/** The id of the person as whom the demo is opened; made when it is missing. */
export async function ensureDemoPerson(db: Db): Promise<string> {
  const existing = await db.select({ id: users.id }).from(users).where(eq(users.isDemo, true)).get()
  if (existing) return existing.id
  const now = Date.now()
  const person = { id: newId('usr'), name: 'Demo', email: DEMO_EMAIL, createdAt: now, updatedAt: now }
  try {
    await db.insert(users).values({ ...person, isDemo: true })
    return person.id
  } catch (error) {
    if (isDuplicate(error, 'users.')) return ensureDemoPerson(db)
    throw error
  }
}
