import { type RefObject, useEffect } from 'react'

const keyOf = (projectId: string) => `quill-pasted-text ${projectId}`

/** What the field holds when its page is left stands in it again when the page is back: in this tab and project alone. */
export function useKeptText(field: RefObject<HTMLTextAreaElement | null>, projectId: string) {
  useEffect(() => {
    const element = field.current!
    element.value ||= readKept(projectId)
    const keep = () => keepText(projectId, element.value)
    addEventListener('pagehide', keep)
    return () => {
      removeEventListener('pagehide', keep)
      keep()
    }
  }, [field, projectId])
}

function readKept(projectId: string): string {
  try {
    return sessionStorage.getItem(keyOf(projectId)) ?? ''
  } catch {
    return ''
  }
}

/** A browser that has no room, or keeps nothing, goes without. */
function keepText(projectId: string, text: string) {
  try {
    sessionStorage.removeItem(keyOf(projectId))
    if (text.trim()) sessionStorage.setItem(keyOf(projectId), text)
  } catch {}
}
