import ipaddr from 'ipaddr.js'

type Range = [base: ipaddr.IPv4 | ipaddr.IPv6, bits: number]

const BITS = /^(0|[1-9]\d{0,2})$/
/** Of the 128 bits of an address of IPv6 these say that it is one of IPv4 (RFC 4291, 2.5.5.2). */
const MAPPED_BITS = 96

/** Whether a text is an address or a range (CIDR, RFC 4632): `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. */
export const isAddressRange = (text: string): boolean => readRange(text) !== undefined

/** Whether an address is one of those listed, or in one of the ranges. */
export function isListed(address: string, ranges: readonly string[]): boolean {
  if (!isAddress(address)) return false
  const client = ipaddr.process(address)
  return ranges.some((text) => {
    const range = readRange(text)
    return range !== undefined && client.kind() === range[0].kind() && client.match(range[0], range[1])
  })
}

/** An IPv4 address that is written as one of IPv6 is one of IPv4, as it is where a client comes from. */
function readRange(text: string): Range | undefined {
  const [address = '', bits, ...rest] = text.split('/')
  if (rest.length || !isAddress(address)) return undefined
  const base = ipaddr.parse(address)
  const all = base.kind() === 'ipv4' ? 32 : 128
  if (bits !== undefined && !(BITS.test(bits) && Number(bits) <= all)) return undefined
  const length = bits === undefined ? all : Number(bits)
  if (!(base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress())) return [base, length]
  return length < MAPPED_BITS ? undefined : [base.toIPv4Address(), length - MAPPED_BITS]
}

// IPv4 in fewer than four parts, octal or hex would be read as another address than was meant.
function isAddress(text: string): boolean {
  const decimal = text.includes('.') ? text.slice(text.lastIndexOf(':') + 1) : undefined
  if (decimal !== undefined && !ipaddr.IPv4.isValidFourPartDecimal(decimal)) return false
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}
