import { useState } from 'react'
import { Link } from 'wouter'
import { confirmAddress } from '../api/session.ts'
import { FormEnd } from '../forms/form-end.tsx'
import { useForm } from '../forms/use-form.ts'
import { BrokenLink } from './door/broken-link.tsx'
import { DoorPage } from './door/door-page.tsx'
import { useLinkToken } from './door/link-token.ts'

/** Where the link that confirms an address leads. It waits for a press: programs that look at mails follow links. */
export default function Confirm() {
  const token = useLinkToken()
  const [done, setDone] = useState(false)
  const form = useForm({
    checks: {},
    act: async () => {
      await confirmAddress(token)
      setDone(true)
    },
  })
  if (!token) return <BrokenLink />
  if (done)
    return (
      <DoorPage title="Your address is confirmed">
        <p className="door-text">
          <Link href="/sign-in">Sign in with your password</Link>
        </p>
      </DoorPage>
    )
  return (
    <DoorPage title="Confirm your address">
      <p className="door-text">One press says that the mail with this link came to you.</p>
      <form {...form.props}>
        <FormEnd form={form} look="primary">
          Confirm the address
        </FormEnd>
      </form>
    </DoorPage>
  )
}
