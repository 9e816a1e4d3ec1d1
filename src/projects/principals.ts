import type { Db } from '#db/connect.ts'
import { remembered } from '#db/remember.ts'
import { findApiKey } from './api-keys.ts'
import { isPermission, type Permission } from './permissions.ts'
import { findSession } from './sessions.ts'

/** Who makes a request, on whose project, and what they may do. */
export type Principal = {
  kind: 'api_key' | 'session'
  id: string
  projectId: string
  permissions: ReadonlySet<Permission>
}

/** A principal and the moment after which it is none any more, in milliseconds; null is never. */
type Admission = { principal: Principal; expiresAt: number | null }

export type FindPrincipal = (token: string) => Promise<Principal | undefined>

type Lookups = Record<Principal['kind'], FindPrincipal>
const lookups = new WeakMap<Db, Lookups>()

/** Look-ups of live keys and sessions by their token. A revocation bites on the next request, whoever wrote it. */
export function principalLookups(db: Db): Lookups {
  const known = lookups.get(db)
  if (known) return known
  const made = {
    api_key: lookup(db, 'api_key', findApiKey(db)),
    session: lookup(db, 'session', findSession(db)),
  }
  lookups.set(db, made)
  return made
}

type Row = { id: string; projectId: string; scopes: string[]; expiresAt: number | null }

function lookup(
  db: Db,
  kind: Principal['kind'],
  find: (token: string) => Promise<Row | undefined>,
): FindPrincipal {
  const admit = remembered(db, async (token): Promise<Admission | undefined> => {
    const row = await find(token)
    if (!row) return undefined
    const { id, projectId, expiresAt } = row
    return {
      principal: { kind, id, projectId, permissions: new Set(row.scopes.filter(isPermission)) },
      expiresAt,
    }
  })
  return async (token) => {
    const admission = await admit(token)
    if (!admission || (admission.expiresAt !== null && admission.expiresAt <= Date.now())) return undefined
    return admission.principal
  }
}
