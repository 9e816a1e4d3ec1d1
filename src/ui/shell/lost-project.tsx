import { useState } from 'react'
import { renewSession, type Session, signOut } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Icon } from '../components/icons.tsx'
import { useTabTitle } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'

/** Says to somebody that the project they worked in is closed to them, and where they can go on. */
export function LostProject({ name, session }: { name: string; session: Session }) {
  const [pending, setPending] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  useTabTitle('No longer a member')
  const leave = () => {
    setPending(true)
    history.replaceState(null, '', '/')
    renewSession().catch((error) => {
      setPending(false)
      setFailure(error)
    })
  }
  return (
    <main className="door">
      <Icon name="quill" />
      <h1>You are no longer a member of {name}</h1>
      <p>
        What you made there stays with the project. Ask its owner if you should be in it; your account and
        your other projects are as they were.
      </p>
      {failure !== undefined && <ProblemNotice error={failure} />}
      <Button look="primary" pending={pending} onClick={leave}>
        {session.project ? `Go to ${session.project.name}` : 'Go on'}
      </Button>
      <Button look="quiet" onClick={() => void signOut()}>
        Sign out
      </Button>
    </main>
  )
}
