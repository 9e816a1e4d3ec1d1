import { useState } from 'react'
import { Link } from 'wouter'
import { type Door, signUp } from '../api/session.ts'
import { emailAddress, given, newPassword, PASSWORD_HINT } from '../forms/checks.ts'
import { FormEnd } from '../forms/form-end.tsx'
import { EmailField, PasswordField, TextField } from '../forms/text-field.tsx'
import { useForm } from '../forms/use-form.ts'
import { DoorPage } from './door/door-page.tsx'
import { MailSent } from './door/mail-sent.tsx'
import { Providers } from './door/providers.tsx'

/** Makes an account where that is open to everybody; it is ready once the link in a mail is followed. */
export default function SignUp({ door }: { door: Door }) {
  const [sentTo, setSentTo] = useState<string>()
  if (door.signUp === 'invited') return <ByInvitation />
  if (sentTo)
    return (
      <MailSent
        email={sentTo}
        door={door}
        what="Follow its link within a day, then sign in. Signing in before that sends a new mail."
      />
    )
  return (
    <DoorPage title="Make an account">
      <Providers names={door.providers} />
      <SignUpForm onSent={setSentTo} />
      <p className="door-links">
        <span>
          You have one? <Link href="/sign-in">Sign in</Link>
        </span>
      </p>
    </DoorPage>
  )
}

function SignUpForm({ onSent }: { onSent: (email: string) => void }) {
  const form = useForm({
    checks: { name: given('Give your name.'), email: emailAddress, password: newPassword },
    act: async (values) => {
      const email = values.email.trim()
      await signUp({ ...values, name: values.name.trim(), email })
      onSent(email)
    },
  })
  return (
    <form {...form.props}>
      <TextField
        form={form}
        name="name"
        label="Your name"
        hint="As the others in your projects see it."
        autoComplete="name"
        maxLength={100}
        data-first
      />
      <EmailField form={form} name="email" />
      <PasswordField form={form} name="password" label="Password" hint={PASSWORD_HINT} kind="new" />
      <FormEnd form={form} look="primary">
        Make the account
      </FormEnd>
    </form>
  )
}

const ByInvitation = () => (
  <DoorPage title="Accounts are made by invitation">
    <p className="door-text">
      Ask a member of a project to invite you. The invitation has a link, and the link makes your account.
    </p>
    <p>
      <Link href="/sign-in">Go to sign-in</Link>
    </p>
  </DoorPage>
)
