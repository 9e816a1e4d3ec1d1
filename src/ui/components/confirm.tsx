import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { ProblemNotice } from './problem-notice.tsx'

/** Asks before what cannot be undone. `children` say what will happen, `act` is the verb of it. */
export function Confirm({
  title,
  act,
  onConfirm,
  onClose,
  children,
}: {
  title: string
  act: string
  onConfirm: () => Promise<unknown>
  onClose: () => void
  children: ReactNode
}) {
  const [pending, setPending] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const confirm = () => {
    setPending(true)
    setFailure(undefined)
    onConfirm().then(onClose, (error) => {
      setPending(false)
      setFailure(error)
    })
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="dialog-body">
        {children}
        {failure !== undefined && <ProblemNotice error={failure} />}
        <div className="acts">
          <Button look="danger" pending={pending} onClick={confirm}>
            {act}
          </Button>
          <Button data-first onClick={onClose}>
            Cancel
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
