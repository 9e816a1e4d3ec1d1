import { useEffect, useRef } from 'react'
import { Button } from '../../components/button.tsx'
import { Moment } from '../../components/time.tsx'
import type { FreshKey } from './api-keys.tsx'
import { CopyButton } from './copy-button.tsx'

/** The text of a key, this once. */
export function KeyText({ fresh, onSaved }: { fresh: FreshKey; onSaved: () => void }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current!.focus(), [])
  return (
    <div className="shown-once" ref={box} tabIndex={-1}>
      <p>
        <b>This is the key “{fresh.key.name}”.</b> Keep it where your program finds it: it is shown this once.
      </p>
      {fresh.oldEndsAt && (
        <p>
          The old one ends <Moment at={fresh.oldEndsAt} />.
        </p>
      )}
      <code className="secret">{fresh.text}</code>
      <div className="acts">
        <CopyButton text={fresh.text} label="Copy" />
        <Button look="primary" onClick={onSaved}>
          I saved it
        </Button>
      </div>
    </div>
  )
}
