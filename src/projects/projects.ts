import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { type Db, isDuplicate, tryAtomically } from '#db/connect.ts'
import { members, projects } from '#db/schema/projects.ts'
import { type Actor, type AuditAction, audit } from '#src/audit/audit.ts'
import { limitExceeded } from '#src/errors.ts'
import { newId } from '#src/ids.ts'
import { tell } from '#src/jobs/events.ts'

export const PROJECT_NAME_CHARS_MAX = 100
/** Of those that one person owns. */
export const PROJECTS_PER_PERSON_MAX = 100

/** Creates a project with whoever makes it as its owner. Throws `limit_exceeded`. */
export async function createProject(
  db: Db,
  { name, userId }: { name: string; userId: string },
  actor: Actor,
) {
  const id = newId('prj')
  const now = Date.now()
  const owned = sql`(SELECT count(*) FROM ${members} WHERE user_id = ${userId} AND role = 'owner')`
  const create = db.run(
    sql`INSERT INTO ${projects} (id, name, created_at)
      SELECT ${id}, ${name}, ${now} WHERE ${owned} < ${PROJECTS_PER_PERSON_MAX}`,
  )
  const done = await tryAtomically(db, create, [
    db.insert(members).values({ projectId: id, userId, role: 'owner', createdAt: now }),
    audit(db, actor, 'project.created', { projectId: id, target: id, details: { name } }),
  ])
  if (!done) throw limitExceeded(`A person can own ${PROJECTS_PER_PERSON_MAX} projects.`)
  return { id, name }
}

/** Renames a project. */
export async function renameProject(db: Db, id: string, name: string, actor: Actor) {
  await db.batch([
    db.update(projects).set({ name }).where(eq(projects.id, id)),
    audit(db, actor, 'project.renamed', { projectId: id, target: id, details: { name } }),
    tell(db, id, 'project.updated', { id }),
  ])
}

/** Archives a project, which can then only be read. Nothing when it is archived already. */
export const archiveProject = (db: Db, id: string, actor: Actor) =>
  setArchived(db, { id, archivedAt: Date.now() }, { actor, action: 'project.archived' })

/** Brings an archived project back. Nothing when it is not archived. */
export const restoreProject = (db: Db, id: string, actor: Actor) =>
  setArchived(db, { id, archivedAt: null }, { actor, action: 'project.restored' })

async function setArchived(
  db: Db,
  { id, archivedAt }: { id: string; archivedAt: number | null },
  { actor, action }: { actor: Actor; action: AuditAction },
) {
  const isOther = archivedAt === null ? isNotNull(projects.archivedAt) : isNull(projects.archivedAt)
  await tryAtomically(
    db,
    db
      .update(projects)
      .set({ archivedAt })
      .where(and(eq(projects.id, id), isOther)),
    [audit(db, actor, action, { projectId: id, target: id }), tell(db, id, 'project.updated', { id })],
  )
}

/**
 * The id of the oldest project of a name, which is created when there is none: in a database of one's own.
 */
export async function ensureProject(db: Db, name: string): Promise<string> {
  const id = newId('prj')
  const isFirst = sql`NOT EXISTS (SELECT 1 FROM ${projects} WHERE name = ${name} AND archived_at IS NULL)`
  await db.run(
    sql`INSERT INTO ${projects} (id, name, created_at) SELECT ${id}, ${name}, ${Date.now()} WHERE ${isFirst}`,
  )
  const named = and(eq(projects.name, name), isNull(projects.archivedAt))
  const oldest = [asc(projects.createdAt), asc(projects.id)]
  return (await db
    .select({ id: projects.id })
    .from(projects)
    .where(named)
    .orderBy(...oldest)
    .get())!.id
}

/** The one project of the demo, and a member of it: made when they are missing. */
export async function ensureDemoProject(db: Db, { name, userId }: { name: string; userId: string }) {
  const existing = await findDemo(db)
  const id = existing?.id ?? newId('prj')
  const join = db
    .insert(members)
    .values({ projectId: id, userId, role: 'owner', createdAt: Date.now() })
    .onConflictDoNothing()
  const create = db.insert(projects).values({ id, name, isDemo: true, createdAt: Date.now() })
  try {
    // Whoever archived it showed what that looks like; the next one finds it open.
    const open = db
      .update(projects)
      .set({ archivedAt: null })
      .where(and(eq(projects.id, id), isNotNull(projects.archivedAt)))
    await db.batch(existing ? [join, open] : [create, join])
    return id
  } catch (error) {
    if (isDuplicate(error, 'projects.is_demo')) return (await findDemo(db))!.id
    throw error
  }
}

export const getProject = (db: Db, id: string) => db.select().from(projects).where(eq(projects.id, id)).get()

const findDemo = (db: Db) => db.select().from(projects).where(eq(projects.isDemo, true)).get()
