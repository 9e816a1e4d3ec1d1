import { changeRole, type Member } from '../../api/members.ts'
import type { Role } from '../../api/projects.ts'
import { Confirm } from '../../components/confirm.tsx'
import { toast } from '../../components/toasts.tsx'
import { roleName } from '../../role-name.ts'

type Changed = Pick<Member, 'userId' | 'name' | 'role'>
type Props = { member: Changed; role: Role; onClose: () => void }

/** Gives a role, and offers the one before. Says why when it is refused. */
export async function changeWithUndo({ userId, name, role: before }: Changed, role: Role) {
  try {
    await changeRole(userId, role)
    toast(`${name} is ${role} now.`, {
      about: userId,
      undo: () => void changeWithUndo({ userId, name, role }, before),
    })
  } catch (error) {
    toast(`${name} is ${before} still. ${(error as Error).message}`, { about: userId, isError: true })
  }
}

/** Asks before one changes one's own role. */
export const BecomeRole = ({ member, role, onClose }: Props) => (
  <Confirm
    title={`Make yourself ${role}?`}
    act={`Become ${role}`}
    onConfirm={() => changeRole(member.userId, role)}
    onClose={onClose}
  >
    <p>
      You are {member.role} now. From the next moment on you may do only what the role {roleName(role)}{' '}
      covers, and only somebody else can change it back.
    </p>
  </Confirm>
)

/** Asks before somebody gets every right that there is. */
export function MakeOwner({ member: { userId, name }, role, onClose }: Props) {
  const give = async () => {
    await changeRole(userId, role)
    toast(`${name} is an owner now, beside you.`, { about: userId })
  }
  return (
    <Confirm title={`Make ${name} an owner?`} act="Make owner" onConfirm={give} onClose={onClose}>
      <p>
        {name} may then do everything that you may: archive the project, export its audit log, and change your
        role or remove you. You stay owner.
      </p>
    </Confirm>
  )
}
