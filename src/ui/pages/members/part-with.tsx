import { handOver, type Member, removeMember } from '../../api/members.ts'
import { useProject } from '../../api/projects.ts'
import { Confirm } from '../../components/confirm.tsx'
import { toast } from '../../components/toasts.tsx'

type Props = { member: Member; onClose: () => void }

/** Asks before somebody is put out. */
export function RemoveMember({ member: { userId, name }, onClose }: Props) {
  const remove = async () => {
    await removeMember(userId)
    toast(`${name} is out of the project.`, { about: userId })
  }
  return (
    <Confirm title={`Remove ${name}?`} act={`Remove ${name}`} onConfirm={remove} onClose={onClose}>
      <p>
        {name} is out at once: open pages close, and API keys of theirs stop opening this project. What they
        made stays. Only a new invitation brings them back.
      </p>
    </Confirm>
  )
}

/** Asks before the project gets another owner. */
export function HandOver({ member: { userId, name }, onClose }: Props) {
  const project = useProject()!
  const give = async () => {
    await handOver(project.id, userId)
    toast(`${name} owns the project now; you are an admin.`, { about: userId })
  }
  return (
    <Confirm
      title={`Hand ${project.name} over to ${name}?`}
      act="Hand over"
      onConfirm={give}
      onClose={onClose}
    >
      <p>
        {name} becomes owner and you become admin. You can then no longer archive the project, export its
        audit log or decide about owners; only {name} can make you owner again.
      </p>
    </Confirm>
  )
}
