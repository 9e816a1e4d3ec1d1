import { type Connection, setConnection } from './connection.ts'
import type { ServerEvent } from './event-parser.ts'
import { followEvents } from './event-stream.ts'

type Message = { event: ServerEvent } | { position: number } | { state: Connection } | { ask: true }

/**
 * Follows the project's events with one connection for all tabs of this browser: the tab that holds the lock
 * reads and passes on; when it closes, another takes over from the last id it saw. Browsers that lend no
 * locks (plain http from another machine) give each tab a connection of its own. Returns how to stop.
 */
export function shareStream(projectId: string, onEvent: (event: ServerEvent) => void): () => void {
  const name = `quill-events-${projectId}`
  const channel = new BroadcastChannel(name)
  const stopping = new AbortController()
  let lastId: number | undefined
  let leads = false
  let state: Connection = 'connecting'

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if ('event' in data) take(data.event)
    else if ('position' in data) lastId = data.position
    else if ('state' in data) setConnection(data.state)
    else if (leads) channel.postMessage({ state })
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
    return followEvents({
      projectId,
      lastId: () => lastId,
      onEvent(event) {
        if (!stopping.signal.aborted) channel.postMessage({ event })
        take(event)
      },
      onPosition(id) {
        if (!stopping.signal.aborted) channel.postMessage({ position: id })
        lastId = id
      },
      onState(next) {
        state = next
        if (!stopping.signal.aborted) channel.postMessage({ state })
        setConnection(next)
      },
      signal: stopping.signal,
    })
  }

  function take(event: ServerEvent) {
    lastId = event.id ?? lastId
    onEvent(event)
  }
}
