import { Suspense } from 'react'
import { useLocation } from 'wouter'
import { type Session, useSession } from './api/session.ts'
import { Button } from './components/button.tsx'
import { ProblemNotice } from './components/problem-notice.tsx'
import { Toasts } from './components/toasts.tsx'
import { BarePage } from './pages/door/bare-page.tsx'
import { Door, openPageAt, useWantedPlace } from './pages/door.tsx'
import { NoProject } from './pages/no-project.tsx'
import { Pages } from './routes.tsx'
import { Workplace } from './shell/workplace.tsx'

/** The door for who is not signed in, the house for who is. */
export function App() {
  const session = useSession()
  // Read here, so that a new place is never shown with the session of before.
  const [path] = useLocation()
  if (session.error && !session.data)
    return <Unreachable error={session.error} retry={() => session.refetch()} />
  if (!session.data) return null
  return (
    <>
      <Place session={session.data} path={path} />
      <Toasts />
    </>
  )
}

function Place({ session, path }: { session: Session; path: string }) {
  const isLeaving = useWantedPlace(session)
  const OpenPage = openPageAt(path)
  if (OpenPage)
    return (
      <Suspense>
        <OpenPage session={session} />
      </Suspense>
    )
  if (!session.signedIn) return <Door door={session.door} />
  if (isLeaving) return null
  if (session.lost || session.projects?.length) return <Workplace session={session} />
  return path.startsWith('/account') ? (
    <BarePage>
      <Pages />
    </BarePage>
  ) : (
    <NoProject user={session.user} />
  )
}

const Unreachable = ({ error, retry }: { error: Error; retry: () => unknown }) => (
  <main className="door">
    <h1>Quill</h1>
    <ProblemNotice error={error} act={<Button onClick={retry}>Try again</Button>} />
  </main>
)
