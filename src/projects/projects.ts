import { eq } from 'drizzle-orm'
import { type Db, isDuplicate } from '#db/connect.ts'
import { projects } from '#db/schema/projects.ts'
import { newId } from '#src/ids.ts'

/** The id of the project of this name, which is created when there is none. */
export async function ensureProject(db: Db, name: string): Promise<string> {
  const existing = await findProject(db, name)
  if (existing) return existing.id
  const project = { id: newId('prj'), name, createdAt: Date.now() }
  try {
    await db.insert(projects).values(project)
    return project.id
  } catch (error) {
    if (isDuplicate(error, 'projects.name')) return ensureProject(db, name)
    throw error
  }
}

export const findProject = (db: Db, name: string) =>
  db.select().from(projects).where(eq(projects.name, name)).get()

export const getProject = (db: Db, id: string) => db.select().from(projects).where(eq(projects.id, id)).get()
