import { expect, test } from 'bun:test'
import { zipSync } from 'fflate'
import { type Answer, type TestApp, testApp } from '../harness.ts'
import { addTalk } from '../material.ts'

const FILES: Record<string, string | Uint8Array<ArrayBuffer>> = {
  'talk.txt': 'Ada: The queue is the heart of it.\n\nBen: And the worker its hands.',
  'talk.md': '# The queue\n\nThe queue is the **heart** of it.',
  'talk.markdown': '# The queue\n\nThe queue is the heart of it.',
  'talk.html': '<h1>The queue</h1><p>The queue is the heart of it.</p><script>alert(1)</script>',
  'talk.htm': '<p>The queue is the heart of it.</p>',
  'talk.srt': '1\n00:00:01,000 --> 00:00:04,000\nAda: The queue is the heart of it.\n',
  'talk.vtt': 'WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>The queue is the heart of it.\n',
  'TALK.DOCX': docx('The queue is the heart of it.'),
}

test('pasted text becomes a source whose passages are exact pieces of it', async () => {
  await using app = await testApp()
  const source = await addTalk(app)
  expect(source.kind).toBe('text')
  expect(source.words).toBeGreaterThan(1_500)
  const { body } = await app.call('GET', `/api/v1/sources/${source.id}`)
  expect(body).toMatchObject(source)
  expect(body.text).toHaveLength(source.characters)
  const passages = await allPassages(app, source.id)
  expect(passages).toHaveLength(source.passageCount)
  let end = 0
  for (const [position, passage] of passages.entries()) {
    expect(passage.text).toBe(body.text.slice(passage.start, passage.end))
    expect(passage.start).toBeGreaterThanOrEqual(end)
    expect(passage).toMatchObject({ position, sourceId: source.id })
    end = passage.end
  }
  expect(passages.some((passage) => passage.speaker)).toBe(true)
  expect(passages.some((passage) => /^\d\d:\d\d:\d\d$/.test(passage.time ?? ''))).toBe(true)
  const one = await app.call('GET', `/api/v1/passages/${passages[3]!.id}`)
  expect(one.body.passage).toEqual(passages[3])
})

for (const [name, content] of Object.entries(FILES))
  test(`a file is read by its ending: ${name}`, async () => {
    await using app = await testApp()
    const { status, body, text } = await upload(app, name, content)
    if (status !== 201) throw new Error(text)
    expect(body).toMatchObject({ fileName: name })
    const stored = (await app.call('GET', `/api/v1/sources/${body.id}`)).body.text
    expect(stored).toContain('The queue is the')
    expect(stored).not.toContain('alert')
    expect((await app.call('GET', '/api/v1/search?q=heart')).body.items[0].passage.sourceId).toBe(body.id)
  })

test('a title that is given is kept, for text and for files', async () => {
  await using app = await testApp()
  const pasted = await app.call('POST', '/api/v1/sources', {
    body: { kind: 'text', title: ' My  title ', text: 'Words.' },
  })
  expect(pasted.body.title).toBe('My title')
  const file = await upload(app, 'talk.txt', 'Words.', 'My file')
  expect(file.body.title).toBe('My file')
})

test('sources are listed newest first, page by page, none twice and none missing', async () => {
  await using app = await testApp()
  const made: string[] = []
  for (let index = 0; index < 7; index++)
    made.push(
      (await app.call('POST', '/api/v1/sources', { body: { kind: 'text', text: `Text ${index}.` } })).body.id,
    )
  await app.call('POST', '/api/v1/sources', { key: app.rivals.key, body: { kind: 'text', text: 'Theirs.' } })
  const seen: string[] = []
  let cursor = ''
  do {
    const { body } = await app.call('GET', `/api/v1/sources?limit=3${cursor}`)
    seen.push(...body.items.map((source: { id: string }) => source.id))
    expect(body.items[0].text).toBeUndefined()
    cursor = body.nextCursor && `&cursor=${body.nextCursor}`
  } while (cursor)
  expect(seen).toEqual(made.toReversed())
})

