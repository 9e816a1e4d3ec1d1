import { useLocation } from 'wouter'
import { Problem } from '../../api/client.ts'
import { joinNew } from '../../api/joining.ts'
import { anything, given, newPassword, PASSWORD_HINT } from '../../forms/checks.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { EmailField, PasswordField, TextField } from '../../forms/text-field.tsx'
import { useForm } from '../../forms/use-form.ts'

type Props = { token: string; email: string; onAccount: (message: string) => void }

/** Makes an account by an invitation and joins its project in one act. */
export function JoinNew({ token, email, onAccount }: Props) {
  const [, navigate] = useLocation()
  const form = useForm({
    checks: { name: given('Give your name.'), email: anything, password: newPassword },
    act: async ({ name, password }) => {
      await joinNew(token, { name: name.trim(), email, password }).catch((error) => {
        if (error instanceof Problem && error.status === 409) onAccount(error.message)
        throw error
      })
      navigate('/', { replace: true })
    },
  })
  return (
    <form {...form.props}>
      <TextField form={form} name="name" label="Your name" autoComplete="name" maxLength={100} data-first />
      <EmailField form={form} name="email" value={email} readOnly />
      <PasswordField form={form} name="password" label="Password" hint={PASSWORD_HINT} kind="new" />
      <FormEnd form={form} look="primary">
        Join
      </FormEnd>
    </form>
  )
}
