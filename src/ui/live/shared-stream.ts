import { type Connection, setConnection } from './connection.ts'
import type { ServerEvent } from './event-parser.ts'
import { followEvents } from './event-stream.ts'

type Message =
  | { event: ServerEvent }
  | { position: number }
  | { state: Connection; lastId?: number }
  | { ask: true }

export type Hearing = {
  onEvent(event: ServerEvent): void
  /** The stream begins here: what happened before, since the page was fetched, was not heard. */
  onBeginning(): void
}

/**
 * Follows the project's events with one connection for all tabs of this browser: the tab that holds the lock
 * reads and passes on; when it closes, another takes over from the last id it saw. Browsers that lend no
 * locks (plain http from another machine) give each tab a connection of its own. Returns how to stop.
 */
export function shareStream(
  projectId: string,
  { onEvent, onBeginning }: Hearing,
  follow = followEvents,
): () => void {
  const name = `quill-events-${projectId}`
  const channel = new BroadcastChannel(name)
  const stopping = new AbortController()
  let lastId: number | undefined
  let leads = false
  let state: Connection = 'connecting'

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if ('event' in data) take(data.event)
    else if ('position' in data) reach(data.position)
    else if ('state' in data) {
      lastId ??= data.lastId
      setConnection(data.state)
    } else if (leads) channel.postMessage({ state, lastId })
  }
  if (navigator.locks) navigator.locks.request(name, { signal: stopping.signal }, lead).catch(() => {})
  else void lead()
  channel.postMessage({ ask: true })
  return () => {
    stopping.abort()
    channel.close()
    setConnection('connecting')
  }

  function lead() {
    leads = true
    return follow({
      projectId,
      lastId: () => lastId,
      onEvent(event) {
        if (!stopping.signal.aborted) channel.postMessage({ event })
        take(event)
      },
      onPosition(id) {
        if (!stopping.signal.aborted) channel.postMessage({ position: id })
        reach(id)
      },
      onState(next) {
        state = next
        if (!stopping.signal.aborted) channel.postMessage({ state, lastId })
        setConnection(next)
      },
      signal: stopping.signal,
    })
  }

  function take(event: ServerEvent) {
    if (event.id !== undefined) reach(event.id)
    onEvent(event)
  }

  function reach(id: number) {
    const begins = lastId === undefined
    lastId = id
    if (begins) onBeginning()
  }
}
