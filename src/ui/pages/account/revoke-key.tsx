import { type ApiKey, revokeApiKey } from '../../api/api-keys.ts'
import { Confirm } from '../../components/confirm.tsx'
import { toast } from '../../components/toasts.tsx'

/** Asks before a key ends for good. */
export function RevokeKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { id, name, hint } = apiKey
  const revoke = async () => {
    await revokeApiKey(id)
    toast(`The key “${name}” was revoked.`)
  }
  return (
    <Confirm title={`Revoke “${name}”?`} act="Revoke the key" onConfirm={revoke} onClose={onClose}>
      <p>
        Whatever uses the key <b>{name}</b> ({hint}) is refused from its next request on. This cannot be
        undone.
      </p>
    </Confirm>
  )
}
