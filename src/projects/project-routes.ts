import { Elysia, t } from 'elysia'
import { roles } from '#db/schema/projects.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { AppError, notFound } from '#src/errors.ts'
import { oneOf } from '#src/one-of.ts'
import { isoTime } from '#src/time.ts'
import { access } from './access.ts'
import { leaveProject, membershipsOf, transferOwnership } from './members.ts'
import { permissionNames, permissions, permissionsOf, roleMeanings, rolesDecidedBy } from './permissions.ts'
import {
  archiveProject,
  createProject,
  getProject,
  PROJECT_NAME_CHARS_MAX,
  renameProject,
  restoreProject,
} from './projects.ts'

const closed = { additionalProperties: false }
const projectId = t.Object({ id: t.String({ description: 'A project, `prj_…`.' }) })
const name = t.String({ minLength: 1, maxLength: PROJECT_NAME_CHARS_MAX, pattern: '\\S' })

const Project = t.Object(
  {
    id: t.String(),
    name: t.String(),
    createdAt: t.String({ format: 'date-time' }),
    archivedAt: t.Union([t.String({ format: 'date-time' }), t.Null()]),
  },
  { title: 'Project' },
)
const OwnProject = t.Object(
  { id: t.String(), name: t.String(), role: oneOf(roles), archived: t.Boolean() },
  { title: 'OwnProject' },
)
const Rights = t.Object(
  {
    roles: t.Array(
      t.Object({
        name: oneOf(roles),
        meaning: t.String(),
        permissions: t.Array(oneOf(permissionNames)),
        decides: t.Array(oneOf(roles), { description: 'The roles that it may give, change and remove.' }),
      }),
    ),
    permissions: t.Array(t.Object({ name: oneOf(permissionNames), meaning: t.String(), later: t.Boolean() })),
  },
  { title: 'Rights' },
)

/** The table of rights, as the API and the interface show it. */
const rights = {
  roles: roles.map((role) => ({
    name: role,
    meaning: roleMeanings[role],
    permissions: [...permissionsOf[role]],
    decides: [...rolesDecidedBy(role)],
  })),
  permissions: permissionNames.map((permission) => ({
    name: permission,
    meaning: permissions[permission].meaning,
    later: permissions[permission].later,
  })),
}

/** Projects: a person's own, and the one that a request is about. */
export const projectRoutes = (deps: AppDeps) => {
  const { db, hub } = deps
  const present = async (id: string) => {
    const project = (await getProject(db, id))!
    return {
      id,
      name: project.name,
      createdAt: isoTime(project.createdAt)!,
      archivedAt: isoTime(project.archivedAt) ?? null,
    }
  }
  return new Elysia({ name: 'projects', tags: ['Projects'] })
    .use(access(deps))
    .get('/rights', () => rights, {
      open: 'it is documentation: which role may do what',
      ...documented('getRights', 'Which role may do what', { success: { 200: Rights }, open: true }),
    })
    .get(
      '/projects',
      async ({ person }) => {
        const memberships = await membershipsOf(db, person.userId)
        const items = memberships.map(({ projectId, name, role, archivedAt }) => ({
          id: projectId,
          name,
          role,
          archived: archivedAt !== null,
        }))
        return { items }
      },
      {
        person: 'session',
        ...documented('listProjects', 'List the projects you are a member of', {
          success: { 200: t.Object({ items: t.Array(OwnProject) }) },
        }),
      },
    )
    .post(
      '/projects',
      async ({ person, body, actor, status }) => {
        const { id } = await createProject(db, { name: body.name.trim(), userId: person.userId }, actor())
        return status(201, await present(id))
      },
      {
        person: 'account',
        body: t.Object({ name }, { ...closed, examples: [{ name: 'Our blog' }] }),
        ...documented('createProject', 'Create a project, with you as its owner', {
          success: { 201: Project },
          errors: ['limit_exceeded'],
        }),
      },
    )
    .post(
      '/projects/:id/leave',
      async ({ person, caller, params, actor, status }) => {
        if (!caller.projects.has(params.id)) throw notFound('project')
        await leaveProject(db, { projectId: params.id, userId: person.userId }, actor())
        hub.wake()
        return status(204, undefined)
      },
      {
        person: 'account',
        params: projectId,
        ...documented('leaveProject', 'Leave a project', {
          success: { 204: t.Undefined() },
          errors: ['conflict'],
        }),
      },
    )
    .post(
      '/projects/:id/transfer',
      async ({ person, caller, params, body, actor, status }) => {
        const principal = caller.projects.get(params.id)
        if (!principal) throw notFound('project')
        if (principal.role !== 'owner') throw new AppError('forbidden', 'Only an owner hands a project over.')
        await transferOwnership(db, { projectId: params.id, from: person.userId, to: body.userId }, actor())
        hub.wake()
        return status(204, undefined)
      },
      {
        person: 'account',
        params: projectId,
        body: t.Object({ userId: t.String({ maxLength: 64 }) }, closed),
        ...documented('transferProject', 'Hand a project over: another member becomes owner, you an admin', {
          success: { 204: t.Undefined() },
          errors: ['conflict'],
        }),
      },
    )
    .get('/project', ({ principal }) => present(principal.projectId), {
      permission: 'project:read',
      ...documented('getProject', 'The project of the request', { success: { 200: Project } }),
    })
    .patch(
      '/project',
      async ({ principal, body, actor }) => {
        await renameProject(db, principal.projectId, body.name.trim(), actor())
        hub.wake()
        return present(principal.projectId)
      },
      {
        permission: 'project:manage',
        body: t.Object({ name }, closed),
        ...documented('renameProject', 'Rename the project', { success: { 200: Project } }),
      },
    )
    .post(
      '/project/archive',
      async ({ principal, actor }) => {
        await archiveProject(db, principal.projectId, actor())
        hub.wake()
        return present(principal.projectId)
      },
      {
        permission: 'project:archive',
        ...documented('archiveProject', 'Archive the project: it can be read, and brought back', {
          success: { 200: Project },
        }),
      },
    )
    .post(
      '/project/restore',
      async ({ principal, actor }) => {
        await restoreProject(db, principal.projectId, actor())
        hub.wake()
        return present(principal.projectId)
      },
      {
        permission: 'project:archive',
        ...documented('restoreProject', 'Bring an archived project back', { success: { 200: Project } }),
      },
    )
}
