import { type KeyboardEvent, useRef, useState } from 'react'
import type { Member } from '../../api/members.ts'
import { type Role, useDecidedRoles } from '../../api/projects.ts'
import { Button } from '../../components/button.tsx'
import { roleName } from '../../role-name.ts'
import { BecomeRole, changeWithUndo, MakeOwner } from './change-role.tsx'

/**
 * A member's role. What is chosen counts once it is applied: arrow keys walk through roles that nobody means. An
 * owner, and another role for oneself, are asked about, as there may be no way back.
 */
export function RoleSelect({ member, isSelf }: { member: Member; isSelf: boolean }) {
  const select = useRef<HTMLSelectElement>(null)
  const [draft, setDraft] = useState<Role>()
  const [asking, setAsking] = useState(false)
  const roles = useDecidedRoles()
  const role = draft ?? member.role
  const isOther = role !== member.role
  const forget = () => {
    setAsking(false)
    setDraft((now) => (now === role ? undefined : now))
  }
  const apply = () => {
    select.current?.focus()
    if (isSelf || role === 'owner') setAsking(true)
    else void changeWithUndo(member, role).finally(forget)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOther || (event.key !== 'Enter' && event.key !== 'Escape')) return
    event.preventDefault()
    if (event.key === 'Enter') apply()
    else forget()
  }
  const Asked = isSelf ? BecomeRole : MakeOwner
  return (
    <div className="role-choice">
      <select
        ref={select}
        className="role"
        aria-label={`Role of ${member.name}`}
        value={role}
        onChange={(event) => setDraft(event.target.value as Role)}
        onKeyDown={onKeyDown}
      >
        {roles.map((each) => (
          <option key={each} value={each}>
            {roleName(each)}
          </option>
        ))}
      </select>
      {isOther && (
        <Button look="primary" aria-label={`Apply the role ${role} for ${member.name}`} onClick={apply}>
          Apply
        </Button>
      )}
      {asking && <Asked member={member} role={role} onClose={forget} />}
    </div>
  )
}
