import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { toast } from '../../components/toasts.tsx'

/** Puts a text on the clipboard, and says so in its place. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false)
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => toast('The browser did not allow to copy. Select the text instead.', { isError: true }),
    )
  return (
    <>
      <Button icon={copied ? 'check' : 'copy'} onClick={copy}>
        {label}
      </Button>
      <span className="visually-hidden" role="status">
        {copied && 'Copied'}
      </span>
    </>
  )
}
