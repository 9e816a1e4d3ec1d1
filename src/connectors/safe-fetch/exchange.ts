import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { isIP, connect as openTcp, type Socket } from 'node:net'
import { connect as openTls } from 'node:tls'
import { AppError, limitExceeded } from '#src/errors.ts'
import type { Hop } from './hops.ts'
import { unreachable } from './unreachable.ts'

const HEADER_BYTES_MAX = 32 * 1024
/** Of one address, before the next one is tried. */
const CONNECT_MS_MAX = 5_000
/** A site with more addresses than these is not reached through the others either. */
const ADDRESSES_TRIED_MAX = 4
/** Answers before the answer (RFC 9110, 1xx): a site needs none or one. */
const INTERIM_ANSWERS_MAX = 8

export type Connect = (address: string, port: number) => Socket

export const openSocket: Connect = (address, port) => openTcp({ host: address, port })

type Line = { connect: Connect; ca?: string; signal: AbortSignal }

/**
 * Sends one request to the first of the addresses that takes a connection, and answers with the head of the
 * response; its body is still to be read. Nothing is sent twice. When the signal is aborted the connection is
 * closed, during the body too.
 *
 * Not by `fetch`, which connects to whatever a proxy setting or a pooled connection leads to, and unpacks a body
 * before it can be counted.
 */
export async function exchange(hop: Hop, addresses: string[], line: Line): Promise<IncomingMessage> {
  const host = hop.url.hostname
  const plain = await reach(hop.url, addresses, line)
  const socket = hop.url.protocol === 'https:' ? await secure(plain, host, line) : plain
  const outgoing = request({
    createConnection: () => socket,
    setHost: false,
    method: hop.method,
    path: hop.url.pathname + hop.url.search,
    headers: headersOf(hop),
    maxHeaderSize: HEADER_BYTES_MAX,
  })
  const answered = Promise.withResolvers<IncomingMessage>()
  outgoing.on('response', answered.resolve)
  outgoing.on('error', answered.reject)
  outgoing.on('close', () => answered.reject(new Error('The connection was closed without an answer.')))
  outgoing.on('upgrade', () => outgoing.destroy())
  let interim = 0
  outgoing.on('information', () => ++interim > INTERIM_ANSWERS_MAX && outgoing.destroy())
  outgoing.end(hop.body)
  try {
    const message = await answered.promise
    const { statusCode = 0 } = message
    if (statusCode < 200 || statusCode > 599) throw new Error(`${statusCode} is no status of an answer.`)
    return message
  } catch (error) {
    throw answerFailure(host, error)
  }
}

async function reach(url: URL, addresses: string[], { connect, signal }: Line): Promise<Socket> {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  let failure: unknown
  for (const address of addresses.slice(0, ADDRESSES_TRIED_MAX)) {
    signal.throwIfAborted()
    const socket = connect(address, port)
    const close = () => socket.destroy(new Error('The exchange is over.'))
    signal.addEventListener('abort', close)
    socket.on('error', ignore)
    socket.on('close', () => signal.removeEventListener('abort', close))
    socket.setTimeout(CONNECT_MS_MAX, () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })))
    try {
      await once(socket, 'connect')
      socket.setTimeout(0)
      return socket
    } catch (error) {
      failure = error
    }
  }
  throw unreachable(url.hostname, failure)
}

/** The name is what the certificate must be for; an address has no SNI, and its certificate names the address. */
async function secure(plain: Socket, hostname: string, { ca }: Line): Promise<Socket> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  const socket = openTls({
    socket: plain,
    host,
    ...(isIP(host) ? {} : { servername: host }),
    ca,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  })
  socket.on('error', ignore)
  try {
    await once(socket, 'secureConnect')
    return socket
  } catch (error) {
    throw tlsFailure(hostname, error)
  }
}

function headersOf({ url, method, headers, body }: Hop): Record<string, string> {
  const hasLength = body !== null || method === 'POST' || method === 'PUT' || method === 'PATCH'
  return {
    host: url.host,
    ...Object.fromEntries(headers),
    'accept-encoding': 'gzip, br',
    ...(hasLength ? { 'content-length': String(body?.byteLength ?? 0) } : {}),
  }
}

/** The connection's own failures are named E… by the system and ERR_SSL… by TLS; the rest are the certificate's. */
function tlsFailure(host: string, error: unknown): AppError {
  const { code = '' } = error as NodeJS.ErrnoException
  if (/^(E[A-Z]+$|ERR_SSL|$)/.test(code)) return unreachable(host, error)
  return new AppError('address_refused', `The certificate of ${host} cannot be trusted (${code}).`)
}

function answerFailure(host: string, error: unknown): AppError {
  const { code } = error as NodeJS.ErrnoException
  return code === 'HPE_HEADER_OVERFLOW'
    ? limitExceeded(`${host} sent more than ${HEADER_BYTES_MAX / 1024} KB of headers; that is the limit.`)
    : unreachable(host, error)
}

/** Whoever awaits the event is told; a listener of one's own keeps a late error from ending the process. */
const ignore = () => {}
