import type { Db } from '#db/connect.ts'
import { noteSessionUse } from '#src/accounts/sessions.ts'
import { noteKeyUse } from './api-keys.ts'
import type { Caller } from './callers.ts'

/** How exactly the last use of a key or a session is known: a write a minute, not one a request. */
export const LAST_USE_MS = 60_000
const REMEMBERED_MAX = 10_000

type NoteUse = (caller: Caller) => void
const recorders = new WeakMap<Db, NoteUse>()

/**
 * Writes down when keys and sessions were last used, behind the requests that use them: one for all routes.
 */
export function lastUseRecorder(db: Db): NoteUse {
  const known = recorders.get(db)
  if (known) return known
  const made = newRecorder(db)
  recorders.set(db, made)
  return made
}

function newRecorder(db: Db): NoteUse {
  const noted = new Map<string, number>()
  return ({ kind, id }) => {
    const now = Date.now()
    const last = noted.get(id)
    if (last !== undefined && Math.abs(now - last) < LAST_USE_MS) return
    if (noted.size >= REMEMBERED_MAX) noted.clear()
    noted.set(id, now)
    const note = kind === 'person' ? noteSessionUse(db, id, now) : noteKeyUse(db, id, now)
    // It is no reason to fail a request, and the next use writes it again.
    Promise.resolve(note).catch(() => noted.delete(id))
  }
}
