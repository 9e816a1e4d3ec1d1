import { Link, useLocation } from 'wouter'
import { Problem } from '../../api/client.ts'
import { signIn, useSession } from '../../api/session.ts'
import { emailAddress, given } from '../../forms/checks.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { EmailField, PasswordField } from '../../forms/text-field.tsx'
import { useForm } from '../../forms/use-form.ts'
import { rememberPlace } from '../../wanted-place.ts'

/** Signs in with a password; the second factor, where there is one, is asked for on a page of its own. */
export function PasswordSignIn({ first, email }: { first?: boolean; email?: string }) {
  const [, navigate] = useLocation()
  const form = useForm({
    checks: { email: emailAddress, password: given('Give your password.') },
    act: async ({ email, password }) => {
      if ((await signIn({ email: email.trim(), password })) !== 'two_factor') return
      rememberPlace()
      navigate('/two-factor')
    },
  })
  const isUnconfirmed = form.problem instanceof Problem && form.problem.status === 403
  const showsMails = useSession().data?.door.mails
  return (
    <form {...form.props}>
      <EmailField
        form={form}
        name="email"
        defaultValue={email}
        readOnly={email !== undefined}
        data-first={(first && !email) || undefined}
      />
      <PasswordField
        form={form}
        name="password"
        label="Password"
        kind="current"
        data-first={email ? true : undefined}
      />
      <FormEnd
        form={form}
        remedy={isUnconfirmed && showsMails && <Link href="/mail">Show the mails</Link>}
        look={first ? 'primary' : 'plain'}
        beside={<Link href="/forgot-password">Forgot it?</Link>}
      >
        Sign in
      </FormEnd>
    </form>
  )
}
