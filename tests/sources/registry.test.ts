import { expect, test } from 'bun:test'
import { LINE_CHARS_MAX, SOURCE_TEXT_BYTES_MAX, UPLOAD_BYTES_MAX } from '#src/sources/limits.ts'
import { acceptedExtensions, importers, importSource, importText, kindOf } from '#src/sources/registry.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const upload = (fileName: string, content: string | number[] | Uint8Array) =>
  importSource({ fileName, bytes: typeof content === 'string' ? bytesOf(content) : new Uint8Array(content) })

test('the accepted endings are those of the importers, in any case', () => {
  expect(acceptedExtensions).toEqual(['.txt', '.md', '.markdown', '.html', '.htm', '.srt', '.vtt', '.docx'])
  expect(importers[kindOf('Talk.EN.SRT')]).toBe(importers.srt)
})

test('any other ending is refused with the list of those accepted', async () => {
  for (const fileName of ['talk.pdf', 'talk', '', 'txt', 'talk.txt.exe', 'talk.doc'])
    await expect(upload(fileName, 'x')).rejects.toMatchObject({
      kind: 'unsupported_media_type',
      message: expect.stringContaining('.txt, .md, .markdown, .html, .htm, .srt, .vtt, .docx'),
    })
})

test('line endings become \\n, the byte order mark goes, Unicode stays as it was', async () => {
  const { text, passages } = await upload('a.txt', '\uFEFFe\u0301 one\r\nline\r\rtwo\n')
  expect(text).toBe('e\u0301 one\nline\n\ntwo\n')
  expect(passages.map(({ start, end }) => text.slice(start, end))).toEqual(['e\u0301 one\nline', 'two'])
})

test('UTF-16 with a byte order mark is read', async () => {
  expect((await upload('a.txt', [0xff, 0xfe, 0x41, 0, 0x42, 0])).text).toBe('AB')
  expect((await upload('a.md', [0xfe, 0xff, 0, 0x41, 0, 0x42])).text).toBe('AB')
})

test('what is no text is unreadable, whatever its ending says', async () => {
  const beginnings = ['%PDF-1.7 x', 'PK\x03\x04x', '{\\rtf1 x}', 'GIF89a']
  for (const content of beginnings)
    await expect(upload('a.txt', content)).rejects.toMatchObject({ kind: 'unreadable_file' })
  const others = [
    [0xc3, 0x28],
    [0x93, 0x48, 0x69, 0x94],
    [0x41, 0],
    [0xff, 0xfe, 0, 0xd8],
    [0xff, 0xfe, 0, 0],
    [0x89, 0x50, 0x4e, 0x47],
  ]
  for (const ending of ['.txt', '.md', '.html', '.srt', '.vtt'])
    for (const content of others)
      await expect(upload(`a${ending}`, content)).rejects.toMatchObject({ kind: 'unreadable_file' })
  await expect(upload('a.txt', [0xc3, 0x28])).rejects.toThrow('UTF-8')
})

test('a source without words is refused', async () => {
  for (const [name, content] of [
    ['a.txt', ''],
    ['a.txt', ' \r\n\t\u00a0\u2028'],
    ['a.md', '# Only\n\n## Headings'],
    ['a.md', '---\n***\n'],
    ['a.md', '---\ntitle: T\n---\n'],
  ])
    await expect(upload(name!, content!)).rejects.toMatchObject({ kind: 'invalid_request' })
  await expect(importText({ text: ' ' })).rejects.toMatchObject({ kind: 'invalid_request' })
})

test('each limit holds where it says, and is named with what there was', async () => {
  const line = `${'x'.repeat(999)}\n`
  const most = line.repeat(SOURCE_TEXT_BYTES_MAX / 1_000)
  expect((await importText({ text: most })).text).toHaveLength(SOURCE_TEXT_BYTES_MAX)
  const refused: [() => Promise<unknown>, string, string][] = [
    [() => importText({ text: `${most}x` }), '1,500,001', '1,500,000'],
    [() => importText({ text: 'é'.repeat(90_000).concat('\n').repeat(9) }), '1,620,009', '1,500,000'],
    [() => upload('a.txt', 'x'.repeat(LINE_CHARS_MAX + 1)), '100,001', '100,000'],
    [() => upload('a.txt', new Uint8Array(UPLOAD_BYTES_MAX + 1).fill(65)), '10,485,761', '10,485,760'],
    [() => importText({ text: 'x', title: 'x'.repeat(201) }), '201', '200'],
  ]
  for (const [importing, figure, limit] of refused)
    await expect(importing()).rejects.toMatchObject({
      kind: 'limit_exceeded',
      message: expect.stringMatching(new RegExp(`${figure}.*${limit}`)),
    })
})

test('unpaired surrogates and NUL in pasted text become replacement characters', async () => {
  expect((await importText({ text: 'a\ud800b\udc00c\0d 🙂' })).text).toBe('a\uFFFDb\uFFFDc\uFFFDd 🙂')
})

test('frontmatter gives the title and goes; what only looks like it is text', async () => {
  const source = await upload('a.md', '---\ntitle: "A: title"\ndate: 2024-01-01\n---\n\n# Head\n\nWords.')
  expect(source).toMatchObject({ kind: 'markdown', title: 'A: title', text: '# Head\n\nWords.' })
  const hostile = [
    '---js\nglobalThis.broken = 1\n---\nWords.',
    '---\n[a: b\n---\nWords.',
    '---\n- a\n---\nWords.',
    '---\na: &a [1]\nb: [*a, *a]\n---\nWords.',
    '---\ntitle: x\nWords.',
  ]
  for (const text of hostile) expect((await importText({ text })).text).toBe(text)
  expect((await importText({ text: '---\n__proto__: {x: 1}\ntitle: T\n---\nWords.' })).title).toBe('T')
  expect('broken' in globalThis || 'x' in {}).toBe(false)
})

const titles: [string, string, string][] = [
  ['x.md', '# The heading\n\nWords.', 'The heading'],
  ['2024-03-12_team-sync.txt', 'Words.', '2024-03-12 team sync'],
  ['C:\\fakepath\\my_talk.v2.txt', 'Words.', 'My talk.v2'],
  ['../../etc/passwd.txt', 'Words.', 'Passwd'],
  ['transcript (2).txt', 'Anna went\nhome.', 'Anna went home.'],
  ['.txt', 'Words.', 'Words.'],
  ['12345.txt', `${'word '.repeat(30)}`, `${'word '.repeat(15).trim()}…`],
]

for (const [fileName, content, title] of titles) {
  test(`"${title.slice(0, 30)}" is the title found for ${fileName}`, async () => {
    expect((await upload(fileName, content)).title).toBe(title)
  })
}

test('a title that is given is taken, its white space tidied; one that is found is at most 200 characters', async () => {
  expect((await importText({ text: '# H\n\nx', title: '  My\n title ' })).title).toBe('My title')
  expect((await importText({ text: `${'# '}${'long '.repeat(100)}\n\nx` })).title.length).toBeLessThanOrEqual(
    200,
  )
  expect((await importText({ text: 'Words only.', title: ' ' })).title).toBe('Words only.')
})
