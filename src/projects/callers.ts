import type { Db } from '#db/connect.ts'
import { remembered } from '#db/remember.ts'
import type { Role } from '#db/schema/projects.ts'
import { findSession, type Person } from '#src/accounts/sessions.ts'
import { findApiKey } from './api-keys.ts'
import { membershipsOf } from './members.ts'
import { inArchived, isPermission, type Permission, permissionsOf } from './permissions.ts'

/** Who makes a request, in which project, and what they may do there. */
export type Principal = {
  kind: 'person' | 'api_key'
  /** The session, or the key. */
  id: string
  /** Whose work it is: a person; of a key that was made at the command line, the key itself. */
  actor: string
  /** As people read it. */
  name: string
  projectId: string
  role: Role | undefined
  permissions: ReadonlySet<Permission>
}

/** Whoever is behind a token, in every project that they may work in. */
export type Caller = {
  kind: Principal['kind']
  id: string
  /** Who it is, or who made the key; undefined for a key that was made at the command line. */
  userId: string | undefined
  /** Undefined for a key. */
  person: Person | undefined
  projects: ReadonlyMap<string, Principal>
  /** The project that is meant where a request names none. */
  projectId: string | undefined
  /** The only addresses a key may be used from; every one where there are none. */
  allowedAddresses: readonly string[]
}

/** A caller and the moment after which it is none any more, in milliseconds; null is never. */
type Admission = { caller: Caller; expiresAt: number | null }

export type FindCaller = (token: string) => Found | Promise<Found>
type Found = Caller | undefined

type Lookups = Record<Principal['kind'], FindCaller>
const lookups = new WeakMap<Db, Lookups>()

/**
 * Look-ups of live sessions and keys by their token. A change of rights bites on the next request, whoever
 * wrote it.
 */
export function callerLookups(db: Db): Lookups {
  const known = lookups.get(db)
  if (known) return known
  const session = findSession(db)
  const key = findApiKey(db)
  const made = {
    person: lookup(db, async (token) => {
      const person = await session(token)
      return person && admitPerson(db, person)
    }),
    api_key: lookup(db, async (text) => {
      const row = await key(text)
      return row && admitKey(db, row)
    }),
  }
  lookups.set(db, made)
  return made
}

function lookup(db: Db, find: (token: string) => Promise<Admission | undefined>): FindCaller {
  const admit = remembered(db, find)
  return (token) => {
    const admission = admit(token)
    return admission instanceof Promise ? admission.then(stillLive) : stillLive(admission)
  }
}

function stillLive(admission: Admission | undefined): Caller | undefined {
  if (!admission || (admission.expiresAt !== null && admission.expiresAt <= Date.now())) return undefined
  return admission.caller
}

async function admitPerson(db: Db, person: Person): Promise<Admission> {
  const memberships = await membershipsOf(db, person.userId)
  const projects = memberships.map(
    ({ projectId, role, archivedAt }): Principal => ({
      kind: 'person',
      id: person.sessionId,
      actor: person.userId,
      name: person.name,
      projectId,
      role,
      permissions: whileArchived(permissionsOf[role], archivedAt),
    }),
  )
  const last = memberships.find(({ projectId }) => projectId === person.projectId) ?? memberships[0]
  return {
    expiresAt: person.expiresAt,
    caller: {
      kind: 'person',
      id: person.sessionId,
      userId: person.userId,
      person,
      projects: byProject(projects),
      projectId: last?.projectId,
      allowedAddresses: [],
    },
  }
}

type KeyRow = NonNullable<Awaited<ReturnType<ReturnType<typeof findApiKey>>>>

/** A key may do what it was made for, as far as whoever made it still may. */
async function admitKey(db: Db, key: KeyRow): Promise<Admission | undefined> {
  const roles = key.userId ? await membershipsOf(db, key.userId) : undefined
  const scopes = new Set(key.scopes.filter(isPermission))
  const projects = key.projects.flatMap(({ projectId, archivedAt }): Principal[] => {
    const membership = roles?.find((each) => each.projectId === projectId)
    if (roles && !membership) return []
    const granted = membership ? scopes.intersection(permissionsOf[membership.role]) : scopes
    return [
      {
        kind: 'api_key',
        id: key.id,
        actor: key.userId ?? key.id,
        name: key.name,
        projectId,
        role: membership?.role,
        permissions: whileArchived(granted, archivedAt),
      },
    ]
  })
  if (!projects.length) return undefined
  return {
    expiresAt: key.expiresAt,
    caller: {
      kind: 'api_key',
      id: key.id,
      userId: key.userId ?? undefined,
      person: undefined,
      projects: byProject(projects),
      projectId: projects.length === 1 ? projects[0]!.projectId : undefined,
      allowedAddresses: key.allowedAddresses,
    },
  }
}

const byProject = (principals: Principal[]) =>
  new Map(principals.map((principal) => [principal.projectId, principal]))

const whileArchived = (permissions: ReadonlySet<Permission>, archivedAt: number | null) =>
  archivedAt === null ? permissions : new Set([...permissions].filter(inArchived))
