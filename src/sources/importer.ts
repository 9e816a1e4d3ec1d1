/** A stretch of a source's text that a citation can point at. Offsets are UTF-16 code units of the text. */
export type PassageSpan = {
  start: number
  end: number
  speaker?: string
  timeMs?: number
  /** The source's own heading that the passage stands under, and its level (1 to 6). */
  heading?: string
  headingLevel?: number
}

/** What an importer makes of a file: the text as it will be stored, and its passages in reading order. */
export type ImportedSource = {
  title?: string
  text: string
  passages: PassageSpan[]
}

export type ImportInput = { bytes: Uint8Array; fileName: string }

/**
 * Reads one kind of file. `read` throws AppError `unreadable_file` when the bytes are not of its kind,
 * and `limit_exceeded` when they are too much; the message names the limit.
 */
export type Importer = {
  /** File name endings, lower case, with the dot. */
  extensions: readonly string[]
  /** What a person calls it, for messages and the interface. */
  label: string
  read(input: ImportInput): Promise<ImportedSource>
}
