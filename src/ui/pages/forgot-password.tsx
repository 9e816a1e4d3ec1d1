import { useState } from 'react'
import { Link } from 'wouter'
import { type Door, requestPasswordReset } from '../api/session.ts'
import { emailAddress } from '../forms/checks.ts'
import { FormEnd } from '../forms/form-end.tsx'
import { EmailField } from '../forms/text-field.tsx'
import { useForm } from '../forms/use-form.ts'
import { DoorPage } from './door/door-page.tsx'
import { MailSent } from './door/mail-sent.tsx'

/** Asks for a mail with a link that sets a new password. It does not tell whether there is such an account. */
export default function ForgotPassword({ door }: { door: Door }) {
  const [sentTo, setSentTo] = useState<string>()
  const form = useForm({
    checks: { email: emailAddress },
    act: async ({ email }) => {
      await requestPasswordReset(email.trim())
      setSentTo(email.trim())
    },
  })
  if (sentTo)
    return (
      <MailSent
        email={sentTo}
        door={door}
        what="If there is an account of this address, it holds a link that works for an hour."
      />
    )
  return (
    <DoorPage title="Set a new password">
      <p className="door-text">Give the address of your account. A mail brings a link to choose a new one.</p>
      <form {...form.props}>
        <EmailField form={form} name="email" data-first />
        <FormEnd form={form} look="primary" beside={<Link href="/sign-in">Back to sign-in</Link>}>
          Send the mail
        </FormEnd>
      </form>
    </DoorPage>
  )
}
