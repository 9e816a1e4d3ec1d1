import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { zipSync } from 'fflate'
import { HEADINGS_MAX, LINE_CHARS_MAX, SOURCE_TEXT_BYTES_MAX } from '#src/sources/limits.ts'
import { type Answer, type TestApp, testApp } from '../harness.ts'
import { addDocument } from '../material.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const INTEGER = new Intl.NumberFormat('en')

type Case = {
  what: string
  send(app: TestApp): Promise<Answer>
  status: number
  code: string
  /** What the problem must name. */
  names?: RegExp
}

const paste = (text: string) => (app: TestApp) =>
  app.call('POST', '/api/v1/sources', { body: { kind: 'text', text } })

const upload = (name: string, content: string | Uint8Array<ArrayBuffer>) => (app: TestApp) => {
  const form = new FormData()
  form.set('file', new File([content], name))
  return app.call('POST', '/api/v1/sources', { body: form })
}

const get = (path: string) => (app: TestApp) => app.call('GET', path)
const cursor = (text: string) => Buffer.from(text).toString('base64url')
const limit = (figure: number) => new RegExp(INTEGER.format(figure))
const BYTES = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0])

const CASES: Case[] = [
  { what: 'empty text', send: paste(''), status: 422, code: 'invalid_request', names: /no text/ },
  {
    what: 'white space',
    send: paste(' \n\t\u00a0\n'),
    status: 422,
    code: 'invalid_request',
    names: /no text/,
  },
  { what: 'an empty file', send: upload('a.txt', ''), status: 422, code: 'invalid_request', names: /empty/ },
  {
    what: '5 MB of text',
    send: paste('word '.repeat(1_000_000)),
    status: 413,
    code: 'body_too_large',
    names: /4194304/,
  },
  {
    what: '2 MB of text',
    send: paste('words\n'.repeat(350_000)),
    status: 422,
    code: 'limit_exceeded',
    names: limit(SOURCE_TEXT_BYTES_MAX),
  },
  {
    what: 'a file of 5 MB',
    send: upload('a.txt', 'words\n'.repeat(900_000)),
    status: 422,
    code: 'limit_exceeded',
    names: limit(SOURCE_TEXT_BYTES_MAX),
  },
  {
    what: 'a line of 200,000 characters',
    send: paste('x'.repeat(200_000)),
    status: 422,
    code: 'limit_exceeded',
    names: limit(LINE_CHARS_MAX),
  },
  {
    what: '10,000 headings',
    send: paste('# Heading\n\nText.\n\n'.repeat(10_000)),
    status: 422,
    code: 'limit_exceeded',
    names: limit(HEADINGS_MAX),
  },
  {
    what: 'a picture named .txt',
    send: upload('a.txt', BYTES),
    status: 422,
    code: 'unreadable_file',
    names: /image/,
  },
  {
    what: 'bytes named .txt',
    send: upload('a.txt', new Uint8Array(1_000)),
    status: 422,
    code: 'unreadable_file',
  },
  { what: 'a picture named .docx', send: upload('a.docx', BYTES), status: 422, code: 'unreadable_file' },
  {
    what: 'a zip that is no document',
    send: upload('a.docx', zip({ 'a.txt': 10 })),
    status: 422,
    code: 'unreadable_file',
  },
  {
    what: 'a .docx bomb',
    send: upload('a.docx', zip({ 'word/document.xml': 25_000_000 })),
    status: 422,
    code: 'limit_exceeded',
  },
  {
    what: 'invalid UTF-8',
    send: upload('a.txt', new Uint8Array([65, 0xff, 0xfe, 66])),
    status: 422,
    code: 'unreadable_file',
    names: /UTF-8/,
  },
  {
    what: 'a kind of file that is not read',
    send: upload('a.pdf', '%PDF-1.7'),
    status: 415,
    code: 'unsupported_media_type',
    names: /\.docx/,
  },
  {
    what: 'a file without an ending',
    send: upload('talk', 'Words.'),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    what: 'a form without a file',
    send: (app) => {
      const form = new FormData()
      form.set('file', 'just text')
      return app.call('POST', '/api/v1/sources', { body: form })
    },
    status: 422,
    code: 'invalid_request',
  },
  {
    what: 'a form with another field',
    send: (app) => {
      const form = new FormData()
      form.set('file', new File(['Words.'], 'a.txt'))
      form.set('colour', 'red')
      return app.call('POST', '/api/v1/sources', { body: form })
    },
    status: 422,
    code: 'invalid_request',
    names: /colour/,
  },
  {
    what: 'JSON nested 100,000 deep',
    send: (app) =>
      app.call('POST', '/api/v1/sources', {
        body: `${'[1,'.repeat(100_000)}1${']'.repeat(100_000)}`,
        headers: JSON_TYPE,
      }),
    status: 422,
    code: 'limit_exceeded',
    names: /64/,
  },
  {
    what: 'an unknown field',
    send: (app) =>
      app.call('POST', '/api/v1/sources', { body: { kind: 'text', text: 'Words.', colour: 'red' } }),
    status: 422,
    code: 'invalid_request',
  },
  {
    what: 'an unknown field deep inside',
    send: (app) => persist(app, { citations: [{ ...CITATION, colour: 'red' }] }),
    status: 422,
    code: 'invalid_request',
  },
  {
    what: 'a title of 201 characters',
    send: (app) =>
      app.call('POST', '/api/v1/sources', { body: { kind: 'text', text: 'W.', title: 'x'.repeat(201) } }),
    status: 422,
    code: 'invalid_request',
  },
  {
    what: 'a passage that is not there',
    send: (app) => persist(app, { documentId: 'doc_none' }),
    status: 404,
    code: 'not_found',
  },
  {
    what: 'a made-up cursor',
    send: get('/api/v1/documents?cursor=abc'),
    status: 422,
    code: 'invalid_request',
    names: /cursor/,
  },
  {
    what: "another list's cursor",
    send: get(`/api/v1/documents?cursor=${cursor('job_01m81zm4ynexz9jr51g375na5j')}`),
    status: 422,
    code: 'invalid_request',
  },
  {
    what: 'an SQL cursor',
    send: get(`/api/v1/jobs?cursor=${cursor("' OR 1=1 --")}`),
    status: 422,
    code: 'invalid_request',
  },
  {
    what: 'a page of 201',
    send: get('/api/v1/jobs?limit=201'),
    status: 422,
    code: 'invalid_request',
    names: /200/,
  },
  {
    what: 'a page of -1',
    send: get('/api/v1/sources?limit=-1'),
    status: 422,
    code: 'invalid_request',
    names: /limit/,
  },
  {
    what: 'a version of 1e99',
    send: get('/api/v1/documents/doc_x/versions/1e99'),
    status: 404,
    code: 'not_found',
  },
  {
    what: 'Prefer: wait=-1',
    send: (app) =>
      app.call('POST', '/api/v1/steps/seo.generate', {
        body: { title: 'T', markdown: 'M' },
        headers: { 'idempotency-key': 'x', prefer: 'wait=-1' },
      }),
    status: 422,
    code: 'invalid_request',
    names: /1 to 60/,
  },
  {
    what: 'a post of two million characters',
    send: (app) => persist(app, { markdown: 'x'.repeat(2_000_000) }),
    status: 422,
    code: 'invalid_request',
    names: /1000000/,
  },
  {
    what: '21 sources',
    send: (app) =>
      app.call('POST', '/api/v1/documents', {
        body: { sourceIds: Array.from({ length: 21 }, (_, n) => `src_${n}`) },
      }),
    status: 422,
    code: 'invalid_request',
    names: /20/,
  },
]

