import { describe, expect, test } from 'bun:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { FetchError, ofetch } from 'ofetch'
import { openEnded, openWorld, page } from '#tests/connectors/world.ts'

const ADDRESS = '93.184.215.14'
const OTHER = '2606:4700::1111'
const names = { 'site.example': [[ADDRESS]] }

test('a request arrives as it was made, under the name and not the address', async () => {
  await using world = openWorld(names)
  const site = await world.site(ADDRESS, () => page(201, { 'x-one': 'two', 'set-cookie': 'a=b' }, 'made'))
  const response = await world.fetch('http://site.example:8080/a%20b?c=ü#part', {
    method: 'post',
    headers: { 'content-type': 'text/plain', authorization: 'Bearer key' },
    body: 'grüße',
  })
  const [head, body] = site.requests[0]!.split('\r\n\r\n')
  expect(head!.split('\r\n')[0]).toBe('POST /a%20b?c=%C3%BC HTTP/1.1')
  for (const line of ['host: site.example:8080', 'content-length: 7', 'authorization: Bearer key'])
    expect(head).toContain(`\r\n${line}\r\n`)
  expect(Buffer.from(body!, 'latin1').toString()).toBe('grüße')
  expect([response.status, response.url, response.redirected]).toEqual([
    201,
    'http://site.example:8080/a%20b?c=%C3%BC#part',
    false,
  ])
  expect([response.headers.get('x-one'), response.headers.getSetCookie()]).toEqual(['two', ['a=b']])
  expect(await response.text()).toBe('made')
})

test('forms, files and requests are sent as fetch sends them', async () => {
  await using world = openWorld(names)
  const site = await world.site(ADDRESS, () => page(200))
  const form = new FormData()
  form.set('file', new Blob(['bytes']), 'a.txt')
  await world.fetch('http://site.example/', { method: 'POST', body: form })
  await world.fetch('http://site.example/', { method: 'POST', body: new URLSearchParams({ a: 'b c' }) })
  await world.fetch(new Request('http://site.example/', { method: 'PUT', body: new Uint8Array([65, 66]) }))
  expect(site.requests[0]).toMatch(/content-type: multipart\/form-data; boundary=/)
  expect(site.requests[0]).toContain('filename="a.txt"')
  expect(site.requests[1]).toMatch(/content-type: application\/x-www-form-urlencoded[\s\S]*\r\n\r\na=b\+c$/)
  expect(site.requests[2]).toMatch(/^PUT [\s\S]*\r\n\r\nAB$/)
})

test('what belongs to the connection cannot be set by the caller', async () => {
  await using world = openWorld(names)
  const site = await world.site(ADDRESS, () => page(200))
  await world.fetch('http://site.example/', {
    method: 'POST',
    headers: {
      host: 'inner',
      'transfer-encoding': 'chunked',
      'content-length': '99',
      connection: 'keep-alive',
    },
    body: 'abc',
  })
  expect(site.requests[0]).toContain('\r\nhost: site.example\r\n')
  expect(site.requests[0]).toContain('\r\ncontent-length: 3\r\n')
  expect(site.requests[0]).not.toMatch(/inner|chunked|99|keep-alive/)
  await expect(world.fetch('http://site.example/', { method: 'CONNECT' })).rejects.toBeInstanceOf(TypeError)
  await expect(world.fetch('http://site.example/', { headers: { a: 'b\r\nc: d' } })).rejects.toThrow()
  expect(site.connections.length).toBe(1)
})

test('every answer is decoded, and no connection is left open', async () => {
  await using world = openWorld(names)
  const text = 'the same words '.repeat(5_000)
  const answers: Record<string, string | Uint8Array> = {
    plain: page(200, {}, text),
    gzip: page(200, { 'content-encoding': 'gzip' }, gzipSync(text)),
    br: page(200, { 'content-encoding': 'BR' }, brotliCompressSync(text)),
    chunked: `${openEnded('transfer-encoding: chunked\r\n')}${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
    hinted: Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'), page(200, {}, text)]),
  }
  const site = await world.site(ADDRESS, (request) => answers[/^GET \/(\w+)/.exec(request)![1]!]!)
  for (const path of Object.keys(answers)) {
    const response = await world.fetch(`http://site.example/${path}`)
    expect(await response.text()).toBe(text)
    expect(response.headers.has('content-encoding')).toBe(false)
  }
  expect(site.connections.length).toBe(Object.keys(answers).length)
  await Promise.all(site.connections)
})

