import { useState } from 'react'
import { type ProjectKey, revokeProjectKey, useProjectKeys } from '../api/project-keys.ts'
import { useProject } from '../api/projects.ts'
import { useSession } from '../api/session.ts'
import { Button, ButtonLink } from '../components/button.tsx'
import { Confirm } from '../components/confirm.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { toast } from '../components/toasts.tsx'
import { KeyTable } from './project-keys/key-table.tsx'
import { SettingsPage } from './settings/settings-page.tsx'

/** Every key that opens the project, whoever made it, and the way to close the project to it. */
export default function ProjectKeys() {
  const keys = useProjectKeys()
  const isDemo = useSession().data?.user?.isDemo
  const [revoking, setRevoking] = useState<ProjectKey>()
  return (
    <SettingsPage
      title="API keys"
      act={!isDemo && <ButtonLink href="/account/api-keys">Your own keys</ButtonLink>}
    >
      {keys.error && (
        <ProblemNotice error={keys.error} act={<Button onClick={() => keys.refetch()}>Try again</Button>} />
      )}
      {!keys.data && !keys.error && <Skeleton lines={4} />}
      {keys.data?.length === 0 && (
        <EmptyState>
          The keys that open this project will stand here. Members make them in their account.
        </EmptyState>
      )}
      {keys.data && keys.data.length > 0 && <KeyTable keys={keys.data} onRevoke={setRevoking} />}
      {revoking && <Revoke apiKey={revoking} onClose={() => setRevoking(undefined)} />}
    </SettingsPage>
  )
}

function Revoke({
  apiKey: { id, name, hint, createdBy },
  onClose,
}: {
  apiKey: ProjectKey
  onClose: () => void
}) {
  const project = useProject()!
  const revoke = async () => {
    await revokeProjectKey(id)
    toast(`“${name}” opens ${project.name} no more.`)
  }
  return (
    <Confirm title={`Revoke “${name}”?`} act="Revoke key" onConfirm={revoke} onClose={onClose}>
      <p>
        The key {hint}
        {createdBy && ` of ${createdBy}`} stops opening {project.name} with the next request. Other projects
        it opens stay open to it. It cannot be given back; a new key can be made.
      </p>
    </Confirm>
  )
}
