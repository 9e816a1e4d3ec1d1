import { useEffect } from 'react'
import { queryClient, refreshSession } from '../api/query-client.ts'
import type { Session } from '../api/session.ts'
import { dropUndo } from '../components/toasts.tsx'
import { applyEvent } from '../live/apply-event.ts'
import { useConnection } from '../live/connection.ts'
import { shareStream } from '../live/shared-stream.ts'
import { Pages } from '../routes.tsx'
import { LostProject } from './lost-project.tsx'
import { Shell } from './shell.tsx'

const LOOK_MS = 30_000

/** The house in the tab's project. Another project is another house: nothing of the one before is kept. */
export function Workplace({ session }: { session: Session }) {
  const { lost, permissions } = session
  const mayFollow = !lost && (permissions?.includes('events:read') ?? false)
  const projectId = lost ? undefined : session.project?.id
  useEvents(projectId, mayFollow)
  useEffect(() => (projectId ? dropUndo : undefined), [projectId])
  if (lost) return <LostProject name={lost} session={session} />
  return (
    <Shell key={projectId ?? ''} session={session}>
      <Pages />
    </Shell>
  )
}

const fetchAnew = () => void queryClient.invalidateQueries()

/** Follows the project; who may not follow it looks now and then whether their rights have changed. */
function useEvents(projectId: string | undefined, mayFollow: boolean) {
  const connection = useConnection()
  useEffect(() => {
    if (projectId && mayFollow) return shareStream(projectId, { onEvent: applyEvent, onBeginning: fetchAnew })
    const timer = setInterval(refreshSession, LOOK_MS)
    return () => clearInterval(timer)
  }, [projectId, mayFollow])
  // What happened to these rights before the line was open, or while it was lost, was not heard; nor what went wrong.
  useEffect(() => {
    if (connection === 'open' || connection === 'refused') refreshSession()
    if (connection === 'open') void queryClient.invalidateQueries({ queryKey: ['alarms'] })
  }, [connection])
}
