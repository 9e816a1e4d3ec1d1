import { useState } from 'react'
import { changeRole, type Member } from '../../api/members.ts'
import { type Role, useDecidedRoles } from '../../api/projects.ts'
import { Confirm } from '../../components/confirm.tsx'
import { toast } from '../../components/toasts.tsx'
import { roleName } from '../../role-name.ts'

/** A member's role, changed at once and back again; one's own is asked about, as there may be no way back. */
export function RoleSelect({ member, isSelf }: { member: Member; isSelf: boolean }) {
  const [asking, setAsking] = useState<Role>()
  const roles = useDecidedRoles()
  const choose = (role: Role) => (isSelf ? setAsking(role) : void change(member, role))
  return (
    <>
      <select
        className="role"
        aria-label={`Role of ${member.name}`}
        value={member.role}
        onChange={(event) => choose(event.target.value as Role)}
      >
        {roles.map((role) => (
          <option key={role} value={role}>
            {roleName(role)}
          </option>
        ))}
      </select>
      {asking && (
        <Confirm
          title={`Make yourself ${asking}?`}
          act={`Become ${asking}`}
          onConfirm={() => changeRole(member.userId, asking)}
          onClose={() => setAsking(undefined)}
        >
          <p>
            You are {member.role} now. From the next moment on you may do only what the role{' '}
            {roleName(asking)} covers, and only somebody else can change it back.
          </p>
        </Confirm>
      )}
    </>
  )
}

type Changed = Pick<Member, 'userId' | 'name' | 'role'>

async function change({ userId, name, role: before }: Changed, role: Role) {
  try {
    await changeRole(userId, role)
    toast(`${name} is ${role} now.`, {
      undo: () => void change({ userId, name, role }, before),
    })
  } catch (error) {
    toast(`${name} is ${before} still. ${(error as Error).message}`, { isError: true })
  }
}
