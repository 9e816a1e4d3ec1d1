import type { ProjectKey } from '../../api/project-keys.ts'
import { useMay } from '../../api/projects.ts'
import { Button } from '../../components/button.tsx'
import { Moment } from '../../components/time.tsx'

type OnRevoke = (key: ProjectKey) => void

export const KeyTable = ({ keys, onRevoke }: { keys: ProjectKey[]; onRevoke: OnRevoke }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  <section className="table" aria-label="API keys of the project" tabIndex={0}>
    <table>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Made by</th>
          <th scope="col">May</th>
          <th scope="col" className="number">
            Last used
          </th>
          <th scope="col" className="number">
            Ends
          </th>
          <th scope="col">
            <span className="visually-hidden">Acts</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <KeyRow key={key.id} apiKey={key} onRevoke={onRevoke} />
        ))}
      </tbody>
    </table>
  </section>
)

function KeyRow({ apiKey, onRevoke }: { apiKey: ProjectKey; onRevoke: OnRevoke }) {
  const { name, hint, createdBy, scopes, lastUsedAt, expiresAt } = apiKey
  const mayRevoke = useMay('api_keys:manage')
  return (
    <tr>
      <th scope="row" dir="auto">
        {name} <code className="muted">{hint}</code>
      </th>
      <td>{createdBy ?? <span className="muted">the server's operator</span>}</td>
      <td className="about" title={scopes.join(', ')}>
        {scopes.join(', ')}
      </td>
      <td className="number">
        {lastUsedAt ? <Moment at={lastUsedAt} /> : <span className="muted">never</span>}
      </td>
      <td className="number">
        {expiresAt ? <EndOf at={expiresAt} /> : <span className="muted">never</span>}
      </td>
      <td className="number">
        {mayRevoke && (
          <Button look="quiet" aria-label={`Revoke ${name}`} onClick={() => onRevoke(apiKey)}>
            Revoke
          </Button>
        )}
      </td>
    </tr>
  )
}

const EndOf = ({ at }: { at: string }) => (
  <time dateTime={at} title={new Date(at).toLocaleString('en')}>
    {new Date(at).toLocaleDateString('en', { dateStyle: 'medium' })}
  </time>
)