test('an answer without a body has none, whatever its headers say', async () => {
  await using world = openWorld(names)
  const packed = { 'content-encoding': 'gzip', 'content-length': '999999999' }
  await world.site(ADDRESS, (request) => page(request.startsWith('HEAD') ? 200 : 304, packed))
  for (const method of ['HEAD', 'GET']) {
    const response = await world.fetch('http://site.example/', { method })
    expect([response.body, await response.text()]).toEqual([null, ''])
  }
})

test('an empty answer that claims to be packed is empty', async () => {
  await using world = openWorld(names)
  await world.site(ADDRESS, () => page(200, { 'content-encoding': 'gzip' }))
  expect(await (await world.fetch('http://site.example/')).text()).toBe('')
})

test('the next address is tried when one takes no connection, and nothing is sent twice', async () => {
  await using world = openWorld({ 'site.example': [[OTHER, ADDRESS]], 'slow.example': [[ADDRESS, OTHER]] })
  const site = await world.site(ADDRESS, (request, socket) => {
    if (request.startsWith('POST')) socket.destroy()
    return page(200, {}, 'here')
  })
  const unheard = await world.site(OTHER, () => page(200))
  await world.close(OTHER)
  expect(await (await world.fetch('http://site.example/')).text()).toBe('here')
  expect(world.dialled).toEqual([`${OTHER}:80`, `${ADDRESS}:80`])
  await expect(world.fetch('http://slow.example/', { method: 'POST', body: 'once' })).rejects.toMatchObject({
    kind: 'address_unreachable',
    message: 'slow.example cannot be reached (ECONNRESET).',
  })
  expect([site.requests.length, unheard.requests.length]).toEqual([2, 0])
})

describe('a site that fails says so in words', () => {
  test.each([
    ['closes at once', ''],
    ['speaks another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['sends HTML without a head', '<!doctype html><p>Hello</p>'],
    ['has an impossible status', 'HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n'],
    ['has two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc'],
    ['changes the protocol', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'],
    ['uses a coding nobody asked for', page(200, { 'content-encoding': 'constructor' }, 'abc')],
    ['packs twice', page(200, { 'content-encoding': 'gzip, gzip' }, gzipSync(gzipSync('abc')))],
    ['breaks off', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'],
    ['breaks off between pieces', `${openEnded('transfer-encoding: chunked\r\n')}3\r\nabc\r\n`],
    ['breaks off what is packed', page(200, { 'content-encoding': 'gzip' }, gzipSync('abc').subarray(0, 15))],
    ['packs nothing', page(200, { 'content-encoding': 'gzip' }, 'not packed')],
  ])('%s', async (_what, answer) => {
    await using world = openWorld(names)
    await world.site(ADDRESS, (_request, socket) => {
      socket.end(answer)
      return undefined
    })
    const reading = world.fetch('http://site.example/').then((response) => response.text())
    await expect(reading).rejects.toMatchObject({
      kind: 'address_unreachable',
      message: expect.stringMatching(/^site\.example (cannot be reached|answers in a coding)/),
    })
  })
})

describe('through ofetch', () => {
  test('JSON comes and goes', async () => {
    await using world = openWorld(names)
    const site = await world.site(ADDRESS, () =>
      page(200, { 'content-type': 'application/json' }, '{"id":7}'),
    )
    const api = ofetch.create({ baseURL: 'http://site.example/wp-json' }, { fetch: world.fetch })
    const body = { title: 'Über' }
    expect(await api('/posts', { method: 'POST', body, query: { context: 'edit' } })).toEqual({ id: 7 })
    expect(site.requests[0]).toMatch(/^POST \/wp-json\/posts\?context=edit HTTP/)
    expect(site.requests[0]).toContain('content-type: application/json')
  })

  test('a refusal is the cause of its error, and a refused status its own', async () => {
    await using world = openWorld({ ...names, 'inner.example': [['10.0.0.1']] })
    await world.site(ADDRESS, () => page(404, { 'content-type': 'application/json' }, '{"code":"no_route"}'))
    const api = ofetch.create({ retry: 0 }, { fetch: world.fetch })
    const failure = await api('http://inner.example/').catch((error) => error)
    expect(failure).toBeInstanceOf(FetchError)
    expect(failure.cause).toMatchObject({ kind: 'address_refused' })
    await expect(api('http://site.example/')).rejects.toMatchObject({
      status: 404,
      data: { code: 'no_route' },
    })
  })
})
