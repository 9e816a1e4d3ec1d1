import { tell } from '#src/jobs/events.ts'
import { readAnswer, request, type TestApp } from '../harness.ts'

// biome-ignore lint/suspicious/noExplicitAny: an event holds what its type says; the tests look
export type Frame = { id?: number; event?: string; data?: any; comment?: string; retry?: number }

export type Listening = AsyncDisposable & {
  /** Reads on until `count` events have come, comments aside; fewer when the stream ends first. */
  events(count: number): Promise<Frame[]>
  /** The next frame of any kind, undefined at the end. */
  next(): Promise<Frame | undefined>
  close(): Promise<void>
}

export type ListenOptions = { key?: string; after?: number; path?: string }

/** Opens the event stream as a client of the API does. */
export async function listen(
  app: TestApp,
  { key = app.team.key, after, path = '/api/v1/events' }: ListenOptions = {},
) {
  const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': String(after) }
  const response = await app.fetch(request('GET', path, { key, headers }))
  if (response.status !== 200) throw new Error(`No stream: ${(await readAnswer(response)).text}`)
  return readFrames(response)
}

/** Reads a response as server-sent events, after the rules of the HTML standard. */
export function readFrames(response: Response): Listening {
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let ended = false

  const next = async (): Promise<Frame | undefined> => {
    while (!rest.includes('\n\n')) {
      const { done, value } = await reader.read()
      if (done) {
        ended = true
        return undefined
      }
      rest += decoder.decode(value, { stream: true })
    }
    const end = rest.indexOf('\n\n')
    const text = rest.slice(0, end)
    rest = rest.slice(end + 2)
    return parseFrame(text)
  }
  const close = async () => {
    if (!ended) await reader.cancel()
    ended = true
  }
  return {
    next,
    async events(count) {
      const found: Frame[] = []
      while (found.length < count) {
        const frame = await next()
        if (!frame) break
        if (frame.event) found.push(frame)
      }
      return found
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function parseFrame(text: string): Frame {
  const frame: Frame = {}
  for (const line of text.split('\n')) {
    const [, name, value] = /^([^:]*): ?(.*)$/s.exec(line)!
    if (name === '') frame.comment = value
    else if (name === 'data') frame.data = JSON.parse(value!)
    else if (name === 'event') frame.event = value
    else if (name === 'id' || name === 'retry') frame[name] = Number(value)
    else throw new Error(`A line that is no field: ${line}`)
  }
  return frame
}

/** Tells a piece of text, and wakes the hub as a commit does. */
export async function say(app: TestApp, text: string, projectId = app.team.projectId) {
  await app.db.batch([tell(app.db, projectId, 'section.text', { text })])
  app.hub.wake()
}
