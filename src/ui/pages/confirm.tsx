import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { confirmAddress } from '../api/session.ts'
import { FormEnd } from '../forms/form-end.tsx'
import { useForm } from '../forms/use-form.ts'
import { takePlace } from '../wanted-place.ts'
import { BrokenLink } from './door/broken-link.tsx'
import { DoorPage } from './door/door-page.tsx'
import { useLinkToken } from './door/link-token.ts'

/** Where the link that confirms an address leads. It waits for a press: programs that look at mails follow links. */
export default function Confirm() {
  const token = useLinkToken()
  const [, navigate] = useLocation()
  const [done, setDone] = useState(false)
  const form = useForm({
    checks: {},
    act: async () => {
      const next = await confirmAddress(token)
      if (next === 'done') navigate(takePlace() ?? '/', { replace: true })
      else setDone(true)
    },
  })
  if (!token) return <BrokenLink />
  if (done)
    return (
      <DoorPage title="Your address is confirmed">
        <p>
          <Link href="/sign-in">Sign in</Link>
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
