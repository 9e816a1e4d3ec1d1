import { useId, useState } from 'react'
import { Button } from './button.tsx'
import { toast } from './toasts.tsx'

/** A text to take along: read only, selected when it has the focus, copied by a press that says so in its place. */
export function CopyField({ label, text, first }: { label: string; text: string; first?: boolean }) {
  const id = useId()
  const [copied, setCopied] = useState(false)
  // A browser lends no clipboard to a page that came over plain http from another machine.
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      toast('The browser did not allow to copy. Select the text and copy it by hand.', { isError: true })
    }
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="copy-field">
        <input id={id} readOnly value={text} data-first={first} onFocus={(event) => event.target.select()} />
        <Button icon={copied ? 'check' : 'copy'} onClick={copy}>
          Copy
        </Button>
      </div>
      <p className="visually-hidden" role="status">
        {copied && 'Copied'}
      </p>
    </div>
  )
}
