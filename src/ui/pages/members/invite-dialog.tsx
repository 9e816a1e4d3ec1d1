import { useState } from 'react'
import { invite, type NewInvitation } from '../../api/members.ts'
import { type Role, useDecidedRoles } from '../../api/projects.ts'
import { Button } from '../../components/button.tsx'
import { CopyField } from '../../components/copy-field.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { emailAddress } from '../../forms/checks.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { EmailField } from '../../forms/text-field.tsx'
import { useForm } from '../../forms/use-form.ts'
import { RoleField } from './role-field.tsx'

/** Asks whom to invite as what, and then gives the link. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<NewInvitation>()
  return (
    <Dialog key={made?.id} title={made ? `${made.email} is invited` : 'Invite somebody'} onClose={onClose}>
      {made ? (
        <Invited invitation={made} onMore={() => setMade(undefined)} onClose={onClose} />
      ) : (
        <InviteForm onMade={setMade} />
      )}
    </Dialog>
  )
}

function InviteForm({ onMade }: { onMade: (made: NewInvitation) => void }) {
  const [role, setRole] = useState<Role>('reviewer')
  const isOffered = useDecidedRoles().includes(role)
  const form = useForm({
    checks: { email: emailAddress },
    act: async ({ email }) => onMade(await invite(email.trim(), role)),
  })
  return (
    <form className="dialog-body" {...form.props}>
      <EmailField form={form} name="email" autoComplete="off" data-first />
      <RoleField role={role} onChange={setRole} />
      <FormEnd form={form} look="primary" disabled={!isOffered}>
        Invite
      </FormEnd>
    </form>
  )
}

type InvitedProps = { invitation: NewInvitation; onMore: () => void; onClose: () => void }

const Invited = ({ invitation: { email, link, mailed, role }, onMore, onClose }: InvitedProps) => (
  <div className="dialog-body">
    <p role="status">
      {mailed
        ? `A mail with the link was sent to ${email}.`
        : `No mail could be sent to ${email}. Pass the link on yourself.`}
    </p>
    <CopyField label="Link, shown this once" text={link} first />
    <p className="muted">
      It works once, for seven days, for {email} alone, who becomes {role}.
    </p>
    <div className="acts">
      <Button look="primary" onClick={onClose}>
        Done
      </Button>
      <Button onClick={onMore}>Invite another</Button>
    </div>
  </div>
)
