import { expect, test } from 'bun:test'
import { strToU8, type Zippable, zipSync } from 'fflate'
import { importSource } from '#src/sources/registry.ts'

const names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="m"'

const p = (text: string, properties = '') =>
  `<w:p><w:pPr>${properties}</w:pPr><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`
const styled = (style: string, text: string) => p(text, `<w:pStyle w:val="${style}"/>`)
const item = (text: string) => p(text, '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')

/** A German Word's styles: the ids are translated, the names are not. */
const styles = `<w:styles ${names}>
  <w:style w:styleId="berschrift1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
  <w:style w:styleId="Kapitel"><w:name w:val="Kapitel"/><w:basedOn w:val="berschrift1"/></w:style>
  <w:style w:styleId="Rund1"><w:name w:val="Rund 1"/><w:basedOn w:val="Rund2"/></w:style>
  <w:style w:styleId="Rund2"><w:name w:val="Rund 2"/><w:basedOn w:val="Rund1"/></w:style>
  <w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>
  <w:style w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
</w:styles>`

const documentOf = (body: string) => strToU8(`<w:document ${names}><w:body>${body}</w:body></w:document>`)

function docxOf(body: string, parts: Zippable = {}) {
  return zipSync({ 'word/document.xml': documentOf(body), 'word/styles.xml': strToU8(styles), ...parts })
}

const read = (bytes: Uint8Array) => importSource({ fileName: 'draft_two.docx', bytes })

test('a Word document becomes headings, paragraphs, lists and table rows', async () => {
  const table = `<w:tbl><w:tr><w:tc>${p('Month')}</w:tc><w:tc>${p('Sold')}${p('(each)')}</w:tc></w:tr>
    <w:tr><w:tc>${p('May')}</w:tc><w:tc>${p('12')}</w:tc></w:tr></w:tbl>`
  const run = '<w:r><w:t>One</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r>'
  const revised = `<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>${run}<w:del w:id="1"><w:r><w:delText>old</w:delText><w:t>er</w:t></w:r></w:del><w:ins><w:r><w:t xml:space="preserve"> new</w:t></w:r></w:ins></w:p>`
  const demoted = p('Body', '<w:pPrChange><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr></w:pPrChange>')
  const box = `<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>${p('Box')}</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>${p('Box')}</w:txbxContent></mc:Fallback></mc:AlternateContent><w:t>Around</w:t></w:r></w:p>`
  const body = [
    styled('Titel', 'The plan'),
    styled('Verzeichnis1', 'Contents 1'),
    styled('berschrift1', 'Start'),
    p('Salt &amp; sea '),
    revised,
    styled('Kapitel', 'Next'),
    item('a'),
    item('b'),
    table,
    p('Direct', '<w:outlineLvl w:val="2"/>'),
    demoted,
    styled('Rund1', 'Round'),
    p('# no heading'),
    box,
  ].join('')
  const { title, text, passages } = await read(docxOf(body))
  expect(title).toBe('The plan')
  expect(text).toBe(
    '# The plan\n\n# Start\n\nSalt & sea\n\nOne\ttwo\nthree new\n\n# Next\n\n- a\n- b\n\nMonth | Sold (each)\nMay | 12\n\n' +
      '### Direct\n\nBody\n\nRound\n\n# no heading\n\nBox\n\nAround',
  )
  expect(passages.map(({ start, end, heading }) => [heading, text.slice(start, end)])).toEqual([
    ['Start', 'Salt & sea'],
    ['Start', 'One\ttwo\nthree new'],
    ['Next', 'a'],
    ['Next', 'b'],
    ['Next', 'Month | Sold (each)\nMay | 12'],
    ...['Body', 'Round', '# no heading', 'Box', 'Around'].map((words) => ['Direct', words]),
  ])
})

