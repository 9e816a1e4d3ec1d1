import { useState } from 'react'
import type { Member } from '../../api/members.ts'
import { useDecidedRoles, useMay, useProject } from '../../api/projects.ts'
import { useSession } from '../../api/session.ts'
import { Menu, type MenuItem } from '../../components/menu.tsx'
import { Moment } from '../../components/time.tsx'
import { roleName } from '../../role-name.ts'
import { HandOver, RemoveMember } from './part-with.tsx'
import { RoleSelect } from './role-select.tsx'

type Parting = { how: 'remove' | 'hand over'; member: Member }

/** Everybody in the project; one decides about those whose rights are all one's own. */
export function MemberList({ members }: { members: Member[] }) {
  const [parting, setParting] = useState<Parting>()
  const close = () => setParting(undefined)
  return (
    <>
      <ul className="rows" aria-label="Members">
        {members.map((member) => (
          <MemberRow key={member.userId} member={member} onPart={(how) => setParting({ how, member })} />
        ))}
      </ul>
      {parting?.how === 'remove' && <RemoveMember member={parting.member} onClose={close} />}
      {parting?.how === 'hand over' && <HandOver member={parting.member} onClose={close} />}
    </>
  )
}

function MemberRow({ member, onPart }: { member: Member; onPart: (how: Parting['how']) => void }) {
  const { userId, name, email, role, joinedAt } = member
  const isSelf = useSession().data?.user?.id === userId
  const mayManage = useMay('members:manage')
  const decided = useDecidedRoles()
  const mayDecide = mayManage && decided.includes(role)
  const items = usePartings({ isSelf, mayDecide, role, onPart })
  return (
    <li className="row" data-look="member">
      <div className="row-main">
        <p className="address" dir="auto">
          <b>{name}</b> {isSelf && <span className="muted">you</span>}
        </p>
        <p className="muted address">
          {email} · joined <Moment at={joinedAt} />
        </p>
      </div>
      {mayDecide ? <RoleSelect member={member} isSelf={isSelf} /> : <span>{roleName(role)}</span>}
      {items.length > 0 && <Menu label={`Acts for ${name}`} icon="more" look="quiet" items={items} />}
    </li>
  )
}

/** One leaves a project oneself in its settings; here is what is done about others. */
function usePartings({
  isSelf,
  mayDecide,
  role,
  onPart,
}: {
  isSelf: boolean
  mayDecide: boolean
  role: Member['role']
  onPart: (how: Parting['how']) => void
}): MenuItem[] {
  const isDemo = useSession().data?.user?.isDemo
  const mayHandOver = useProject()?.role === 'owner' && mayDecide && !isDemo && role !== 'owner'
  if (isSelf || !mayDecide) return []
  const remove: MenuItem = { label: 'Remove', icon: 'trash', danger: true, run: () => onPart('remove') }
  const handOver: MenuItem = { label: 'Hand the project over', icon: 'key', run: () => onPart('hand over') }
  return mayHandOver ? [handOver, remove] : [remove]
}
