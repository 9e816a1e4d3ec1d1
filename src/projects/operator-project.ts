import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { type Db, tryAtomically } from '#db/connect.ts'
import { members, projects } from '#db/schema/projects.ts'
import { findPeople } from '#src/accounts/people.ts'
import { audit, operator } from '#src/audit/audit.ts'
import { AppError, notFound } from '#src/errors.ts'
import { isId, newId } from '#src/ids.ts'
import { getProject } from './projects.ts'

const CANDIDATES_SHOWN_MAX = 10
const OWNERS_SHOWN_MAX = 5

type Project = { id: string; name: string }

/**
 * The project that somebody at the command line means by its id, or by a name; one of a new name is created.
 * A name is enough while nobody is a member: afterwards anybody may have chosen it. Throws `not_found` for an
 * id, and `conflict` for a project that is archived and for a name that does not tell which one is meant.
 */
export async function operatorProject(db: Db, text: string): Promise<Project> {
  if (isId('prj', text)) return projectById(db, text)
  const found = await projectsNamed(db, text)
  if (!found.length) return (await createNamed(db, text)) ?? operatorProject(db, text)
  const [first] = found
  if (found.length === 1 && !first!.members) return { id: first!.id, name: text }
  const candidates = await Promise.all(found.map(({ id }) => describe(db, id)))
  throw new AppError(
    'conflict',
    `Which project do you mean? Give its id in the place of the name "${text}":\n${candidates.join('\n')}`,
  )
}

async function projectById(db: Db, id: string): Promise<Project> {
  const project = await getProject(db, id)
  if (!project) throw notFound('project')
  if (project.archivedAt !== null)
    throw new AppError('conflict', 'The project is archived: bring it back first.')
  return { id, name: project.name }
}

const projectsNamed = (db: Db, name: string) =>
  db
    .select({ id: projects.id, members: db.$count(members, eq(members.projectId, projects.id)) })
    .from(projects)
    .where(and(eq(projects.name, name), isNull(projects.archivedAt)))
    .orderBy(asc(projects.id))
    .limit(CANDIDATES_SHOWN_MAX)

/** Undefined when somebody was quicker. */
async function createNamed(db: Db, name: string): Promise<Project | undefined> {
  const id = newId('prj')
  const isFirst = sql`NOT EXISTS (SELECT 1 FROM ${projects} WHERE name = ${name} AND archived_at IS NULL)`
  const create = db.run(
    sql`INSERT INTO ${projects} (id, name, created_at) SELECT ${id}, ${name}, ${Date.now()} WHERE ${isFirst}`,
  )
  const written = audit(db, operator, 'project.created', { projectId: id, target: id, details: { name } })
  return (await tryAtomically(db, create, [written])) ? { id, name } : undefined
}

async function describe(db: Db, id: string): Promise<string> {
  const owners = await db
    .select({ userId: members.userId })
    .from(members)
    .where(and(eq(members.projectId, id), eq(members.role, 'owner')))
    .limit(OWNERS_SHOWN_MAX)
  const people = await findPeople(
    db,
    owners.map(({ userId }) => userId),
  )
  const addresses = [...people.values()].map(({ email }) => email)
  return `  ${id}  ${addresses.join(', ') || 'nobody owns it'}`
}
