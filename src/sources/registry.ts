import { AppError, limitExceeded } from '#src/errors.ts'
import type { ImportedSource, Importer, ImportInput } from './importer.ts'
import { readCaptionText } from './importers/caption-text.ts'
import { docx } from './importers/docx.ts'
import { html } from './importers/html.ts'
import { markdown, readMarkdown } from './importers/markdown.ts'
import { srt } from './importers/srt.ts'
import { text } from './importers/text.ts'
import { vtt } from './importers/vtt.ts'
import { inFull } from './in-full.ts'
import { SOURCE_TITLE_CHARS_MAX, UPLOAD_BYTES_MAX } from './limits.ts'
import { tidyTitle, titleOf } from './source-title.ts'
import { titledByFirstLine } from './title-line.ts'

const BEGINNING_CHARS = 200
const SUBRIP_BEGINNING = /^\d{1,9}\s{1,9}[\d:]{4,12}[,.]\d{1,3} --> /

/** Every kind of file that can become a source: one more is one file and one line here. */
export const importers = { text, markdown, html, srt, vtt, docx } satisfies Record<string, Importer>

export type SourceKind = keyof typeof importers

const kinds = Object.entries(importers) as [SourceKind, Importer][]

/** The endings that are accepted, lower case, with the dot. */
export const acceptedExtensions = kinds.flatMap(([, { extensions }]) => extensions)

/** A source whose title is settled. */
export type TitledSource = ImportedSource & { title: string }

/** The kind of a file by its ending (case does not matter); `unsupported_media_type` for any other. */
export function kindOf(fileName: string): SourceKind {
  const name = fileName.toLowerCase()
  const found = kinds.find(([, { extensions }]) => extensions.some((extension) => name.endsWith(extension)))
  if (found) return found[0]
  throw new AppError(
    'unsupported_media_type',
    `Files of this kind cannot be read. Accepted are ${acceptedExtensions.join(', ')}.`,
  )
}

/**
 * Reads an uploaded file; without a `title` it finds one. Throws `unsupported_media_type`, `invalid_request`
 * for a file without text, `limit_exceeded` and `unreadable_file`, each with the reason in its message.
 */
export async function importSource(input: ImportInput & { title?: string }) {
  const kind = kindOf(input.fileName)
  const bytes = input.bytes.byteLength
  if (bytes === 0) throw new AppError('invalid_request', 'The file is empty.')
  if (bytes > UPLOAD_BYTES_MAX)
    throw limitExceeded(`The file has ${inFull(bytes)} bytes; a file may have ${inFull(UPLOAD_BYTES_MAX)}.`)
  const title = givenTitle(input.title)
  const source = await importers[kind].read(input)
  refuseWordless(source)
  return { ...source, kind, title: title ?? titleOf({ ...source, fileName: input.fileName }) }
}

/** Takes pasted text, which may be Markdown or captions; throws like `importSource`. */
export async function importText(input: { text: string; title?: string }): Promise<TitledSource> {
  const title = givenTitle(input.title)
  const source = await readPasted(input.text)
  refuseWordless(source)
  return { ...source, title: title ?? titleOf(source) }
}

async function readPasted(pasted: string): Promise<ImportedSource> {
  const beginning = pasted.slice(0, BEGINNING_CHARS).trimStart()
  if (beginning.startsWith('WEBVTT')) return readCaptionText(pasted, { blankLinesInside: false })
  if (SUBRIP_BEGINNING.test(beginning)) return readCaptionText(pasted, { blankLinesInside: true })
  const source = await readMarkdown(pasted)
  return source.title ? source : titledByFirstLine(source)
}

function refuseWordless({ passages }: ImportedSource) {
  if (passages.length === 0)
    throw new AppError(
      'invalid_request',
      'The source has no text in it: nothing but headings, lines and labels.',
    )
}

function givenTitle(title = ''): string | undefined {
  const tidy = tidyTitle(title)
  if (tidy.length > SOURCE_TITLE_CHARS_MAX)
    throw limitExceeded(
      `The title has ${tidy.length} characters; a title may have ${SOURCE_TITLE_CHARS_MAX}.`,
    )
  return tidy || undefined
}
