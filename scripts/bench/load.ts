/** A request as the bytes of HTTP/1.1, to be sent again and again over connections that stay open. */
export type Target = { port: number; path: string; headers?: Record<string, string> }

type Connection = { data: { done(): void; buffer: string } }

/**
 * Requests per second of a loopback server under `connections` clients that each wait for one answer before the
 * next request, for `seconds`. Throws when an answer is not 200. A plain socket, so that the client costs less
 * than what it measures.
 */
export async function requestsPerSecond(
  target: Target,
  { connections = 32, seconds = 3 } = {},
): Promise<number> {
  const headers = Object.entries({ host: `127.0.0.1:${target.port}`, ...target.headers })
  const request = `GET ${target.path} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  const deadline = performance.now() + seconds * 1000
  let answers = 0

  const finished = Array.from({ length: connections }, () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    void Bun.connect<Connection['data']>({
      hostname: '127.0.0.1',
      port: target.port,
      data: { done: resolve, buffer: '' },
      socket: {
        open: (socket) => void socket.write(request),
        data(socket, bytes) {
          socket.data.buffer += bytes.toString('latin1')
          const length = answerLength(socket.data.buffer)
          if (length === undefined) return
          if (!socket.data.buffer.startsWith('HTTP/1.1 200'))
            reject(new Error(socket.data.buffer.slice(0, 300)))
          socket.data.buffer = socket.data.buffer.slice(length)
          answers++
          if (performance.now() < deadline) socket.write(request)
          else socket.end()
        },
        close: (socket) => socket.data.done(),
        error: (_socket, error) => reject(error),
      },
    }).catch(reject)
    return promise
  })
  const started = performance.now()
  await Promise.all(finished)
  return answers / ((performance.now() - started) / 1000)
}

/** The bytes of the first whole answer in the buffer, or undefined while it is not all there. */
function answerLength(buffer: string): number | undefined {
  const headEnd = buffer.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const length = Number(/content-length: (\d+)/i.exec(buffer.slice(0, headEnd))?.[1])
  return buffer.length >= headEnd + 4 + length ? headEnd + 4 + length : undefined
}
