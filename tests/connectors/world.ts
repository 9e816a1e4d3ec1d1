import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { type SafeFetchOptions, safeFetch } from '#src/connectors/safe-fetch.ts'

const pem = (name: string) => readFileSync(join(import.meta.dir, 'tls', name), 'utf8')
/** Signed the certificate of `site.example` and 93.184.215.14. */
export const AUTHORITY = pem('authority.pem')

/** What a site does with a request: the bytes it answers, or whatever it likes with the connection. */
export type Behaviour = (request: string, socket: Socket) => string | Uint8Array | undefined

export type Site = {
  /** One for each connection so far, fulfilled once it is closed. */
  connections: Promise<void>[]
  requests: string[]
  /** What each TLS client called the site (SNI). */
  names: unknown[]
}

export type World = AsyncDisposable & {
  fetch: typeof fetch
  /** Opens a site at a public address; with `tls` it speaks https, and a greeting is sent before all else. */
  site(address: string, behaviour: Behaviour, options?: { tls?: boolean; greeting?: string }): Promise<Site>
  /** Takes the site at an address away: connections to it are refused. */
  close(address: string): Promise<void>
  /** Every connection that was opened, `address:port`, and every name that was looked up. */
  dialled: string[]
  lookedUp: string[]
}

/**
 * A public internet on loopback. Names have the addresses given here, one list for each look-up in turn, the
 * last one for ever; a connection to an address reaches the site that was opened there.
 */
export function openWorld(names: Record<string, string[][]> = {}, options: SafeFetchOptions = {}): World {
  const servers = new Map<string, Server>()
  const ports = new Map<string, number>()
  const sockets = new Set<Socket>()
  const dialled: string[] = []
  const lookedUp: string[] = []
  const fetch = safeFetch({
    async resolve(name) {
      const turns = names[name] ?? []
      const turn = lookedUp.filter((other) => other === name).length
      lookedUp.push(name)
      if (!turns.length) throw Object.assign(new Error('No such name.'), { code: 'ENOTFOUND' })
      return turns[Math.min(turn, turns.length - 1)]!
    },
    connect(address, port) {
      dialled.push(`${address}:${port}`)
      return connect({ host: '127.0.0.1', port: ports.get(address)! })
    },
    ...options,
  })
  return {
    fetch,
    dialled,
    lookedUp,
    async site(address, behaviour, { tls = false, greeting = '' } = {}) {
      const site: Site = { connections: [], requests: [], names: [] }
      const serve = (socket: Socket & { servername?: unknown }) => {
        site.names.push(socket.servername)
        if (greeting) socket.end(greeting)
        answer(socket, site, behaviour)
      }
      const server = tls
        ? createTlsServer({ cert: pem('site.pem'), key: pem('site.key') }, serve)
        : createServer(serve)
      server.on('connection', (socket: Socket) => {
        sockets.add(socket)
        site.connections.push(new Promise((closed) => socket.on('close', () => closed())))
      })
      servers.set(address, server)
      const listening = Promise.withResolvers<void>()
      server.listen(0, '127.0.0.1', listening.resolve)
      await listening.promise
      ports.set(address, (server.address() as AddressInfo).port)
      return site
    },
    async close(address) {
      const closed = Promise.withResolvers<void>()
      servers.get(address)!.close(() => closed.resolve())
      await closed.promise
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      for (const server of servers.values()) server.close()
    },
  }
}

/** The bytes of an answer with a length. */
export function page(status: number, headers: Record<string, string> = {}, body: string | Uint8Array = '') {
  const lines = Object.entries({ 'content-length': Buffer.byteLength(body), ...headers })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Whatever\r\n${head}\r\n`), Buffer.from(body)])
}

/** The head of an answer whose body goes on until the connection ends. */
export const openEnded = (headers = '') => `HTTP/1.1 200 OK\r\n${headers}\r\n`

/** Writes for ever, as fast as it is read. */
export function pour(socket: Socket, piece: string | Uint8Array) {
  const write = () => {
    while (!socket.destroyed && socket.write(piece)) {}
  }
  socket.on('drain', write)
  write()
}

function answer(socket: Socket, site: Site, behaviour: Behaviour) {
  let request = ''
  socket.on('error', () => {})
  socket.on('data', (bytes) => {
    request += bytes.toString('latin1')
    const bodyAt = request.indexOf('\r\n\r\n') + 4
    const length = Number(/content-length: (\d+)/i.exec(request)?.[1] ?? 0)
    if (bodyAt < 4 || request.length < bodyAt + length) return
    site.requests.push(request)
    const bytesOfAnswer = behaviour(request, socket)
    if (bytesOfAnswer) socket.write(bytesOfAnswer)
    request = ''
  })
}
