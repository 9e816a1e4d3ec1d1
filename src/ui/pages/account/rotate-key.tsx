import { type ApiKey, rotateApiKey } from '../../api/api-keys.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { anything } from '../../forms/checks.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { useForm } from '../../forms/use-form.ts'
import type { FreshKey } from './api-keys.tsx'

const HOUR_SECONDS = 3_600
const DAY_SECONDS = 24 * HOUR_SECONDS

const graces: [seconds: number, words: string][] = [
  [0, 'Not at all: it ends now'],
  [HOUR_SECONDS, 'One hour'],
  [DAY_SECONDS, 'One day'],
  [7 * DAY_SECONDS, 'One week'],
  [30 * DAY_SECONDS, '30 days'],
]

type Props = { apiKey: ApiKey; onClose: () => void; onRotated: (fresh: FreshKey) => void }

/** Puts a new key in the place of one; the old one may work on while programs are changed over. */
export function RotateKey({ apiKey, onClose, onRotated }: Props) {
  const form = useForm({
    checks: { grace: anything },
    act: async ({ grace }) => {
      const made = await rotateApiKey(apiKey.id, Number(grace))
      onClose()
      onRotated({ ...made, oldEndsAt: endOf(apiKey, Number(grace)) })
    },
  })
  return (
    <Dialog title={`Replace “${apiKey.name}”`} onClose={onClose}>
      <form className="dialog-body" {...form.props}>
        <p>
          The new key may do the same in the same projects. Put it into your program before the old one ends.
        </p>
        <Field label="How long the old key still works">
          {(names) => (
            <select {...names} name="grace" defaultValue={DAY_SECONDS}>
              {graces.map(([seconds, words]) => (
                <option key={seconds} value={seconds}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
        <FormEnd
          form={form}
          look="primary"
          beside={
            <Button look="quiet" onClick={onClose}>
              Cancel
            </Button>
          }
        >
          Make the new key
        </FormEnd>
      </form>
    </Dialog>
  )
}

/** The grace does not outlive the key's own end. */
function endOf({ expiresAt }: ApiKey, graceSeconds: number): string {
  const end = Date.now() + graceSeconds * 1000
  return new Date(expiresAt ? Math.min(end, Date.parse(expiresAt)) : end).toISOString()
}
