export type ServerEvent = { id: number | undefined; type: string; data: string }

export type EventReader = {
  onEvent(event: ServerEvent): void
  /** An id that came without an event: the stream may be resumed from there. */
  onPosition(id: number): void
}

/** Reads server-sent events out of text that arrives in any pieces (WHATWG HTML, 9.2.6). */
export function createEventParser({ onEvent, onPosition }: EventReader): (chunk: string) => void {
  let rest = ''
  let id: number | undefined
  let type = ''
  let data: string[] = []
  return (chunk) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r/)
    rest = lines.pop()!
    for (const line of lines) readLine(line)
  }

  function readLine(line: string) {
    if (line === '') return dispatch()
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'id' && /^\d+$/.test(value)) id = Number(value)
    else if (field === 'event') type = value
    else if (field === 'data') data.push(value)
  }

  function dispatch() {
    if (data.length) onEvent({ id, type: type || 'message', data: data.join('\n') })
    else if (id !== undefined) onPosition(id)
    type = ''
    data = []
  }
}
