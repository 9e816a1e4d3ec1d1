import { useMemo } from 'react'
import type { AuditEntry } from '../../api/audit.ts'
import { useMembers } from '../../api/members.ts'
import { Moment } from '../../components/time.tsx'
import { aboutEntry, actionWords, namesIn } from './action-words.ts'

const principals: Record<string, string> = { api_key: 'by key', command_line: 'at the server' }

/** The log, an entry a row, the latest first. */
export function AuditTable({
  entries,
  onPerson,
}: {
  entries: AuditEntry[]
  onPerson: (userId: string) => void
}) {
  const members = useMembers().data
  const names = useMemo(() => namesIn(entries, members ?? []), [entries, members])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table audit" aria-label="Audit log" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">About</th>
            <th scope="col">Address</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <AuditRow key={entry.id} entry={entry} about={aboutEntry(entry, names)} onPerson={onPerson} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

type RowProps = { entry: AuditEntry; about: string; onPerson: (userId: string) => void }

const AuditRow = ({ entry, about, onPerson }: RowProps) => (
  <tr title={entry.requestId ? `Request ${entry.requestId}` : undefined}>
    <td>
      <Moment at={entry.at} />
    </td>
    <td>
      <Who actor={entry.actor} onPerson={onPerson} />
    </td>
    <th scope="row">{actionWords[entry.action]}</th>
    <td className="about" dir="auto">
      {about}
    </td>
    <td className="muted">{entry.address}</td>
  </tr>
)

function Who({ actor, onPerson }: { actor: AuditEntry['actor']; onPerson: (userId: string) => void }) {
  const { name, userId, kind } = actor
  const how = principals[kind] && <span className="muted"> {principals[kind]}</span>
  if (!userId)
    return (
      <>
        {name}
        {how}
      </>
    )
  return (
    <>
      <button type="button" className="as-link" title={`Only ${name}`} onClick={() => onPerson(userId)}>
        {name}
      </button>
      {how}
    </>
  )
}
