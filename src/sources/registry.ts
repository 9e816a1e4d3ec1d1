import { AppError, limitExceeded } from '#src/errors.ts'
import type { ImportedSource, Importer, ImportInput } from '#src/sources/importer.ts'
import { text } from '#src/sources/importers/text.ts'
import { SOURCE_TITLE_CHARS_MAX, UPLOAD_BYTES_MAX } from '#src/sources/limits.ts'
import { splitPassages } from '#src/sources/passages.ts'
import { titleOf } from '#src/sources/source-title.ts'
import { storableText } from '#src/sources/storable-text.ts'

/** Every kind of file that can become a source: one more is one file and one line here. */
export const importers: readonly Importer[] = [text]

/** The endings that are accepted, lower case, with the dot. */
export const acceptedExtensions = importers.flatMap(({ extensions }) => extensions)

/** A source whose title is settled. */
export type TitledSource = ImportedSource & { title: string }

/** The importer for a file's ending (case does not matter); `unsupported_media_type` when there is none. */
export function importerFor(fileName: string): Importer {
  const name = fileName.toLowerCase()
  const importer = importers.find(({ extensions }) =>
    extensions.some((extension) => name.endsWith(extension)),
  )
  if (importer) return importer
  throw new AppError(
    'unsupported_media_type',
    `Files of this kind cannot be read. Accepted are ${acceptedExtensions.join(', ')}.`,
  )
}

/** Reads an uploaded file. Throws the AppErrors that src/errors.ts names for files that are unreadable, empty or too large. */
export async function importSource(input: ImportInput & { title?: string }): Promise<TitledSource> {
  const importer = importerFor(input.fileName)
  const bytes = input.bytes.byteLength
  if (bytes === 0) throw new AppError('invalid_request', 'The file is empty.')
  if (bytes > UPLOAD_BYTES_MAX)
    throw limitExceeded(`The file has ${inFull(bytes)} bytes; a file may have ${inFull(UPLOAD_BYTES_MAX)}.`)
  const title = givenTitle(input.title)
  const source = await importer.read(input)
  return { ...source, title: title ?? titleOf({ ...source, fileName: input.fileName }) }
}

/** Takes text that was pasted; an unpaired surrogate in it becomes U+FFFD. */
export async function importText(input: { text: string; title?: string }): Promise<TitledSource> {
  const title = givenTitle(input.title)
  const stored = storableText(input.text)
  const source: ImportedSource = { text: stored, passages: await splitPassages(stored) }
  return { ...source, title: title ?? titleOf(source) }
}

function givenTitle(title = ''): string | undefined {
  const flat = title.toWellFormed().replace(/\s+/g, ' ').trim()
  if (flat.length > SOURCE_TITLE_CHARS_MAX)
    throw limitExceeded(
      `The title has ${inFull(flat.length)} characters; a title may have ${SOURCE_TITLE_CHARS_MAX}.`,
    )
  return flat === '' ? undefined : flat
}

function inFull(figure: number): string {
  return figure.toLocaleString('en')
}
