import { type RefObject, useEffect } from 'react'

const KEPT = 'quill-pasted-text'

/** What the field holds when its page is left stands in it again when the page is back, for this tab alone. */
export function useKeptText(field: RefObject<HTMLTextAreaElement | null>) {
  useEffect(() => {
    const element = field.current!
    element.value ||= readKept()
    const keep = () => keepText(element.value)
    addEventListener('pagehide', keep)
    return () => {
      removeEventListener('pagehide', keep)
      keep()
    }
  }, [field])
}

function readKept(): string {
  try {
    return sessionStorage.getItem(KEPT) ?? ''
  } catch {
    return ''
  }
}

/** A browser that has no room, or keeps nothing, goes without. */
function keepText(text: string) {
  try {
    sessionStorage.removeItem(KEPT)
    if (text.trim()) sessionStorage.setItem(KEPT, text)
  } catch {}
}
