import { useEffect, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { type Door, openDemo } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { rememberPlace } from '../wanted-place.ts'
import { DoorPage } from './door/door-page.tsx'
import { PasswordSignIn } from './door/password-sign-in.tsx'
import { describeRefusal } from './door/provider-refusals.ts'
import { Providers } from './door/providers.tsx'

/** The door. It stands at the address that somebody asked for, and opens to it. */
export function SignIn({ door }: { door: Door }) {
  const [location] = useLocation()
  const refusal = describeRefusal(useSearch())
  // biome-ignore lint/correctness/useExhaustiveDependencies: each address is a place of its own
  useEffect(rememberPlace, [location])
  return (
    <DoorPage title="Sign in to Quill">
      <p className="promise">
        From a transcript to a post, with every sentence traceable to the words it came from.
      </p>
      {refusal && <ProblemNotice error={new Error(refusal)} />}
      {door.demo && <DemoButton />}
      <Providers names={door.providers} />
      <PasswordSignIn first={!door.demo} />
      <p className="door-links">
        {door.signUp === 'open' ? (
          <Link href="/sign-up">Make an account</Link>
        ) : (
          <span className="muted">Accounts are made by invitation here.</span>
        )}
        <a href="/docs">API documentation</a>
      </p>
    </DoorPage>
  )
}

function DemoButton() {
  const [pending, setPending] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const open = async () => {
    setPending(true)
    setFailure(undefined)
    await openDemo().catch(setFailure)
    setPending(false)
  }
  return (
    <>
      <Button look="primary" pending={pending} onClick={open}>
        Continue to the demo project
      </Button>
      {failure !== undefined && <ProblemNotice error={failure} />}
    </>
  )
}
