import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { AppError } from '#src/errors.ts'
import { unreachable } from './unreachable.ts'

/**
 * Where web sites are served. All else that listens on public addresses is mail, databases and consoles, whose
 * protocols can be spoken through a request.
 */
const PORTS = [80, 443, 8080, 8443]

/** Public by the registries, but inside a platform: Azure's host agent. */
const PLATFORM_ADDRESSES = new Set(['168.63.129.16'])
/** All that has been given out for the public IPv6 internet (RFC 4291, IANA's registry). */
const IPV6_GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3')
const NO_SUCH_NAME = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])

export type Resolve = (name: string) => Promise<string[]>

/** Every address that the system knows for a name, best first. */
export const resolveName: Resolve = async (name) =>
  (await lookup(name, { all: true, verbatim: true })).map(({ address }) => address)

/**
 * Looks up the host and answers with its addresses when every one of them may be reached.
 * Throws `address_refused` with the rule that is broken. A name that is unknown and one that stands for a
 * private address look the same, so that nobody learns the names of an inner network.
 */
export async function publicAddresses(
  url: URL,
  options: { resolve: Resolve; allowLoopback: boolean },
): Promise<string[]> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const addresses = isIP(host) ? [host] : await resolveHost(host, options.resolve)
  const isOwn = options.allowLoopback && addresses.every(isLoopback)
  if (addresses.length === 0 || !(isOwn || addresses.every(isPublic))) throw notPublic(host)
  if (!isOwn) checkPort(url)
  return addresses
}

/** Whether an address, as text, belongs to the public internet (IANA's special-purpose registries). */
export function isPublic(address: string): boolean {
  if (!isIP(address) || address.includes('%')) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast' || PLATFORM_ADDRESSES.has(parsed.toString())) return false
  return parsed.kind() === 'ipv4' || parsed.match(IPV6_GLOBAL)
}

const isLoopback = (address: string) => isIP(address) > 0 && ipaddr.process(address).range() === 'loopback'

async function resolveHost(host: string, resolve: Resolve): Promise<string[]> {
  try {
    return await resolve(host)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw NO_SUCH_NAME.has(code ?? '') ? notPublic(host) : unreachable(host, error)
  }
}

/** Throws `address_refused` for a port on which no web site is served. */
export function checkPort(url: URL) {
  if (url.port && !PORTS.includes(Number(url.port)))
    throw new AppError(
      'address_refused',
      `Port ${url.port} is not one that Quill fetches from; those are ${PORTS.join(', ')}.`,
    )
}

const notPublic = (host: string) =>
  new AppError(
    'address_refused',
    `${host} is not a site on the public internet; Quill fetches from no other.`,
  )