for (const { what, send, status, code, names } of CASES)
  test(`${what} is refused as ${status} ${code}, and nothing is written`, async () => {
    await using app = await testApp()
    await addDocument(app)
    const before = await countRows(app)
    const answer = await send(app)
    expect({ status: answer.status, code: answer.body?.code }).toEqual({ status, code })
    if (names) expect(JSON.stringify(answer.body)).toMatch(names)
    expect(await countRows(app)).toEqual(before)
    expect((await app.call('GET', '/health/ready')).status).toBe(200)
  })

test('what is large but allowed is taken', async () => {
  await using app = await testApp()
  const text = `${'Some words on a line. '.repeat(50)}\n\n`.repeat(1_300)
  expect(text.length).toBeLessThan(SOURCE_TEXT_BYTES_MAX)
  const { status, body } = await paste(text)(app)
  expect(status).toBe(201)
  expect((await app.call('GET', `/api/v1/sources/${body.id}`)).body.text).toHaveLength(body.characters)
  expect((await paste('x '.repeat(LINE_CHARS_MAX / 2 - 1))(app)).status).toBe(201)
})

const CITATION = { marker: '1', sourceId: 'src_x', passageId: 'psg_x', start: 0, end: 1, quote: 'x' }

function persist(app: TestApp, { documentId = 'doc_x', markdown = 'Text.', citations = [] as object[] }) {
  return app.call('POST', '/api/v1/steps/document.persist', {
    body: { documentId, post: { markdown, citations } },
    headers: { 'idempotency-key': crypto.randomUUID() },
  })
}

async function countRows(app: TestApp): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const tables = await app.db.all<[string]>(sql`SELECT name FROM sqlite_schema WHERE type = 'table'`)
  for (const [name] of tables) {
    const [row] = await app.db.all<[number]>(sql`SELECT count(*) FROM ${sql.identifier(name)}`)
    counts[name] = row![0]
  }
  return counts
}

/** A zip whose parts are as long as told, of one letter. */
function zip(parts: Record<string, number>): Uint8Array<ArrayBuffer> {
  const files = Object.entries(parts).map(([name, size]) => [name, new Uint8Array(size).fill(65)] as const)
  return new Uint8Array(zipSync(Object.fromEntries(files)))
}
