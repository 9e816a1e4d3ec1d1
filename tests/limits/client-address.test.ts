import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { clientAddress, networkOf, UNKNOWN_ADDRESS } from '#src/limits/client-address.ts'

const from = (address: string | null) => ({ requestIP: () => (address === null ? null : { address }) })
const asking = (forwarded?: string) =>
  new Request('http://localhost/', {
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  })
const seen = (forwarded: string | undefined, trustedProxies: number, socket: string | null = '10.0.0.1') =>
  clientAddress(asking(forwarded), { sockets: from(socket), trustedProxies })

test('without trusted proxies the header is not believed', () => {
  expect(seen('203.0.113.9', 0)).toBe('10.0.0.1')
})

test('behind proxies the client is as many entries from the right as there are proxies', () => {
  expect(seen('203.0.113.9', 1)).toBe('203.0.113.9')
  expect(seen('6.6.6.6, 203.0.113.9', 1)).toBe('203.0.113.9')
  expect(seen('6.6.6.6, 203.0.113.9,192.0.2.1', 2)).toBe('203.0.113.9')
  // Fewer entries than proxies: whoever called the first one that wrote any.
  expect(seen('203.0.113.9', 3)).toBe('203.0.113.9')
  expect(seen(undefined, 2)).toBe('10.0.0.1')
})

test('whatever a client writes, it does not choose the address it is taken for', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('1.2.3.4', ',', ' ', '::1', 'x', '%', '[', ':80')), (parts) => {
      const written = parts.join('').trim()
      const header = written ? `${written}, 203.0.113.9, 192.0.2.1` : '203.0.113.9, 192.0.2.1'
      expect(seen(header, 2)).toBe('203.0.113.9')
    }),
  )
})

test('an entry that is no address counts as the connection', () => {
  for (const entry of ['unknown', '', ' ', '1.2.3', '0x7f.1', '1.2.3.4.5', '_hidden', "'; DROP TABLE", ':::'])
    expect(seen(entry, 1)).toBe('10.0.0.1')
})

test('an address has one spelling, however it is wrapped', () => {
  const spellings = {
    '203.0.113.9:5123': '203.0.113.9',
    '::ffff:203.0.113.9': '203.0.113.9',
    '[::ffff:203.0.113.9]:80': '203.0.113.9',
    '[2001:DB8:0::7]:443': '2001:db8::7',
    '[2001:db8::7]': '2001:db8::7',
    'fe80::1%eth0': 'fe80::1',
  }
  for (const [written, address] of Object.entries(spellings)) expect(seen(written, 1)).toBe(address)
  expect(seen(undefined, 0, '::ffff:127.0.0.1')).toBe('127.0.0.1')
})

test('a connection that has ended, or no server at all, has a name as well', () => {
  expect(seen(undefined, 0, null)).toBe(UNKNOWN_ADDRESS)
  expect(clientAddress(asking(), { sockets: undefined, trustedProxies: 0 })).toBe(UNKNOWN_ADDRESS)
})

test('what one subscriber has for himself counts as one place', () => {
  expect(networkOf('203.0.113.9')).toBe('203.0.113.9')
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(networkOf('2001:db8:1:2::1')).toBe('2001:db8:1:2::/64')
  expect(networkOf('2001:db8:1:3::1')).toBe('2001:db8:1:3::/64')
  expect(networkOf('::1')).toBe('0:0:0:0::/64')
  expect(networkOf(UNKNOWN_ADDRESS)).toBe(UNKNOWN_ADDRESS)
})
