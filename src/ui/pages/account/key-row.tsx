import { useState } from 'react'
import type { ApiKey } from '../../api/api-keys.ts'
import { useSession } from '../../api/session.ts'
import { Menu } from '../../components/menu.tsx'
import { Moment } from '../../components/time.tsx'
import type { FreshKey } from './api-keys.tsx'
import { RevokeKey } from './revoke-key.tsx'
import { RotateKey } from './rotate-key.tsx'

type Props = { apiKey: ApiKey; onRotated: (fresh: FreshKey) => void }

/** A key: what it opens, what it may do, when it was used, when it ends. */
export function KeyRow({ apiKey, onRotated }: Props) {
  const [asked, setAsked] = useState<'rotate' | 'revoke'>()
  const projects = useSession().data?.projects ?? []
  const names = apiKey.projectIds.map((id) => projects.find((each) => each.id === id)?.name)
  const known = names.filter((name) => name !== undefined)
  const isOver = apiKey.expiresAt !== null && Date.parse(apiKey.expiresAt) <= Date.now()
  const close = () => setAsked(undefined)
  return (
    <li>
      <div className="grow">
        <p>
          <b>{apiKey.name}</b> <code className="muted">{apiKey.hint}</code>
        </p>
        <p>{known.length ? known.join(', ') : 'No project that you are in'}</p>
        <p className="muted">
          {apiKey.lastUsedAt ? (
            <>
              Last used <Moment at={apiKey.lastUsedAt} />
            </>
          ) : (
            'Never used'
          )}
          {' · '}
          {apiKey.expiresAt ? (
            <>
              {isOver ? 'Ended' : 'Ends'} <Moment at={apiKey.expiresAt} />
            </>
          ) : (
            'Has no end'
          )}
          {apiKey.allowedAddresses.length > 0 && ` · From ${apiKey.allowedAddresses.join(', ')} only`}
        </p>
        <details className="scopes-of">
          <summary>{apiKey.scopes.length === 1 ? 'One right' : `${apiKey.scopes.length} rights`}</summary>
          <p>{apiKey.scopes.join(', ')}</p>
        </details>
      </div>
      <Menu
        label={`Acts for ${apiKey.name} ${apiKey.hint}`}
        icon="more"
        look="quiet"
        items={[
          ...(isOver
            ? []
            : [{ label: 'Replace by a new key', icon: 'restore' as const, run: () => setAsked('rotate') }]),
          { label: 'Revoke', icon: 'trash', danger: true, run: () => setAsked('revoke') },
        ]}
      />
      {asked === 'rotate' && <RotateKey apiKey={apiKey} onClose={close} onRotated={onRotated} />}
      {asked === 'revoke' && <RevokeKey apiKey={apiKey} onClose={close} />}
    </li>
  )
}
