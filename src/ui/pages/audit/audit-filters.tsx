import { useMembers } from '../../api/members.ts'
import { actionWords, projectActions } from './action-words.ts'
import type { AddressFilter } from './address-filter.ts'

type Props = { filter: AddressFilter; onFilter: (name: keyof AddressFilter, value: string) => void }

/** What is looked for: an action, a person, days. */
export function AuditFilters({ filter, onFilter }: Props) {
  const members = useMembers().data ?? []
  const { action = '', userId = '', from = '', until = '' } = filter
  const isGone = userId !== '' && !members.some((member) => member.userId === userId)
  return (
    <search className="filters audit-filters">
      <label>
        Action
        <select value={action} onChange={(event) => onFilter('action', event.target.value)}>
          <option value="">Every action</option>
          {projectActions.map((each) => (
            <option key={each} value={each}>
              {actionWords[each]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Person
        <select value={userId} onChange={(event) => onFilter('userId', event.target.value)}>
          <option value="">Everybody</option>
          {isGone && <option value={userId}>One who is no member</option>}
          {members.map((member) => (
            <option key={member.userId} value={member.userId}>
              {member.name}
            </option>
          ))}
        </select>
      </label>
      <label>
        From
        <input
          type="date"
          value={from}
          max={until || undefined}
          onChange={(event) => onFilter('from', event.target.value)}
        />
      </label>
      <label>
        To
        <input
          type="date"
          value={until}
          min={from || undefined}
          onChange={(event) => onFilter('until', event.target.value)}
        />
      </label>
    </search>
  )
}
