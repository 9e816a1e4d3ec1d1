import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Button } from '../../components/button.tsx'

type Props = {
  label: string
  now: ReactNode
  act: string
  look?: 'plain' | 'danger'
  children: (close: () => void) => ReactNode
}

/** How something of the account is, and the form that changes it when it is asked for. `act` names what it does. */
export function Changeable({ label, now, act, look = 'plain', children }: Props) {
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const wasOpen = useRef(false)
  useEffect(() => {
    if (open) box.current!.querySelector<HTMLElement>('input:not([hidden])')?.focus()
    else if (wasOpen.current) box.current!.querySelector('button')?.focus()
    wasOpen.current = open
  }, [open])
  return (
    <div className="changeable" ref={box}>
      <div className="changeable-now">
        <div className="grow">
          <p className="changeable-label">{label}</p>
          <div className="changeable-value">{now}</div>
        </div>
        {!open && (
          <Button look={look} onClick={() => setOpen(true)}>
            {act}
          </Button>
        )}
      </div>
      {open && children(() => setOpen(false))}
    </div>
  )
}
