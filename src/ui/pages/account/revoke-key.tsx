import { type ApiKey, revokeApiKey } from '../../api/api-keys.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { toast } from '../../components/toasts.tsx'
import { FormEnd } from '../../forms/form-end.tsx'
import { useForm } from '../../forms/use-form.ts'

/** Asks before a key ends for good. */
export function RevokeKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { id, name, hint } = apiKey
  const form = useForm({
    checks: {},
    act: async () => {
      await revokeApiKey(id)
      onClose()
      toast(`The key “${name}” was revoked.`)
    },
  })
  return (
    <Dialog title={`Revoke “${name}”?`} onClose={onClose}>
      <form className="dialog-body" {...form.props}>
        <p>
          Whatever uses the key <b>{name}</b> ({hint}) is refused from its next request on. This cannot be
          undone.
        </p>
        <FormEnd
          form={form}
          look="danger"
          beside={
            <Button look="quiet" onClick={onClose}>
              Keep it
            </Button>
          }
        >
          Revoke the key
        </FormEnd>
      </form>
    </Dialog>
  )
}
