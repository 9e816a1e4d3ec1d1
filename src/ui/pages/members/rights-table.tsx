import { useProject, useRights } from '../../api/projects.ts'
import { Icon } from '../../components/icons.tsx'
import { useRoleMeanings } from '../../role-meaning.ts'
import { roleName } from '../../role-name.ts'

/** Which role may do what: the one table of rights, in words. */
export function RightsTable() {
  const rights = useRights().data
  const meanings = useRoleMeanings()
  const own = useProject()?.role
  if (!rights) return null
  const { roles, permissions } = rights
  return (
    <div className="settings-part">
      <h2 id="rights">What each role may do</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="table rights" aria-labelledby="rights" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Right</span>
              </th>
              {roles.map(({ name }) => (
                <th key={name} scope="col" title={meanings.get(name)} data-own={name === own || undefined}>
                  {roleName(name)}
                  {name === own && <span className="visually-hidden">, your role</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {permissions.map((permission) => (
              <tr key={permission.name}>
                <th scope="row" title={permission.name}>
                  {permission.meaning}
                  {permission.later && <span className="muted"> No part of Quill uses it yet.</span>}
                </th>
                {roles.map((role) => (
                  <td key={role.name} data-own={role.name === own || undefined}>
                    <Mark given={role.permissions.includes(permission.name)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  )
}

const Mark = ({ given }: { given: boolean }) =>
  given ? (
    <>
      <Icon name="check" />
      <span className="visually-hidden">may</span>
    </>
  ) : (
    <span className="visually-hidden">may not</span>
  )
