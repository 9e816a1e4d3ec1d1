import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { Problem } from '../api/client.ts'
import { acceptInvitation, type Invitation as Invited, invitationQuery } from '../api/joining.ts'
import { type Session, signOutHere } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { FormEnd } from '../forms/form-end.tsx'
import { useForm } from '../forms/use-form.ts'
import { roleName } from '../role-name.ts'
import { BrokenLink } from './door/broken-link.tsx'
import { DoorPage } from './door/door-page.tsx'
import { JoinNew } from './door/join-new.tsx'
import { useLinkToken } from './door/link-token.ts'
import { PasswordSignIn } from './door/password-sign-in.tsx'
import { Providers } from './door/providers.tsx'

/** Where the link of an invitation leads, whoever opens it. */
export default function Invitation({ session }: { session: Session }) {
  const token = useLinkToken()
  const invitation = useQuery({ ...invitationQuery(token), enabled: token !== '' })
  if (!token) return <BrokenLink />
  if (invitation.error) return <Gone error={invitation.error} retry={() => invitation.refetch()} />
  if (!invitation.data) return null
  const { project, role } = invitation.data
  return (
    <DoorPage title={`Join “${project}”`}>
      <p className="door-text">
        You are invited to work on it as <b>{roleName(role)}</b>. The invitation is for{' '}
        <b className="address">{invitation.data.email}</b>.
      </p>
      <Ways key={session.user?.id ?? ''} token={token} invitation={invitation.data} session={session} />
    </DoorPage>
  )
}

function Ways({ token, invitation, session }: { token: string; invitation: Invited; session: Session }) {
  const [hasAccount, setHasAccount] = useState(false)
  const [notice, setNotice] = useState<string>()
  const { user, door } = session
  if (user) return user.email === invitation.email ? <Accept token={token} /> : <WrongAccount user={user} />
  const onAccount = (message: string) => {
    setNotice(message)
    setHasAccount(true)
  }
  return (
    <>
      {notice && (
        <p className="notice" role="status">
          {notice}
        </p>
      )}
      <Providers names={door.providers} />
      {hasAccount ? (
        <PasswordSignIn first email={invitation.email} />
      ) : (
        <JoinNew token={token} email={invitation.email} onAccount={onAccount} />
      )}
      <p className="door-links">
        <Button look="quiet" onClick={() => setHasAccount(!hasAccount)}>
          {hasAccount ? 'I have no account yet' : 'I have an account: sign in'}
        </Button>
      </p>
    </>
  )
}

function Accept({ token }: { token: string }) {
  const [, navigate] = useLocation()
  const form = useForm({
    checks: {},
    act: async () => {
      await acceptInvitation(token)
      navigate('/', { replace: true })
    },
  })
  return (
    <form {...form.props}>
      <FormEnd form={form} look="primary" beside={<Link href="/">Not now</Link>}>
        Accept
      </FormEnd>
    </form>
  )
}

function WrongAccount({ user }: { user: NonNullable<Session['user']> }) {
  const form = useForm({ checks: {}, act: signOutHere })
  return (
    <form {...form.props}>
      <p>
        You are signed in {user.isDemo ? 'to the demo' : 'as '}
        {!user.isDemo && <b className="address">{user.email}</b>}. Sign out, and go on with the address that
        was invited.
      </p>
      <FormEnd form={form} look="primary" beside={<Link href="/">Leave it</Link>}>
        Sign out
      </FormEnd>
    </form>
  )
}

function Gone({ error, retry }: { error: Error; retry: () => unknown }) {
  if (!(error instanceof Problem) || error.status !== 404)
    return (
      <DoorPage title="Invitation">
        <ProblemNotice error={error} act={<Button onClick={retry}>Try again</Button>} />
      </DoorPage>
    )
  return (
    <DoorPage title="This invitation is over">
      <p className="door-text">
        It was accepted, taken back or replaced by a newer one, or its week has passed. Whoever invited you
        can send another.
      </p>
      <p>
        <Link href="/">Go to Quill</Link>
      </p>
    </DoorPage>
  )
}
