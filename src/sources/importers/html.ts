import { createPace } from '#src/pace.ts'
import { decodeText } from '#src/sources/decode-text.ts'
import type { ImportedSource, Importer } from '#src/sources/importer.ts'
import { htmlReader } from './html-reader.ts'
import { markupParser } from './markup-parser.ts'
import { structuredText } from './structured-text.ts'

const CHUNK_CHARS = 16_384

export const html: Importer = {
  extensions: ['.html', '.htm'],
  label: 'Web page',
  read: ({ bytes }) => readHtml(decodeText(bytes)),
}

/** The readable text of a page: of its `main`, else its `article`s, else all of it, without what frames it. */
export async function readHtml(markup: string): Promise<ImportedSource> {
  const pace = createPace()
  const reader = htmlReader()
  const parser = markupParser(reader, { xmlMode: false })
  for (let at = 0; at < markup.length; at += CHUNK_CHARS) {
    await pace()
    parser.write(markup.slice(at, at + CHUNK_CHARS))
  }
  parser.end()
  const { title, blocks } = reader.finish()
  return { title, ...(await structuredText(blocks, pace)) }
}
