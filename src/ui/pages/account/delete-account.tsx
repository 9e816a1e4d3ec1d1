import { Link } from 'wouter'
import { type Account, deleteAccount } from '../../api/account.ts'
import { Problem } from '../../api/client.ts'
import { toast } from '../../components/toasts.tsx'
import { anything, given } from '../../forms/checks.ts'
import { PasswordField } from '../../forms/text-field.tsx'
import { useForm } from '../../forms/use-form.ts'
import { AccountForm } from './account-form.tsx'
import { Changeable } from './changeable.tsx'
import { Section } from './section.tsx'

/** The way out, with what it does said before. */
export const DeleteAccount = ({ account }: { account: Account }) => (
  <Section title="Delete the account">
    <Changeable
      label="For good"
      now="Your name, address, sessions, memberships and API keys go. What you wrote and added stays with its projects."
      act="Delete account"
      look="danger"
    >
      {(close) => <DeleteForm account={account} close={close} />}
    </Changeable>
  </Section>
)

function DeleteForm({ account, close }: { account: Account; close: () => void }) {
  const { hasPassword } = account
  const form = useForm({
    checks: { password: hasPassword ? given('Give your password.') : anything },
    blame: hasPassword ? { forbidden: 'password' } : {},
    act: async ({ password }) => {
      await deleteAccount(hasPassword ? password : undefined)
      toast('Your account was deleted.')
    },
  })
  const isLastOwner = form.problem instanceof Problem && form.problem.status === 409
  return (
    <AccountForm
      form={form}
      act={`Delete the account of ${account.email}`}
      look="danger"
      email={account.email}
      remedy={isLastOwner && <WaysOut />}
      onCancel={close}
    >
      {hasPassword && (
        <PasswordField
          form={form}
          name="password"
          label="Password"
          hint="This cannot be undone."
          kind="current"
        />
      )}
    </AccountForm>
  )
}

const WaysOut = () => (
  <>
    <Link href="/settings/members">Hand it over</Link>
    <Link href="/settings">Archive it</Link>
  </>
)
