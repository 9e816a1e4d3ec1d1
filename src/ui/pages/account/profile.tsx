import { type Account, changeEmail, changePassword, renameAccount } from '../../api/account.ts'
import { useSession } from '../../api/session.ts'
import { toast } from '../../components/toasts.tsx'
import { anything, emailAddress, given, newPassword, PASSWORD_HINT } from '../../forms/checks.ts'
import { EmailField, PasswordField, TextField } from '../../forms/text-field.tsx'
import { useForm } from '../../forms/use-form.ts'
import { AccountForm } from './account-form.tsx'
import { Changeable } from './changeable.tsx'
import { Section } from './section.tsx'

type Props = { account: Account; close: () => void }

/** Name, address and password. */
export const Profile = ({ account }: { account: Account }) => (
  <Section title="Profile">
    <Changeable label="Name" now={account.name} act="Change name">
      {(close) => <NameForm account={account} close={close} />}
    </Changeable>
    <Changeable label="E-mail address" now={account.email} act="Change address">
      {(close) => <EmailForm account={account} close={close} />}
    </Changeable>
    <Changeable
      label="Password"
      now={account.hasPassword ? 'Set' : 'None: you sign in with a linked account'}
      act={account.hasPassword ? 'Change password' : 'Set a password'}
    >
      {(close) => <PasswordForm account={account} close={close} />}
    </Changeable>
  </Section>
)

function NameForm({ account, close }: Props) {
  const form = useForm({
    checks: { name: given('Give your name.') },
    act: async ({ name }) => {
      await renameAccount(name.trim())
      close()
    },
  })
  return (
    <AccountForm form={form} act="Change name" onCancel={close}>
      <TextField
        form={form}
        name="name"
        label="New name"
        autoComplete="name"
        defaultValue={account.name}
        maxLength={100}
      />
    </AccountForm>
  )
}

function EmailForm({ account, close }: Props) {
  const showsMails = useSession().data?.door.mails
  const form = useForm({
    checks: { email: emailAddress, password: account.hasPassword ? given('Give your password.') : anything },
    blame: { forbidden: 'password' },
    act: async (values) => {
      const email = values.email.trim()
      await changeEmail({ email, ...(account.hasPassword && { password: values.password }) })
      close()
      toast(`We sent a mail to ${email}. The address counts once its link is followed.`)
    },
  })
  return (
    <AccountForm form={form} act="Send the mail" email={account.email} onCancel={close}>
      <EmailField
        form={form}
        name="email"
        label="New address"
        hint={`A mail with a link goes there.${showsMails ? ' It can be read under /mail.' : ''} You are signed out when you follow it.`}
        autoComplete="email"
      />
      {account.hasPassword && <PasswordField form={form} name="password" label="Password" kind="current" />}
    </AccountForm>
  )
}

function PasswordForm({ account, close }: Props) {
  const { hasPassword } = account
  const form = useForm({
    checks: { current: hasPassword ? given('Give your present password.') : anything, new: newPassword },
    blame: hasPassword ? { forbidden: 'current' } : {},
    act: async (values) => {
      await changePassword({ new: values.new, ...(hasPassword && { current: values.current }) })
      close()
      toast(hasPassword ? 'Your password was changed. Every other session ended.' : 'Your password is set.')
    },
  })
  return (
    <AccountForm
      form={form}
      act={hasPassword ? 'Change password' : 'Set the password'}
      email={account.email}
      onCancel={close}
    >
      {hasPassword && <PasswordField form={form} name="current" label="Present password" kind="current" />}
      <PasswordField
        form={form}
        name="new"
        label="New password"
        hint={hasPassword ? `${PASSWORD_HINT} Every other session ends.` : PASSWORD_HINT}
        kind="new"
      />
    </AccountForm>
  )
}
