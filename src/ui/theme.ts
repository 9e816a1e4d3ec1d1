import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const COOKIE = 'quill_theme'
const YEAR_SECONDS = 31_536_000

const listeners = new Set<() => void>()

/** The theme a person chose. It is kept in a cookie, so that the server sends the page in it: no flash. */
export const useTheme = () => useSyncExternalStore(subscribe, readTheme)

export function setTheme(theme: Theme) {
  const age = theme === 'system' ? 0 : YEAR_SECONDS
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `${COOKIE}=${theme}; path=/; max-age=${age}; samesite=lax`
  applyTheme()
  for (const listener of listeners) listener()
}

export function applyTheme() {
  const theme = readTheme()
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

function readTheme(): Theme {
  const value = /(?:^|; )quill_theme=(light|dark)/.exec(document.cookie)?.[1]
  return value === 'light' || value === 'dark' ? value : 'system'
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
