import { Confirm } from '../../components/confirm.tsx'
import { toast } from '../../components/toasts.tsx'

type Props = { what: string; discard: () => Promise<number>; onClose: () => void }

/** Asks before jobs are given up for good, and says what is lost with them. */
export function Discard({ what, discard, onClose }: Props) {
  const confirm = async () => {
    const count = await discard()
    toast(count === 0 ? 'There was nothing left to discard.' : 'Discarded. Jobs lists it as cancelled.')
  }
  return (
    <Confirm title={`Discard ${what}?`} act="Discard" onConfirm={confirm} onClose={onClose}>
      <p>
        What was to be made is not made, and a run that waits for it stays failed. Nobody is reminded of it
        here any more.
      </p>
      <p className="muted">
        Sources, documents and their versions stay as they are. What is discarded stands under Jobs as
        cancelled, where it can still be taken up again until it is deleted for its age.
      </p>
    </Confirm>
  )
}
