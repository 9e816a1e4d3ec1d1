import { type Invitation, invite, revokeInvitation, useInvitations } from '../../api/members.ts'
import { useDecidedRoles } from '../../api/projects.ts'
import { Button } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Moment } from '../../components/time.tsx'
import { toast } from '../../components/toasts.tsx'
import { roleName } from '../../role-name.ts'

/** Who was invited and has not come yet. */
export function OpenInvitations() {
  const { data, error, refetch } = useInvitations(true)
  if (error) return <ProblemNotice error={error} act={<Button onClick={() => refetch()}>Try again</Button>} />
  if (!data?.length) return null
  return (
    <section className="settings-part" aria-labelledby="invited">
      <h2 id="invited">Invited</h2>
      <ul className="rows">
        {data.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} />
        ))}
      </ul>
    </section>
  )
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const { email, role, createdAt, expiresAt } = invitation
  const mayRevoke = useDecidedRoles().includes(role)
  return (
    <li className="row" data-look="invitation">
      <div className="row-main">
        <p className="address">{email}</p>
        <p className="muted">
          as {roleName(role).toLowerCase()} · invited <Moment at={createdAt} /> · until{' '}
          <time dateTime={expiresAt}>
            {new Date(expiresAt).toLocaleDateString('en', { dateStyle: 'medium' })}
          </time>
        </p>
      </div>
      {mayRevoke && (
        <Button
          look="quiet"
          aria-label={`Revoke the invitation of ${email}`}
          onClick={() => revoke(invitation)}
        >
          Revoke
        </Button>
      )}
    </li>
  )
}

/** A link that was taken back stays so; what can be made is another. */
function revoke({ id, email, role }: Invitation) {
  revokeInvitation(id).then(
    () =>
      toast(`The invitation of ${email} holds no more.`, {
        act: { label: 'Invite again', run: () => void inviteAgain(email, role) },
      }),
    (error: Error) => toast(`${email} is still invited. ${error.message}`, { isError: true }),
  )
}

async function inviteAgain(email: string, role: Invitation['role']) {
  try {
    const { mailed, link } = await invite(email, role)
    if (mailed) return toast(`A mail with a new link was sent to ${email}.`)
    const act = { label: 'Copy link', run: () => void navigator.clipboard.writeText(link) }
    toast(`${email} is invited again, but no mail could be sent.`, { act })
  } catch (error) {
    toast((error as Error).message, { isError: true })
  }
}
