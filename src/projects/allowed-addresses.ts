import ipaddr from 'ipaddr.js'

/** Whether a text is an address or a range (CIDR, RFC 4632): `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. */
export const isAddressRange = (text: string): boolean =>
  text.includes('/') ? ipaddr.isValidCIDR(text) : isAddress(text)

/** Whether an address is one of those listed, or in one of the ranges. */
export function isListed(address: string, ranges: readonly string[]): boolean {
  if (!isAddress(address)) return false
  const client = ipaddr.process(address)
  return ranges.some((range) => {
    const [base, bits] = range.includes('/') ? ipaddr.parseCIDR(range) : wholeAddress(range)
    return client.kind() === base.kind() && client.match(base, bits)
  })
}

// IPv4 in fewer than four parts, octal or hex would be read as another address than was meant.
const isAddress = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)

function wholeAddress(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}
