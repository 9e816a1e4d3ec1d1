import { useSyncExternalStore } from 'react'

/** What a link in a mail carries behind its `#`, which browsers send to nobody. */
export const useLinkToken = () => useSyncExternalStore(subscribe, () => location.hash.slice(1))

function subscribe(listener: () => void) {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}
