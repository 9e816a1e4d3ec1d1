import { useSyncExternalStore } from 'react'

export type Connection = 'connecting' | 'open' | 'lost' | 'refused'

let state: Connection = 'connecting'
const listeners = new Set<() => void>()

export function setConnection(next: Connection) {
  if (state === next) return
  state = next
  for (const listener of listeners) listener()
}

/** Whether the event stream is open, for what must know how fresh the page is. */
export const useConnection = () => useSyncExternalStore(subscribe, () => state)

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
