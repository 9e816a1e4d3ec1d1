import { useEffect } from 'react'
import { useSession } from './api/session.ts'
import { Button } from './components/button.tsx'
import { ProblemNotice } from './components/problem-notice.tsx'
import { Toasts } from './components/toasts.tsx'
import { applyEvent } from './live/apply-event.ts'
import { shareStream } from './live/shared-stream.ts'
import { Welcome } from './pages/welcome.tsx'
import { Pages } from './routes.tsx'
import { Shell } from './shell/shell.tsx'

/** The door for who is not signed in, the house for who is. */
export function App() {
  const session = useSession()
  const projectId = session.data?.signedIn ? session.data.project?.id : undefined
  useEffect(() => (projectId ? shareStream(projectId, applyEvent) : undefined), [projectId])
  if (session.error && !session.data)
    return <Unreachable error={session.error} retry={() => session.refetch()} />
  if (!session.data) return null
  if (!session.data.signedIn) return <Welcome demo={session.data.door.demo} />
  return (
    <>
      <Shell project={session.data.project?.name ?? ''}>
        <Pages />
      </Shell>
      <Toasts />
    </>
  )
}

const Unreachable = ({ error, retry }: { error: Error; retry: () => unknown }) => (
  <main className="door">
    <h1>Quill</h1>
    <ProblemNotice error={error} act={<Button onClick={retry}>Try again</Button>} />
  </main>
)
