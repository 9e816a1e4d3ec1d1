import type { ClipboardEvent, RefObject } from 'react'

/** Text of this length was not typed: pasted into the empty field it becomes a source at once. */
const PASTED_CHARS_MIN = 400
/** A field takes seconds to lay out this much: it is never put into one. */
export const FIELD_CHARS_MAX = 200_000

/** Where text is pasted or typed. It is left to the browser: what it holds is read when it is needed. */
export function PasteField({
  field,
  onText,
}: {
  field: RefObject<HTMLTextAreaElement | null>
  onText: (text: string) => void
}) {
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const text = event.clipboardData.getData('text/plain')
    const isWhole = event.currentTarget.value === '' && text.length >= PASTED_CHARS_MIN
    if (!isWhole && text.length <= FIELD_CHARS_MAX) return
    event.preventDefault()
    onText(text)
  }
  return (
    <textarea
      ref={field}
      className="paste"
      aria-label="Text"
      placeholder="Paste a transcript, notes or an article"
      dir="auto"
      onPaste={onPaste}
    />
  )
}
