import { AppError, limitExceeded } from '#src/errors.ts'
import { inFull } from './in-full.ts'
import { LINE_CHARS_MAX, SOURCE_TEXT_BYTES_MAX } from './limits.ts'

/**
 * One way of writing a text: no byte order mark, every line ending `\n`, and what no database or page can
 * carry (unpaired surrogates, NUL) replaced by U+FFFD. The words stay the source's own: Unicode is not
 * normalised.
 */
export function normalizeText(raw: string): string {
  return raw
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replaceAll('\0', '\uFFFD')
    .toWellFormed()
}

/**
 * The text as it will be stored: normalised as above, and found fit. Throws `invalid_request` for a text
 * without words, `limit_exceeded` over SOURCE_TEXT_BYTES_MAX or LINE_CHARS_MAX.
 */
export function storableText(raw: string): string {
  const text = normalizeText(raw)
  if (text.trim() === '') throw new AppError('invalid_request', 'The source has no text in it.')
  refuseTooMuch(text)
  return text
}

export function textTooLong(bytes: number) {
  const limit = inFull(SOURCE_TEXT_BYTES_MAX)
  return limitExceeded(`The text has ${inFull(bytes)} bytes; a source may have ${limit}.`)
}

export function lineTooLong(chars: number) {
  const limit = inFull(LINE_CHARS_MAX)
  return limitExceeded(`A line of the text has ${inFull(chars)} characters; a line may have ${limit}.`)
}

function refuseTooMuch(text: string) {
  const bytes = Buffer.byteLength(text)
  if (bytes > SOURCE_TEXT_BYTES_MAX) throw textTooLong(bytes)
  const line = longestLine(text)
  if (line > LINE_CHARS_MAX) throw lineTooLong(line)
}

function longestLine(text: string): number {
  let longest = 0
  for (let start = 0; start <= text.length; ) {
    const lineBreak = text.indexOf('\n', start)
    const end = lineBreak < 0 ? text.length : lineBreak
    longest = Math.max(longest, end - start)
    start = end + 1
  }
  return longest
}