test('a transcript in Word has speakers', async () => {
  const { passages } = await read(docxOf(p('Anna Smith  0:03') + p('Hello.') + p('Ben  0:05') + p('Hi.')))
  expect(passages.map(({ speaker, timeMs }) => [speaker, timeMs])).toEqual([
    ['Anna Smith', 3_000],
    ['Ben', 5_000],
  ])
})

test("the title is the document's own property when no heading has it, else the file's name", async () => {
  const core = strToU8(
    '<cp:coreProperties><dc:title>A &amp; B</dc:title><dc:creator>Ann</dc:creator></cp:coreProperties>',
  )
  expect((await read(docxOf(p('Text.'), { 'docProps/core.xml': core }))).title).toBe('A & B')
  expect((await read(docxOf(p('Text.')))).title).toBe('Draft two')
  expect((await read(zipSync({ 'word/document2.xml': documentOf(p('Text.')) }))).text).toBe('Text.')
})

test('what unpacks to too much is refused', async () => {
  const huge = docxOf(p('a'.repeat(21 * 1024 * 1024)))
  await expect(read(huge)).rejects.toMatchObject({
    kind: 'limit_exceeded',
    message: expect.stringContaining('20,971,520'),
  })
  const dense = docxOf(`${p('x')}<!--${'a'.repeat(4_000_000)}-->`)
  await expect(read(dense)).rejects.toMatchObject({
    kind: 'limit_exceeded',
    message: expect.stringContaining('200 times'),
  })
  const parts = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`x/${at}`, new Uint8Array()]))
  await expect(read(docxOf(p('x'), parts))).rejects.toMatchObject({
    message: expect.stringContaining('2,002 parts'),
  })
  expect(
    read(
      docxOf(
        Array(100)
          .fill(p('x'.repeat(20_000)))
          .join(''),
      ),
    ),
  ).rejects.toMatchObject({ kind: 'limit_exceeded' })
})

test('an archive that lies about a size is damaged, and not unpacked beyond what it says', async () => {
  const lying = zipSync({ 'word/document.xml': documentOf(p('a'.repeat(21 * 1024 * 1024))) })
  const view = new DataView(lying.buffer)
  for (let at = 0; at + 46 < lying.length; at++)
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 5_000, true)
  await expect(read(lying)).rejects.toMatchObject({ kind: 'unreadable_file' })
})

test('what is no Word document, or one with tricks, is unreadable', async () => {
  const good = docxOf(p('Hello there.'))
  const flipped = good.slice()
  flipped[60]! ^= 0xff
  const doctype = zipSync({ 'word/document.xml': strToU8('<!DOCTYPE w [<!ENTITY a "aaaa">]><w:document/>') })
  const older = new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, ...Array(600).fill(1)])
  const utf16 = zipSync({ 'word/document.xml': new Uint8Array([0xff, 0xfe, 0x3c, 0, 0xd8, 0xd8]) })
  const unreadable = [
    strToU8('words'),
    good.slice(0, -30),
    good.slice(200),
    flipped,
    doctype,
    older,
    utf16,
    zipSync({ a: new Uint8Array(9) }),
  ]
  for (const bytes of unreadable) await expect(read(bytes)).rejects.toMatchObject({ kind: 'unreadable_file' })
  await expect(read(docxOf('<w:sdt>'.repeat(2_000)))).rejects.toMatchObject({ kind: 'limit_exceeded' })
  await expect(read(docxOf(p('   ')))).rejects.toMatchObject({ kind: 'invalid_request' })
})

test('no single changed byte does anything but change the text or make it unreadable', async () => {
  const good = docxOf(p('Hello there.'))
  for (let at = 0; at < good.length; at++) {
    const bytes = good.slice()
    bytes[at]! ^= 0x15
    const kind = await read(bytes).then(
      () => 'read',
      (error) => error.kind,
    )
    expect(['read', 'unreadable_file', 'limit_exceeded', 'invalid_request']).toContain(kind)
  }
})
