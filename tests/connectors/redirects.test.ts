import { describe, expect, test } from 'bun:test'
import { AUTHORITY, openWorld, page } from '#tests/connectors/world.ts'

const ADDRESS = '93.184.215.14'
const OTHER = '1.1.1.1'
const names = { 'site.example': [[ADDRESS]], 'other.example': [[OTHER]], 'inner.example': [['10.0.0.1']] }

const to = (location: string, status = 302) => page(status, { location })
const pathOf = (request: string) => request.split(' ')[1]!
const firstLine = (request: string) => request.split(' HTTP')[0]

describe('a redirect is a new address, and is checked before anything is sent there', () => {
  test.each([
    ...['http://127.0.0.1/', 'http://127.0.0.1:6379/', 'http://localhost/', '//2130706433/', 'http://[::1]/'],
    ...['http://169.254.169.254/latest/meta-data/', 'http://[::ffff:10.0.0.1]/', 'http://inner.example/'],
    ...['http://unknown.example/', 'http://user:word@other.example/', 'http://other.example:25/', 'http://'],
    ...[
      'file:///etc/passwd',
      'ftp://other.example/',
      'javascript:alert(1)',
      'http://0x7f.1/',
      'http://１２７.１/',
    ],
  ])('%s', async (location) => {
    await using world = openWorld({ ...names, localhost: [['127.0.0.1', '::1']] })
    await world.site(ADDRESS, () => to(location))
    const other = await world.site(OTHER, () => page(200))
    await expect(world.fetch('http://site.example/')).rejects.toMatchObject({ kind: 'address_refused' })
    expect(world.dialled).toEqual([`${ADDRESS}:80`])
    expect(other.connections).toEqual([])
  })

  test('when the name stood for a public address a moment ago', async () => {
    await using world = openWorld({ 'rebinding.example': [[ADDRESS], ['127.0.0.1']] })
    const site = await world.site(ADDRESS, () => to('http://rebinding.example/again'))
    await expect(world.fetch('http://rebinding.example/')).rejects.toMatchObject({ kind: 'address_refused' })
    expect([site.connections.length, world.dialled.length]).toEqual([1, 1])
  })
})

test('a redirect within the rules is followed, and the answer tells where it came from', async () => {
  await using world = openWorld(names)
  const site = await world.site(ADDRESS, (request) =>
    pathOf(request) === '/' ? to('../käse?a=b', 301) : to('http://other.example/there', 307),
  )
  await world.site(OTHER, () => page(200, {}, 'there'))
  const response = await world.fetch('http://site.example/')
  expect([await response.text(), response.url, response.redirected]).toEqual([
    'there',
    'http://other.example/there',
    true,
  ])
  expect(site.requests.map(firstLine)).toEqual(['GET /', 'GET /k%C3%A4se?a=b'])
  await Promise.all(site.connections)
})

test('redirects without end are cut off', async () => {
  await using world = openWorld(names)
  const site = await world.site(ADDRESS, () => to('/'))
  await expect(world.fetch('http://site.example/')).rejects.toMatchObject({
    kind: 'limit_exceeded',
    message: 'site.example redirects more than 5 times; that is the limit.',
  })
  expect(site.connections.length).toBe(6)
})

test('what may be secret stays with the origin it was meant for', async () => {
  await using world = openWorld(names)
  const ways: Record<string, string> = { '/': '/same', '/same': 'http://other.example/there' }
  const site = await world.site(ADDRESS, (request) => {
    const location = ways[pathOf(request)]
    return location ? to(location) : page(200)
  })
  const other = await world.site(OTHER, () => to('http://site.example/back'))
  const headers = {
    authorization: 'Bearer planted',
    cookie: 'session=planted',
    'x-api-key': 'planted',
    'webhook-signature': 'v1,planted',
    accept: 'text/html',
    'accept-language': 'de',
  }
  await world.fetch('http://site.example/', { headers })
  expect(site.requests.map(firstLine)).toEqual(['GET /', 'GET /same', 'GET /back'])
  expect(site.requests.map((request) => request.split('planted').length - 1)).toEqual([4, 4, 0])
  expect(other.requests[0]).not.toContain('planted')
  expect(other.requests[0]).toContain('accept: text/html\r\n')
  expect(other.requests[0]).toContain('accept-language: de\r\n')
})

describe('method and body follow the Fetch standard', () => {
  test.each([
    ['POST', 301, 'GET /b'],
    ['POST', 302, 'GET /b'],
    ['POST', 303, 'GET /b'],
    ['PUT', 303, 'GET /b'],
    ['PUT', 301, 'PUT /b'],
    ['PUT', 302, 'PUT /b'],
    ['POST', 307, 'POST /b'],
    ['POST', 308, 'POST /b'],
    ['HEAD', 303, 'HEAD /b'],
  ])('%s and %d', async (method, status, second) => {
    await using world = openWorld(names)
    const site = await world.site(ADDRESS, (request) =>
      pathOf(request) === '/a' ? to('/b', status) : page(200),
    )
    const body = method === 'HEAD' ? undefined : new Blob(['words'], { type: 'text/plain' })
    const headers = { 'content-language': 'en' }
    await world.fetch('http://site.example/a', { method, body, headers })
    const last = site.requests[1]!
    expect(firstLine(last)).toBe(second)
    expect(last.endsWith('\r\n\r\nwords')).toBe(/^(POST|PUT)/.test(second))
    expect(/content-(type|length|language)/.test(last)).toBe(!second.startsWith('GET'))
  })
})

test('the caller may look at a redirect itself, or refuse any', async () => {
  await using world = openWorld(names)
  const site = await world.site(ADDRESS, () => page(301, { location: 'http://127.0.0.1/' }, 'moved'))
  const response = await world.fetch('http://site.example/', { method: 'POST', redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([301, 'http://127.0.0.1/'])
  expect(await response.text()).toBe('moved')
  await expect(world.fetch('http://site.example/', { redirect: 'error' })).rejects.toMatchObject({
    kind: 'address_refused',
  })
  expect(site.requests.length).toBe(2)
})

test('a redirect status without a location is an answer like any other', async () => {
  await using world = openWorld(names)
  await world.site(ADDRESS, () => page(302, {}, 'nowhere'))
  expect(await (await world.fetch('http://site.example/')).text()).toBe('nowhere')
})

test('https is not left for http, and http may lead to https', async () => {
  await using world = openWorld({ ...names, 'other.example': [[OTHER]] }, { ca: AUTHORITY })
  const plain = await world.site(OTHER, () => to('https://site.example/', 301))
  await world.site(
    ADDRESS,
    (request) => (pathOf(request) === '/' ? page(200, {}, 'sealed') : to('http://other.example/')),
    { tls: true },
  )
  expect(await (await world.fetch('http://other.example/')).text()).toBe('sealed')
  await expect(world.fetch('https://site.example/down')).rejects.toMatchObject({
    kind: 'address_refused',
    message: 'site.example redirects from https to http, where anybody can read along.',
  })
  expect(plain.connections.length).toBe(1)
})
