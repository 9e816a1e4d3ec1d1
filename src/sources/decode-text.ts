import { AppError } from '#src/errors.ts'

/** How files begin that are no text, whatever their name says. */
const BINARY_BEGINNINGS: [string, string][] = [
  ['%PDF-', 'a PDF'],
  ['PK\x03\x04', 'a Word document or another packed file'],
  ['\xD0\xCF\x11\xE0', 'a document of an older Office program'],
  ['{\\rtf', 'an RTF document'],
  ['\x89PNG', 'an image'],
  ['\xFF\xD8\xFF', 'an image'],
  ['GIF8', 'an image'],
  ['\x1F\x8B', 'a packed file'],
]

/**
 * The characters of a text file: UTF-8, or UTF-16 that says so with a byte order mark. Any other encoding
 * and anything that is no text is `unreadable_file`; nothing is guessed.
 */
export function decodeText(bytes: Uint8Array): string {
  const beginning = String.fromCharCode(...bytes.subarray(0, 8))
  const kind = BINARY_BEGINNINGS.find(([mark]) => beginning.startsWith(mark))?.[1]
  if (kind) throw unreadable(`The file is ${kind}, not a text.`)
  const encoding = encodingOf(bytes)
  if (encoding === 'utf-8' && bytes.includes(0))
    throw unreadable('The file has NUL bytes in it: it is not a text.')
  const text = decodeStrictly(bytes, encoding)
  if (text.includes('\0')) throw unreadable('The file has NUL characters in it: it is not a text.')
  return text
}

function encodingOf(bytes: Uint8Array) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}

function decodeStrictly(bytes: Uint8Array, encoding: 'utf-8' | 'utf-16le' | 'utf-16be'): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw unreadable(
      `The file is not ${encoding.toUpperCase()}: save it with the encoding UTF-8 and send it again.`,
    )
  }
}

function unreadable(message: string) {
  return new AppError('unreadable_file', message)
}
