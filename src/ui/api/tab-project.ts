import type { Session } from './session.ts'

/** The project that this tab works in, and for whom. */
type TabProject = { id: string; name: string; userId: string }

const SETTING = 'quill-project'

let kept = readKept()
addEventListener('focus', () => keep(kept))

/** Names the tab's project in a request: tabs of one browser share a session, but each works in its own project. */
export const projectHeaders = (id = kept?.id): Record<string, string> => (id ? { 'quill-project': id } : {})

/** Names none in a request: the server tells which project is meant. */
export const NO_PROJECT = { 'quill-project': '' }

/**
 * Makes the project of a session the tab's. Where the tab has another that the session knows no more, as its person
 * was removed or left elsewhere, the tab keeps it, and the session is returned with the name of what was `lost`.
 */
export function settleIn(session: Omit<Session, 'lost'>): Session {
  const { user, project } = session
  if (!user) return session
  if (kept && kept.userId === user.id && kept.id !== project?.id) return { ...session, lost: kept.name }
  keep(project && { id: project.id, name: project.name, userId: user.id })
  return session
}

/** Lets the tab go on in whatever project the server names next. */
export const forgetTabProject = () => keep(undefined)

/** A tab that was opened from another, by a link, begins in the project of the tab that was looked at. */
function readKept(): TabProject | undefined {
  try {
    const own = sessionStorage.getItem(SETTING) ?? localStorage.getItem(SETTING)
    return JSON.parse(own ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

/** A browser that keeps nothing knows the project until the page is left. */
function keep(project: TabProject | undefined) {
  kept = project
  try {
    for (const storage of [sessionStorage, localStorage])
      if (project) storage.setItem(SETTING, JSON.stringify(project))
      else storage.removeItem(SETTING)
  } catch {}
}
