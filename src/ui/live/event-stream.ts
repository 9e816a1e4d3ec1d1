import { projectHeaders } from '../api/tab-project.ts'
import { createEventParser, type EventReader } from './event-parser.ts'

const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 8_000
/** The server says something at least every 15 s; silence for longer means that the line is dead. */
const SILENCE_MAX_MS = 40_000
const FINAL = new Set([401, 403, 404])

export type StreamOptions = EventReader & {
  projectId: string
  lastId(): number | undefined
  onState(state: 'open' | 'lost' | 'refused'): void
  signal: AbortSignal
}

/**
 * Follows a project's events until the signal is aborted: reconnects where it stopped, whatever went wrong,
 * with a growing pause. Ends by itself only when the server says that this reader may not listen.
 */
export async function followEvents({ onState, signal, ...options }: StreamOptions): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const opened = () => {
      failures = 0
      onState('open')
    }
    const status = await readOnce({ ...options, opened, signal })
    if (signal.aborted) return
    if (FINAL.has(status)) return onState('refused')
    onState('lost')
    await pause(backoffMs(failures++), signal)
  }
}

type ReadOptions = Omit<StreamOptions, 'onState'> & { opened(): void }

/** Reads one connection to its end and returns its status, 0 when there was none. */
async function readOnce({ projectId, lastId, opened, signal, ...reader }: ReadOptions): Promise<number> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), SILENCE_MAX_MS)
  try {
    const id = lastId()
    const response = await fetch('/api/v1/events', {
      headers: { ...projectHeaders(projectId), ...(id === undefined ? {} : { 'last-event-id': String(id) }) },
      signal: AbortSignal.any([signal, silence.signal]),
    })
    if (!response.ok || !response.body) return response.status
    opened()
    const parse = createEventParser(reader)
    const body = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let part = await body.read(); !part.done; part = await body.read()) {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), SILENCE_MAX_MS)
      parse(part.value)
    }
    return response.status
  } catch {
    return 0
  } finally {
    clearTimeout(timer)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      removeEventListener('online', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    addEventListener('online', done, { once: true })
    signal.addEventListener('abort', done, { once: true })
  })
}

/** Doubles with every failure up to the cap; up to half of it is left to chance, so that tabs do not come at once. */
function backoffMs(failures: number): number {
  const cap = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** failures)
  return cap / 2 + (Math.random() * cap) / 2
}
