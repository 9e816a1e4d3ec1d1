import { useState } from 'react'
import { Link } from 'wouter'
import { resetPassword } from '../api/session.ts'
import { newPassword, PASSWORD_HINT } from '../forms/checks.ts'
import { FormEnd } from '../forms/form-end.tsx'
import { PasswordField } from '../forms/text-field.tsx'
import { useForm } from '../forms/use-form.ts'
import { BrokenLink } from './door/broken-link.tsx'
import { DoorPage } from './door/door-page.tsx'
import { useLinkToken } from './door/link-token.ts'

/** Where the link of a reset mail leads. */
export default function ResetPassword() {
  const token = useLinkToken()
  const [done, setDone] = useState(false)
  const form = useForm({
    checks: { password: newPassword },
    act: async ({ password }) => {
      await resetPassword(token, password)
      setDone(true)
    },
  })
  if (!token) return <BrokenLink />
  if (done)
    return (
      <DoorPage title="Your new password is set">
        <p className="door-text">You were signed out everywhere.</p>
        <p>
          <Link href="/sign-in">Sign in with it</Link>
        </p>
      </DoorPage>
    )
  return (
    <DoorPage title="Choose a new password">
      <p className="door-text">It ends every session of your account, on every device.</p>
      <form {...form.props}>
        <PasswordField
          form={form}
          name="password"
          label="New password"
          hint={PASSWORD_HINT}
          kind="new"
          data-first
        />
        <FormEnd form={form} look="primary" beside={<Link href="/forgot-password">Ask for a new link</Link>}>
          Set the password
        </FormEnd>
      </form>
    </DoorPage>
  )
}
