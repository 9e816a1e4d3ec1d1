import { AppError } from '#src/errors.ts'
import { createPace, type Pace } from '#src/pace.ts'
import type { ImportedSource, Importer } from '#src/sources/importer.ts'
import { docxReader } from './docx-reader.ts'
import { stylesReader } from './docx-styles.ts'
import { type MarkupHandler, markupParser } from './markup-parser.ts'
import { structuredText } from './structured-text.ts'
import { damaged, openZip, unpack, type Zip } from './zip.ts'

const OLE_BEGINNING = [0xd0, 0xcf, 0x11, 0xe0]

export const docx: Importer = {
  extensions: ['.docx'],
  label: 'Word document',
  read: ({ bytes }) => readDocx(bytes),
}

/**
 * The text of a WordprocessingML document (ECMA-376 part 1, §17): paragraphs, headings, lists, and tables a
 * row to a line. Deleted revisions, tables of contents, notes, comments, headers and footers are left out.
 */
export async function readDocx(bytes: Uint8Array): Promise<ImportedSource> {
  if (OLE_BEGINNING.every((byte, at) => bytes[at] === byte))
    throw new AppError(
      'unreadable_file',
      'The file is an older Word document or has a password: save it as .docx.',
    )
  const zip = openZip(bytes)
  const pace = createPace()
  const body = findBody(zip)
  const styles = stylesReader()
  if (zip.entries.has('word/styles.xml')) await parsePart(zip, 'word/styles.xml', styles, pace)
  const reader = docxReader(styles.finish())
  await parsePart(zip, body, reader, pace)
  const { title, blocks } = reader.finish()
  const heading = blocks.find(({ kind, level }) => kind === 'heading' && level === 1)?.text
  return {
    title: title ?? heading ?? (await readCoreTitle(zip, pace)),
    ...(await structuredText(blocks, pace)),
  }
}

/** Word in the browser numbers the part: word/document2.xml. */
function findBody(zip: Zip): string {
  const body = zip.entries.keys().find((name) => /^word\/document\d{0,3}\.xml$/.test(name))
  if (body) return body
  throw new AppError('unreadable_file', 'The file is packed like a Word document but has no text part.')
}

async function readCoreTitle(zip: Zip, pace: Pace): Promise<string | undefined> {
  let title = ''
  let isInTitle = false
  if (!zip.entries.has('docProps/core.xml')) return undefined
  const handler: MarkupHandler = {
    open: (name) => {
      isInTitle = name === 'dc:title'
    },
    close: () => {
      isInTitle = false
    },
    text: (text) => {
      if (isInTitle) title += text
    },
  }
  await parsePart(zip, 'docProps/core.xml', handler, pace)
  return title.trim() || undefined
}

async function parsePart(zip: Zip, name: string, handler: MarkupHandler, pace: Pace) {
  const parser = markupParser(handler, { xmlMode: true })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  await unpack(zip, name, { onBytes: (bytes) => parser.write(decodePart(decoder, bytes)), pace })
  parser.end()
}

function decodePart(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes, { stream: true })
  } catch {
    throw damaged()
  }
}
