import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** What an address is called that is not known: no server, or a connection that has ended. */
export const UNKNOWN_ADDRESS = 'unknown'

/** Finds the address a connection comes from; Bun's server is one. */
export type Sockets = { requestIP(request: Request): { address: string } | null }

type Options = {
  sockets: Sockets | null | undefined
  /** How many proxies of ours stand in front of this server, each of which adds to `X-Forwarded-For`. */
  trustedProxies: number
}

/**
 * The address a request comes from, in the usual spelling: `192.0.2.7`, `2001:db8::7`.
 *
 * Each proxy adds at the right of `X-Forwarded-For` whom it was called by. So the entry as many places from
 * the right as there are trusted proxies is the client; what stands left of it anybody can have written.
 * Without trusted proxies the header is not looked at.
 */
export function clientAddress(request: Request, { sockets, trustedProxies }: Options): string {
  const socket = plainAddress(sockets?.requestIP(request)?.address ?? '') ?? UNKNOWN_ADDRESS
  if (trustedProxies === 0) return socket
  const forwarded = request.headers.get('x-forwarded-for')
  return (forwarded && plainAddress(entryFromRight(forwarded, trustedProxies))) || socket
}

/**
 * What counts as one place: an IPv4 address, or the /64 of an IPv6 address, which is one subscriber's.
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const groups = ipaddr.IPv6.parse(address).parts.slice(0, 4)
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`
}

/** The `count`-th entry from the right of a list, or the first where there are fewer. */
function entryFromRight(list: string, count: number): string {
  let end = list.length
  let start = list.lastIndexOf(',')
  for (let passed = 1; passed < count && start >= 0; passed++) {
    end = start
    start = list.lastIndexOf(',', end - 1)
  }
  return list.slice(start + 1, end).trim()
}

/** The address without a port, brackets or zone, and an IPv4 address as one however it is wrapped. */
function plainAddress(text: string): string | undefined {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? []
  const [, beforePort] = /^([\d.]+):\d+$/.exec(text) ?? []
  const address = (bracketed ?? beforePort ?? text).replace(/%.*$/, '')
  return isIP(address) ? ipaddr.process(address).toString() : undefined
}
