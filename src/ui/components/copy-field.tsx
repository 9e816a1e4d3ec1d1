import { useId } from 'react'
import { Button } from './button.tsx'
import { toast } from './toasts.tsx'

/** A text to take along: read only, selected by a press, copied by another. */
export function CopyField({ label, text, copied }: { label: string; text: string; copied: string }) {
  const id = useId()
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => toast(copied),
      () => toast('The browser refused to copy. Select the text and copy it by hand.', { isError: true }),
    )
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="copy-field">
        <input id={id} readOnly value={text} onFocus={(event) => event.target.select()} />
        <Button icon="copy" onClick={copy}>
          Copy
        </Button>
      </div>
    </div>
  )
}
