import { useState } from 'react'
import { useMembers } from '../api/members.ts'
import { useMay } from '../api/projects.ts'
import { Button } from '../components/button.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { useShortcut } from '../keyboard/shortcuts.ts'
import { InviteDialog } from './members/invite-dialog.tsx'
import { MemberList } from './members/member-list.tsx'
import { OpenInvitations } from './members/open-invitations.tsx'
import { RightsTable } from './members/rights-table.tsx'
import { SettingsPage } from './settings/settings-page.tsx'

/** Who works in the project and as what, who is invited, and what each role may do. */
export default function Members() {
  const members = useMembers()
  const mayManage = useMay('members:manage')
  const [inviting, setInviting] = useState(false)
  const invite = () => setInviting(true)
  useShortcut({ keys: 'i', label: 'Invite somebody', group: 'Members' }, invite, mayManage)
  return (
    <SettingsPage
      title="Members"
      act={
        mayManage && (
          <Button look="primary" icon="plus" onClick={invite}>
            Invite
          </Button>
        )
      }
    >
      {members.error && (
        <ProblemNotice
          error={members.error}
          act={<Button onClick={() => members.refetch()}>Try again</Button>}
        />
      )}
      {!members.data && !members.error && <Skeleton lines={4} />}
      {members.data && <MemberList members={members.data} />}
      {mayManage && <OpenInvitations />}
      <RightsTable />
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </SettingsPage>
  )
}
