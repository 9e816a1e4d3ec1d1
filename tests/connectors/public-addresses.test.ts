import { describe, expect, test } from 'bun:test'
import { connect, createServer, type Socket } from 'node:net'
import { isPublic } from '#src/connectors/safe-fetch/public-addresses.ts'
import { safeFetch } from '#src/connectors/safe-fetch.ts'
import { openWorld, page } from '#tests/connectors/world.ts'

const PUBLIC = '93.184.215.14'

/** One of each range that is not the public internet (IANA's special-purpose registries), and one of a cloud. */
const SPECIAL = [
  ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '0.0.0.0', '100.64.0.1'],
  ...['192.0.0.8', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1'],
  ...['255.255.255.255', '192.88.99.1', '::1', '::', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1'],
  ...['::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '64:ff9b::7f00:1', '64:ff9b:1::1', '2001:db8::1'],
  ...['2002:7f00:1::', '2001::1', 'fec0::1', '100::1', '::127.0.0.1', '3fff::1', '5f00::1', '2001:10::1'],
  ...['2001:20::1', '168.63.129.16', '::ffff:168.63.129.16', '4000::1', '::ffff:0:127.0.0.1'],
]

const inUrl = (address: string) => (address.includes(':') ? `[${address}]` : address)

describe('an address that is not public is refused before anything is sent', () => {
  test.each(SPECIAL)('%s, as it stands and as what a name stands for', async (address) => {
    await using world = openWorld({ 'inner.example': [[address]] })
    await expect(world.fetch(`http://${inUrl(address)}/`)).rejects.toMatchObject({ kind: 'address_refused' })
    await expect(world.fetch('http://inner.example/')).rejects.toMatchObject({ kind: 'address_refused' })
    expect(world.dialled).toEqual([])
  })

  test('in every spelling that stands for it', async () => {
    await using world = openWorld()
    const loopback = [
      ...['2130706433', '0x7f000001', '017700000001', '0x7f.1', '0177.0.0.1', '127.1', '127.0.0.1.', '0'],
      ...['0x7f.0.0.0x1', '127.0.0.0x1.', '１２７.０.０.１', '①②⑦.⓪.⓪.①', '127。0。0。1', '127.0.0.1%2e'],
      ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:0:0:1]', '[::127.0.0.1]', '[::1]:80'],
    ]
    for (const host of loopback)
      await expect(world.fetch(`http://${host}/`), host).rejects.toMatchObject({
        kind: 'address_refused',
        message: expect.stringContaining('not a site on the public internet'),
      })
    for (const url of ['http://[fe80::1%25lo]/', 'http:\\\\127.1', 'http:127.1', ' http://127.1\n'])
      await expect(world.fetch(url), url).rejects.toMatchObject({ kind: 'address_refused' })
    expect(world.dialled).toEqual([])
  })

  test('under the names by which a machine calls itself, as the system resolves them', async () => {
    const dialled: string[] = []
    const fetch = safeFetch({ connect: (address) => ({ dialled: dialled.push(address) }) as never })
    for (const name of ['localhost', 'LOCALHOST', 'localhost.', 'lo%63alhost', 'ⓛocalhost'])
      await expect(fetch(`http://${name}/`), name).rejects.toMatchObject({ kind: 'address_refused' })
    expect(dialled).toEqual([])
  })

  test('when a zone or an odd spelling comes from the look-up', () => {
    for (const address of [
      'fe80::1%eth0',
      '2606:4700::1111%eth0',
      '127.1',
      '2130706433',
      '0177.0.0.1',
      '',
      'a',
    ])
      expect(isPublic(address), address).toBe(false)
  })
})

test('public addresses pass', () => {
  for (const address of ['1.1.1.1', '8.8.8.8', PUBLIC, '2606:4700::1111', '::ffff:8.8.8.8', '172.32.0.1'])
    expect(isPublic(address), address).toBe(true)
})

test('one private address among the public ones refuses the name', async () => {
  for (const addresses of [
    [PUBLIC, '10.0.0.1'],
    ['::1', PUBLIC],
    [PUBLIC, '2606:4700::1111', '::ffff:10.0.0.1'],
  ]) {
    await using world = openWorld({ 'mixed.example': [addresses] })
    await expect(world.fetch('http://mixed.example/')).rejects.toMatchObject({ kind: 'address_refused' })
    expect(world.dialled).toEqual([])
  }
})

test('a name is looked up once for each request, and the connection goes to what was checked', async () => {
  await using world = openWorld({ 'rebinding.example': [[PUBLIC], ['127.0.0.1']] })
  const site = await world.site(PUBLIC, () => page(200, {}, 'public'))
  expect(await (await world.fetch('http://rebinding.example/')).text()).toBe('public')
  expect(world.lookedUp).toEqual(['rebinding.example'])
  await expect(world.fetch('http://rebinding.example/')).rejects.toMatchObject({ kind: 'address_refused' })
  expect(world.dialled).toEqual([`${PUBLIC}:80`])
  expect(site.connections.length).toBe(1)
})

test('a private name and an unknown one cannot be told apart, and no address is told', async () => {
  await using world = openWorld({ 'aaa.internal': [['10.20.30.40']], 'ccc.internal': [[]] })
  const messages = await Promise.all(
    ['aaa', 'bbb', 'ccc'].map((name) =>
      world.fetch(`http://${name}.internal/`).catch((error) => error.message.replace(name, '…')),
    ),
  )
  expect(new Set(messages)).toEqual(
    new Set(['….internal is not a site on the public internet; Quill fetches from no other.']),
  )
})

test('a look-up that fails for now is worth another try', async () => {
  const resolve = () => Promise.reject(Object.assign(new Error('later'), { code: 'EAI_AGAIN' }))
  await expect(safeFetch({ resolve })('http://site.example/')).rejects.toMatchObject({
    kind: 'address_unreachable',
    message: 'site.example cannot be reached (EAI_AGAIN).',
  })
})

describe('what is not a plain web address is refused', () => {
  test.each([
    ...['ftp://site.example/', 'file:///etc/passwd', 'data:text/plain,x', 'javascript:1', 'gopher://a/'],
    ...[
      'unix:/run/docker.sock',
      'site.example',
      '/path',
      '',
      'http://',
      'http://1.2.3.4.5/',
      'blob:http://a/b',
    ],
    ...[`http://${'a.'.repeat(200)}example/`, 'http://user@site.example/', 'https://user:word@site.example/'],
    ...['http://:word@site.example/', 's3://bucket/key', 'ws://site.example/'],
  ])('%s', async (url) => {
    await using world = openWorld({ 'site.example': [[PUBLIC]] })
    await expect(world.fetch(url)).rejects.toMatchObject({ kind: 'address_refused', status: 422 })
    expect(world.lookedUp).toEqual([])
  })

  test.each([0, 22, 25, 6379, 5432, 9200, 2375, 3000, 65_535])('port %d', async (port) => {
    await using world = openWorld({ 'site.example': [[PUBLIC]] })
    await expect(world.fetch(`http://site.example:${port}/`)).rejects.toMatchObject({
      kind: 'address_refused',
      message: `Port ${port} is not one that Quill fetches from; those are 80, 443, 8080, 8443.`,
    })
    expect(world.dialled).toEqual([])
  })
})

test('the ports of web sites are taken, and http and https have their own', async () => {
  await using world = openWorld({ 'site.example': [[PUBLIC]] })
  await world.site(PUBLIC, () => page(200))
  for (const address of ['site.example', 'site.example:443', 'site.example:8080', 'site.example:8443'])
    expect((await world.fetch(`http://${address}/`)).status).toBe(200)
  expect(world.dialled).toEqual([80, 443, 8080, 8443].map((port) => `${PUBLIC}:${port}`))
})

describe('a server of one’s own', () => {
  test('is not even connected to, and with the development switch it is, on any port', async () => {
    let connections = 0
    const server = createServer((socket) => {
      connections++
      socket.once('data', () => socket.end(page(200, {}, 'mine')))
    })
    const listening = Promise.withResolvers<void>()
    server.listen(0, '127.0.0.1', listening.resolve)
    await listening.promise
    const { port } = server.address() as { port: number }
    // Reaches the server whatever the address, so that only the check can keep it from being reached.
    const there = (): Socket => connect({ host: '127.0.0.1', port })
    const urls = [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `http://[::ffff:7f00:1]:${port}/`]
    for (const url of [...urls, 'http://10.0.0.1/', 'http://169.254.169.254/latest/meta-data/'])
      await expect(safeFetch({ connect: there })(url)).rejects.toMatchObject({
        kind: 'address_refused',
        message: expect.stringContaining('public internet'),
      })
    expect(connections).toBe(0)
    const own = safeFetch({ allowLoopback: true })
    for (const url of urls.slice(0, 2)) expect(await (await own(url)).text()).toBe('mine')
    expect(connections).toBe(2)
    server.close()
  })

  test('does not open the rest of the inner network', async () => {
    await using world = openWorld({ 'mixed.example': [['127.0.0.1', '10.0.0.1']] }, { allowLoopback: true })
    for (const host of ['10.0.0.1', '169.254.169.254', '0.0.0.0', '[fd00::1]', 'mixed.example'])
      await expect(world.fetch(`http://${host}/`), host).rejects.toMatchObject({ kind: 'address_refused' })
    expect(world.dialled).toEqual([])
  })
})
