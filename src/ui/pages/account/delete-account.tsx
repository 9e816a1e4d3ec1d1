import { useLocation } from 'wouter'
import { type Account, deleteAccount } from '../../api/account.ts'
import { Problem } from '../../api/client.ts'
import { type OwnedAlone, useOwnedAlone } from '../../api/members.ts'
import { switchProject } from '../../api/projects.ts'
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

/** The projects in the way, each with where it is handed over or archived. */
function WaysOut() {
  const [, navigate] = useLocation()
  const projects = useOwnedAlone().data ?? []
  const go = ({ id, hasOthers }: OwnedAlone) =>
    switchProject(id).then(
      () => navigate(hasOthers ? '/settings/members' : '/settings'),
      (error: Error) => toast(error.message, { isError: true }),
    )
  return (
    <ul>
      {projects.map((project) => (
        <li key={project.id}>
          <button type="button" className="as-link address" onClick={() => go(project)}>
            {project.hasOthers
              ? `Hand “${project.name}” over, or archive it`
              : `Archive “${project.name}”: it has no other member`}
          </button>
        </li>
      ))}
    </ul>
  )
}
