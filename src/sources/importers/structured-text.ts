import type { Pace } from '#src/pace.ts'
import type { ImportedSource } from '#src/sources/importer.ts'
import { SOURCE_TEXT_BYTES_MAX } from '#src/sources/limits.ts'
import { splitPassages } from '#src/sources/passages.ts'
import { normalizeText, storableText, textTooLong } from '#src/sources/storable-text.ts'

/** A piece of a document that knows what it is. Its text may have line breaks, but no blank lines. */
export type TextBlock = {
  kind: 'paragraph' | 'heading' | 'item' | 'row' | 'code'
  text: string
  /** Of a heading, 1 to 6. */
  level?: number
}

/**
 * The stored text of a document with structure: paragraphs with a blank line between them, headings as
 * `## Heading`, list items and table rows one to a line, code between fences. Only real headings become
 * headings of passages, whatever the other lines look like.
 */
export async function structuredText(blocks: TextBlock[], pace: Pace): Promise<ImportedSource> {
  const pieces: string[] = []
  const headingsAt = new Set<number>()
  let length = 0
  let before: TextBlock['kind'] | undefined
  for (const { kind, text, level = 1 } of blocks) {
    await pace()
    const words = normalizeText(text).trim()
    if (words === '') continue
    const isSameList = kind === before && (kind === 'item' || kind === 'row')
    const gap = before === undefined ? '' : isSameList ? '\n' : '\n\n'
    const line =
      kind === 'heading'
        ? `${'#'.repeat(level)} ${words.replace(/\s+/g, ' ')}`
        : kind === 'code'
          ? fence(words)
          : words
    if (kind === 'heading') headingsAt.add(length + gap.length)
    pieces.push(gap, line)
    length += gap.length + line.length
    before = kind
    if (length > SOURCE_TEXT_BYTES_MAX) throw textTooLong(bytesOf(blocks))
  }
  const text = storableText(pieces.join(''))
  return { text, passages: await splitPassages(text, { headingsAt }) }
}

function bytesOf(blocks: TextBlock[]): number {
  return blocks.reduce((bytes, { text }) => bytes + Buffer.byteLength(text) + 1, 0)
}

function fence(code: string): string {
  const longest = Math.max(2, ...Array.from(code.matchAll(/^ {0,3}(`{3,})/gm), (match) => match[1]!.length))
  const mark = '`'.repeat(longest + 1)
  return `${mark}\n${code}\n${mark}`
}
