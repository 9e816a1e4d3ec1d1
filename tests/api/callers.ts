import { and, eq } from 'drizzle-orm'
import { members, type Role, roles } from '#db/schema/projects.ts'
import { operator } from '#src/audit/audit.ts'
import { createApiKey, newApiKey } from '#src/projects/api-keys.ts'
import {
  inArchived,
  isPermission,
  type Permission,
  permissionNames,
  permissionsOf,
} from '#src/projects/permissions.ts'
import { archiveProject } from '#src/projects/projects.ts'
import type { CallOptions, TestApp } from '../harness.ts'
import { type Estate, makeEstate } from './estate.ts'
import { isForPeople, isOpen, type Operation } from './operations.ts'

/** Whether somebody is let in; otherwise the status of the refusal. Undefined where there is nothing to say. */
export type Verdict = 'admitted' | 400 | 401 | 403 | 404 | undefined

/** Somebody who asks, and what the table of permissions says to them. */
export type Caller = {
  name: string
  /** What they ask for: the estate of an owner unless told. */
  estate?: (app: TestApp) => Promise<Estate>
  /** What they send of themselves. */
  sends: (app: TestApp, estate: Estate, operation: Operation) => CallOptions | Promise<CallOptions>
  verdict: (operation: Operation) => Verdict
  /** Of a person of the project. */
  role?: Role
}

const permissionOf = (operation: Operation) => operation['x-permission'] as Permission

/** To a key: nothing that is for people, and otherwise what its permissions allow. */
const toKey =
  (may: (permission: Permission) => boolean) =>
  (operation: Operation): Verdict =>
    !isForPeople(operation) && may(permissionOf(operation)) ? 'admitted' : 403

/** To somebody whose rights in a project are asked for, and not what they do with their own account. */
const inProject =
  (verdict: Verdict) =>
  (operation: Operation): Verdict =>
    isForPeople(operation) ? undefined : verdict

const ofRole = (role: Role): Caller => ({
  name: `a person, ${role}`,
  role,
  estate: (app) => makeEstate(app, { role }),
  sends: (_app, { person }) => ({ as: person }),
  verdict: (operation) =>
    isForPeople(operation) || permissionsOf[role].has(permissionOf(operation)) ? 'admitted' : 403,
})

const keyOfRole = (role: Role): Caller => ({
  name: `a key with the scope, whose maker is ${role} now`,
  estate: (app) => makeEstate(app, { role }),
  sends: async (app, estate, operation) => ({ key: await keyOfPerson(app, estate, operation) }),
  verdict: toKey((permission) => permissionsOf[role].has(permission)),
})

export const callers: Caller[] = [
  { name: 'nobody', sends: () => ({ key: null }), verdict: () => 401 },
  ...roles.map(ofRole),
  {
    name: 'a key with this scope alone',
    sends: async (app, { ids }, operation) => ({
      key: await app.keyWith(scopesFor(operation), ids.project),
    }),
    verdict: toKey(() => true),
  },
  {
    name: 'a key with every other scope',
    sends: async (app, { ids }, operation) => {
      const others = permissionNames.filter((name) => name !== permissionOf(operation))
      return { key: await app.keyWith(others, ids.project) }
    },
    verdict: toKey(() => false),
  },
  ...roles.map(keyOfRole),
  {
    name: 'a key of who was removed',
    sends: async (app, estate, operation) => {
      const key = await keyOfPerson(app, estate, operation)
      const { project, person } = estate.ids
      await app.db.delete(members).where(and(eq(members.projectId, project), eq(members.userId, person)))
      return { key }
    },
    verdict: () => 401,
  },
  {
    name: 'a key for two projects that names none',
    sends: async (app, { ids }) => {
      const projectIds = [ids.project, app.rivals.projectId]
      const { text, writes } = newApiKey(app.db, { name: 'For both', projectIds, scopes: permissionNames })
      await app.db.batch(writes)
      return { key: text }
    },
    verdict: (operation) => (isForPeople(operation) ? 403 : 400),
  },
  {
    name: 'a member of another project who names this one',
    sends: async (app, { ids }) => ({
      as: await somebody(app, { role: 'owner', projectId: app.rivals.projectId }),
      headers: { 'quill-project': ids.project },
    }),
    verdict: inProject(404),
  },
  {
    name: 'a key of another project that names this one',
    sends: (app, { ids }) => ({ key: app.rivals.key, headers: { 'quill-project': ids.project } }),
    verdict: (operation) => (isForPeople(operation) ? 403 : 404),
  },
  {
    name: 'a person of no project',
    sends: async (app) => ({ as: await somebody(app) }),
    verdict: inProject(403),
  },
  {
    // Named without the role: what handlers grant to owners alone, nobody does in an archived project.
    name: 'an owner of an archived project',
    estate: archivedEstate,
    sends: (_app, { person }) => ({ as: person }),
    verdict: (operation) =>
      isForPeople(operation) || inArchived(permissionOf(operation)) ? 'admitted' : 403,
  },
  {
    name: 'a key of an archived project',
    estate: archivedEstate,
    sends: (_app, { key }) => ({ key }),
    verdict: toKey(inArchived),
  },
  {
    name: 'the person of the demo',
    estate: (app) => makeEstate(app, { demo: true }),
    sends: (_app, { person }) => ({ as: person }),
    verdict: (operation) => (operation['x-permission'] === 'account' ? 403 : 'admitted'),
  },
]

/** What a caller meets; everybody is let in where it is open to everybody. */
export const verdictOn = ({ verdict }: Caller, operation: Operation): Verdict =>
  isOpen(operation) ? 'admitted' : verdict(operation)

const scopesFor = (operation: Operation): Permission[] => {
  const permission = operation['x-permission']
  return isPermission(permission) ? [permission] : permissionNames
}

const keyOfPerson = (app: TestApp, { ids }: Estate, operation: Operation) =>
  createApiKey(app.db, {
    projectId: ids.project,
    userId: ids.person,
    name: 'Of theirs',
    scopes: scopesFor(operation),
  })

const somebody = (app: TestApp, membership?: { role: Role; projectId: string }) =>
  app.person(crypto.randomUUID(), membership)

async function archivedEstate(app: TestApp): Promise<Estate> {
  const estate = await makeEstate(app)
  await archiveProject(app.db, estate.ids.project, operator)
  return estate
}
