import { type Role, useDecidedRoles } from '../../api/projects.ts'
import { useRoleMeanings } from '../../role-meaning.ts'
import { roleName } from '../../role-name.ts'

/** One role of those that can be given, each with what it is for. */
export function RoleField({ role, onChange }: { role: Role; onChange: (role: Role) => void }) {
  const offered = useDecidedRoles()
  const meanings = useRoleMeanings()
  return (
    <fieldset className="role-field">
      <legend>Role</legend>
      {offered.map((each) => (
        <label key={each}>
          <input type="radio" name="role" checked={each === role} onChange={() => onChange(each)} />
          <span>
            <b>{roleName(each)}</b> <span className="muted">{meanings.get(each)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
