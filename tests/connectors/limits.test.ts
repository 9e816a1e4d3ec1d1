import { describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { openEnded, openWorld, page, pour } from '#tests/connectors/world.ts'

const ADDRESS = '93.184.215.14'
const URL = 'http://site.example/'
const names = { 'site.example': [[ADDRESS]] }
const MB = 1024 * 1024

/** Reads the body to its end, and forgets it. */
const readAll = async (response: Response) => {
  for await (const _ of response.body!);
}

describe('the time limit covers the whole exchange', () => {
  const late = {
    kind: 'address_unreachable',
    message: 'site.example took longer than 0.05 seconds; that is the limit.',
  }

  test.each([
    ['an answer that never begins', undefined],
    ['a head that never ends', 'HTTP/1.1 200 OK\r\nx-slow: '],
    ['a body that stalls', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'],
    ['a redirect to itself that stalls', 'HTTP/1.1 302 Found\r\nlocation: /'],
  ])('%s', async (_what, answer) => {
    await using world = openWorld(names, { timeoutMs: 50 })
    const site = await world.site(ADDRESS, () => answer)
    await expect(world.fetch(URL).then(readAll)).rejects.toMatchObject(late)
    await Promise.all(site.connections)
  })

  test('a body that trickles', async () => {
    await using world = openWorld(names, { timeoutMs: 50 })
    const site = await world.site(ADDRESS, (_request, socket) => {
      const drip = setInterval(() => socket.write('.'), 5)
      socket.on('close', () => clearInterval(drip))
      return openEnded()
    })
    await expect(world.fetch(URL).then(readAll)).rejects.toMatchObject(late)
    await Promise.all(site.connections)
  })

  test('a body that nobody reads', async () => {
    await using world = openWorld(names, { timeoutMs: 50 })
    const site = await world.site(ADDRESS, (_request, socket) => {
      socket.write(openEnded())
      pour(socket, Buffer.alloc(64 * 1024))
      return undefined
    })
    const response = await world.fetch(URL)
    await Promise.all(site.connections)
    await expect(readAll(response)).rejects.toMatchObject(late)
  })

  test('a look-up that hangs', async () => {
    await using world = openWorld({}, { timeoutMs: 50, resolve: () => new Promise(() => {}) })
    await expect(world.fetch(URL)).rejects.toMatchObject(late)
  })

  test('a body of the caller’s that hangs', async () => {
    await using world = openWorld(names, { timeoutMs: 50 })
    const body = new ReadableStream()
    await expect(world.fetch(URL, { method: 'POST', body })).rejects.toMatchObject(late)
    expect(world.dialled).toEqual([])
  })
})

describe('the size limit covers the whole body', () => {
  const tooLarge = {
    kind: 'limit_exceeded',
    message: 'site.example sent more than 1,048,576 bytes; that is the limit.',
  }

  test.each([
    ['without an end', openEnded()],
    ['in endless pieces', `${openEnded('transfer-encoding: chunked\r\n')}1\r\na\r\nFFFFFFFFFF\r\n`],
  ])('a body %s', async (_what, head) => {
    await using world = openWorld(names, { bodyBytesMax: MB })
    const site = await world.site(ADDRESS, (_request, socket) => {
      socket.write(head)
      pour(socket, Buffer.alloc(64 * 1024))
      return undefined
    })
    await expect(world.fetch(URL).then(readAll)).rejects.toMatchObject(tooLarge)
    await Promise.all(site.connections)
  })

  test('a body whose length says so, before any of it is read', async () => {
    await using world = openWorld(names, { bodyBytesMax: MB })
    const site = await world.site(ADDRESS, () => openEnded(`content-length: ${MB + 1}\r\n`))
    await expect(world.fetch(URL)).rejects.toMatchObject(tooLarge)
    await Promise.all(site.connections)
  })

  test('a body that unpacks to more', async () => {
    await using world = openWorld(names, { bodyBytesMax: MB })
    const bomb = gzipSync(Buffer.alloc(32 * MB))
    expect(bomb.byteLength).toBeLessThan(MB / 16)
    const site = await world.site(ADDRESS, () => page(200, { 'content-encoding': 'gzip' }, bomb))
    let bytes = 0
    const reading = async () => {
      for await (const chunk of (await world.fetch(URL)).body!) bytes += chunk.byteLength
    }
    await expect(reading()).rejects.toMatchObject(tooLarge)
    expect(bytes).toBeLessThanOrEqual(MB)
    await Promise.all(site.connections)
  })

  test('a packed body that goes on for ever and unpacks to nothing', async () => {
    await using world = openWorld(names, { bodyBytesMax: MB })
    const gzipHead = gzipSync('').subarray(0, 10)
    const emptyBlocks = Buffer.alloc(50_000).map((_, at) => [0, 0, 0, 0xff, 0xff][at % 5]!)
    await world.site(ADDRESS, (_request, socket) => {
      socket.write(openEnded('content-encoding: gzip\r\n'))
      socket.write(gzipHead)
      pour(socket, emptyBlocks)
      return undefined
    })
    await expect(world.fetch(URL).then(readAll)).rejects.toMatchObject(tooLarge)
  })

  test('to the byte', async () => {
    await using world = openWorld(names, { bodyBytesMax: 1_000 })
    await world.site(ADDRESS, (request) => {
      const body = 'a'.repeat(request.startsWith('GET /more') ? 1_001 : 1_000)
      return `${openEnded('transfer-encoding: chunked\r\n')}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    })
    expect((await (await world.fetch(URL)).text()).length).toBe(1_000)
    await expect(world.fetch(`${URL}more`).then(readAll)).rejects.toMatchObject({ kind: 'limit_exceeded' })
  })
})

describe('a head without end is cut off', () => {
  test('and a long one is not', async () => {
    await using world = openWorld(names)
    await world.site(ADDRESS, () => page(200, { 'x-long': 'a'.repeat(30 * 1024) }))
    expect((await world.fetch(URL)).headers.get('x-long')?.length).toBe(30 * 1024)
  })

  test.each([
    ['many headers', 'x-header: value\r\n'.repeat(100)],
    ['one long header', 'a'.repeat(1_000)],
  ])('%s', async (_what, piece) => {
    await using world = openWorld(names)
    const site = await world.site(ADDRESS, (_request, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ')
      pour(socket, piece)
      return undefined
    })
    await expect(world.fetch(URL)).rejects.toMatchObject({
      kind: 'limit_exceeded',
      message: 'site.example sent more than 32 KB of headers; that is the limit.',
    })
    await Promise.all(site.connections)
  })

  test.each([
    ['answers before the answer', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100), ''],
    ['chunk extensions', 'a'.repeat(1_000), `${openEnded('transfer-encoding: chunked\r\n')}5;`],
    ['trailers', 'x: y\r\n'.repeat(100), `${openEnded('transfer-encoding: chunked\r\n')}0\r\n`],
  ])('%s', async (_what, piece, head) => {
    await using world = openWorld(names)
    const site = await world.site(ADDRESS, (_request, socket) => {
      socket.write(head)
      pour(socket, piece)
      return undefined
    })
    await expect(world.fetch(URL).then(readAll)).rejects.toMatchObject({ kind: 'address_unreachable' })
    await Promise.all(site.connections)
  })
})

describe('the caller may stop at any time, and is given its own reason', () => {
  const reason = new Error('cancelled')

  test('before it begins', async () => {
    await using world = openWorld(names)
    await expect(world.fetch(URL, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(world.lookedUp).toEqual([])
  })

  test('while it waits for the answer', async () => {
    await using world = openWorld(names)
    const stopping = new AbortController()
    const site = await world.site(ADDRESS, () => {
      stopping.abort(reason)
      return undefined
    })
    await expect(world.fetch(URL, { signal: stopping.signal })).rejects.toBe(reason)
    await Promise.all(site.connections)
  })

  test('while it reads the body', async () => {
    await using world = openWorld(names)
    const stopping = new AbortController()
    const site = await world.site(ADDRESS, () => `${openEnded()}abc`)
    const response = await world.fetch(new Request(URL, { signal: stopping.signal }))
    Bun.gc(true)
    const reading = (async () => {
      for await (const _ of response.body!) stopping.abort(reason)
    })()
    await expect(reading).rejects.toBe(reason)
    await Promise.all(site.connections)
  })

  test('by letting go of the body', async () => {
    await using world = openWorld(names)
    const site = await world.site(ADDRESS, () => `${openEnded()}abc`)
    await (await world.fetch(URL)).body!.cancel()
    await Promise.all(site.connections)
  })
})
