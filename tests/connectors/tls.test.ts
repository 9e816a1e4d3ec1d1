import { expect, test } from 'bun:test'
import { AUTHORITY, openWorld, page } from '#tests/connectors/world.ts'

const ADDRESS = '93.184.215.14'
const OTHER = '1.1.1.1'
const names = { 'site.example': [[ADDRESS]], 'site.example.': [[ADDRESS]], 'wrong.example': [[ADDRESS]] }
const trusting = { ca: AUTHORITY }
const overTls = { tls: true }

test('the certificate and SNI are those of the name, though the connection goes to an address', async () => {
  await using world = openWorld(names, trusting)
  const site = await world.site(ADDRESS, () => page(200, {}, 'sealed'), overTls)
  const response = await world.fetch('https://site.example/')
  expect([await response.text(), response.url]).toEqual(['sealed', 'https://site.example/'])
  expect(site.names).toEqual(['site.example'])
  expect(site.requests[0]).toContain('\r\nhost: site.example\r\n')
  expect(world.dialled).toEqual([`${ADDRESS}:443`])
  expect(await (await world.fetch('https://site.example./')).text()).toBe('sealed')
})

test('a certificate for another name ends the exchange before the request is sent', async () => {
  await using world = openWorld(names, trusting)
  const site = await world.site(ADDRESS, () => page(200), overTls)
  const refused = world.fetch('https://wrong.example/', { method: 'POST', body: 'planted' })
  await expect(refused).rejects.toMatchObject({
    kind: 'address_refused',
    message: 'The certificate of wrong.example cannot be trusted (ERR_TLS_CERT_ALTNAME_INVALID).',
  })
  await Promise.all(site.connections)
  expect(site.requests).toEqual([])
})

test('a good connection to one name does not vouch for another name at the same address', async () => {
  await using world = openWorld(names, trusting)
  const site = await world.site(ADDRESS, () => page(200, { connection: 'keep-alive' }, 'sealed'), overTls)
  for (const _ of [1, 2]) {
    expect(await (await world.fetch('https://site.example/')).text()).toBe('sealed')
    await expect(world.fetch('https://wrong.example/')).rejects.toMatchObject({ kind: 'address_refused' })
  }
  expect([site.connections.length, site.requests.length]).toEqual([4, 2])
})

test('a certificate of an unknown authority is refused', async () => {
  await using world = openWorld(names)
  const site = await world.site(ADDRESS, () => page(200), overTls)
  await expect(world.fetch('https://site.example/')).rejects.toMatchObject({ kind: 'address_refused' })
  expect(site.requests).toEqual([])
})

test('an address in the URL needs a certificate for the address', async () => {
  await using world = openWorld({}, trusting)
  await world.site(ADDRESS, () => page(200, {}, 'sealed'), overTls)
  const other = await world.site(OTHER, () => page(200), overTls)
  expect(await (await world.fetch(`https://${ADDRESS}/`)).text()).toBe('sealed')
  await expect(world.fetch(`https://${OTHER}/`)).rejects.toMatchObject({ kind: 'address_refused' })
  expect(other.requests).toEqual([])
})

test('a server without TLS behind https is out of reach', async () => {
  await using world = openWorld(names, trusting)
  const site = await world.site(ADDRESS, () => page(200), { greeting: 'HTTP/1.1 400 Bad Request\r\n\r\n' })
  await expect(world.fetch('https://site.example/')).rejects.toMatchObject({ kind: 'address_unreachable' })
  expect(site.requests).toEqual([])
})