test('a search finds words in their forms, phrases, and words of scripts without spaces', async () => {
  await using app = await testApp()
  const add = (text: string, key = app.team.key) =>
    app.call('POST', '/api/v1/sources', { key, body: { kind: 'text', text } })
  await add('The workers were claiming jobs.\n\nA naïve café in Zürich.')
  await add('東京タワーは東京都港区にある電波塔である。\n\n北京是中华人民共和国的首都。')
  await add('The workers of the rivals.', app.rivals.key)
  const find = async (q: string) => {
    const { body } = await app.call('GET', `/api/v1/search?q=${encodeURIComponent(q)}`)
    return body.items.map((hit: { passage: { text: string } }) => hit.passage.text)
  }
  expect(await find('worker claims')).toEqual(['The workers were claiming jobs.'])
  expect(await find('"claiming jobs"')).toEqual(['The workers were claiming jobs.'])
  expect(await find('"jobs claiming"')).toEqual([])
  expect(await find('zurich NAIVE')).toEqual(['A naïve café in Zürich.'])
  expect(await find('東京')).toEqual(['東京タワーは東京都港区にある電波塔である。'])
  expect(await find('首都')).toEqual(['北京是中华人民共和国的首都。'])
  expect(await find('rivals')).toEqual([])
})

test('no query is an expression of the index: operators, quotes and columns are words', async () => {
  await using app = await testApp()
  await addTalk(app)
  const hostile = [
    '"',
    '""',
    "'",
    '*',
    '^queue',
    'queue*',
    'NEAR(queue job)',
    'AND',
    'OR NOT',
    'queue AND',
    '(',
    ')',
    'terms:queue',
    'project:x',
    '-queue',
    '+',
    '{terms} : x',
    '"unclosed',
    '%',
    '_',
    '\\',
    ';DROP TABLE passages',
    ' ',
    '\u0000',
    '😀',
    'a'.repeat(500),
    '" OR 1=1',
    'queue\u0000job',
    '\u202equeue',
  ]
  for (const q of hostile) {
    const { status, text } = await app.call('GET', `/api/v1/search?q=${encodeURIComponent(q)}`)
    if (status !== 200) throw new Error(`${JSON.stringify(q)}: ${text}`)
  }
  expect((await app.call('GET', '/api/v1/search?q=')).status).toBe(422)
  expect((await app.call('GET', '/api/v1/search')).status).toBe(422)
  expect((await app.call('GET', `/api/v1/search?q=${'a'.repeat(501)}`)).status).toBe(422)
  expect((await app.call('GET', '/api/v1/search?q=queue&limit=1')).body.items).toHaveLength(1)
})

async function allPassages(app: TestApp, id: string) {
  const passages: {
    id: string
    start: number
    end: number
    text: string
    speaker?: string
    time?: string
  }[] = []
  let after = ''
  do {
    const { body } = await app.call('GET', `/api/v1/sources/${id}/passages?limit=10${after}`)
    passages.push(...body.items)
    after = body.nextAfter === null ? '' : `&after=${body.nextAfter}`
  } while (after)
  return passages
}

function upload(
  app: TestApp,
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
  title?: string,
): Promise<Answer> {
  const form = new FormData()
  form.set('file', new File([content], name))
  if (title) form.set('title', title)
  return app.call('POST', '/api/v1/sources', { body: form })
}

/** The least that a Word document is: one part, one paragraph. */
function docx(text: string): Uint8Array<ArrayBuffer> {
  const encode = (xml: string) => new TextEncoder().encode(`<?xml version="1.0"?>${xml}`)
  const namespace = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'
  return new Uint8Array(
    zipSync({
      '[Content_Types].xml': encode(
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
      ),
      '_rels/.rels': encode(
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
      ),
      'word/document.xml': encode(
        `<w:document xmlns:w="${namespace}"><w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body></w:document>`,
      ),
    }),
  )
}
