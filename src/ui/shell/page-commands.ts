import { useEffect, useSyncExternalStore } from 'react'
import type { Command } from './command-palette.tsx'

let commands: readonly Command[] = []
const listeners = new Set<() => void>()

/** What the palette offers for the page it is opened over. */
export const usePageCommands = () => useSyncExternalStore(subscribe, () => commands)

/** Offers commands in the palette while the page is shown. Keep the array between renders. */
export function useOfferCommands(offered: readonly Command[]) {
  useEffect(() => {
    set(offered)
    return () => set([])
  }, [offered])
}

function set(next: readonly Command[]) {
  commands = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
