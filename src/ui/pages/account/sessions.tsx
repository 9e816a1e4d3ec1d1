import { useState } from 'react'
import { type AccountSession, endOtherSessions, endSession, useAccountSessions } from '../../api/account.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Moment } from '../../components/time.tsx'
import { toast } from '../../components/toasts.tsx'
import { browserName } from './browser-name.ts'
import { Section } from './section.tsx'

/** Where somebody is signed in. */
export function Sessions() {
  const sessions = useAccountSessions()
  const others = sessions.data?.filter(({ current }) => !current).length ?? 0
  return (
    <Section title="Where you are signed in" act={others > 0 && <EndOthers count={others} />}>
      {sessions.error && (
        <ProblemNotice
          error={sessions.error}
          act={<Button onClick={() => sessions.refetch()}>Try again</Button>}
        />
      )}
      {!sessions.data && !sessions.error && <Skeleton lines={2} />}
      <ul className="lines">
        {sessions.data?.map((session) => (
          <SessionLine key={session.id} session={session} />
        ))}
      </ul>
    </Section>
  )
}

function EndOthers({ count }: { count: number }) {
  const { pending, run } = useAct(endOtherSessions)
  return (
    <Button
      pending={pending}
      onClick={() => run(count === 1 ? 'One session ended.' : `${count} sessions ended.`)}
    >
      Sign out everywhere else
    </Button>
  )
}

function SessionLine({ session }: { session: AccountSession }) {
  const { id, current, address, userAgent, createdAt, lastUsedAt } = session
  const { pending, run } = useAct(() => endSession(id))
  const name = browserName(userAgent)
  return (
    <li>
      <div className="grow">
        <p>
          {name} {current && <Badge tone="good">This one</Badge>}
        </p>
        <p className="muted">
          {address && `${address} · `}last used <Moment at={lastUsedAt} /> · signed in{' '}
          <Moment at={createdAt} />
        </p>
      </div>
      {!current && (
        <Button pending={pending} aria-label={`Sign out ${name}`} onClick={() => run('The session ended.')}>
          Sign out
        </Button>
      )}
    </li>
  )
}

function useAct(act: () => Promise<unknown>) {
  const [pending, setPending] = useState(false)
  const run = async (done: string) => {
    setPending(true)
    await act().then(
      () => toast(done),
      (error: Error) => toast(error.message, { isError: true }),
    )
    setPending(false)
  }
  return { pending, run }
}
