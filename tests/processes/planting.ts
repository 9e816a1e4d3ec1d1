import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A place where no secret belongs: what it is called, and what is in it. */
export type Place = { name: string; bytes: Buffer }
export type Secrets = Record<string, string>

/** How a text may stand somewhere: as it is, and as what carries it may write it. */
export function formsOf(text: string): Record<string, Buffer> {
  const bytes = Buffer.from(text)
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const forms: Record<string, string | Buffer> = {
    raw: bytes,
    'in JSON': JSON.stringify(text).slice(1, -1),
    'percent-encoded': encodeURIComponent(text),
    'percent-encoded in lower case': encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
    'percent-encoded as a form': new URLSearchParams({ x: text }).toString().slice(2),
    'percent-encoded throughout': percent,
    'percent-encoded throughout, in upper case': percent.toUpperCase(),
    hex: bytes.toString('hex'),
    'hex in upper case': bytes.toString('hex').toUpperCase(),
    'UTF-16': Buffer.from(text, 'utf16le'),
  }
  for (const before of [0, 1, 2])
    for (const encoding of ['base64', 'base64url'] as const)
      forms[`${encoding} after ${before} bytes`] = amidBase64(bytes, before, encoding)
  return Object.fromEntries(Object.entries(forms).map(([name, form]) => [name, Buffer.from(form)]))
}

/** What base64 makes of bytes that others stand around: the digits that depend on them alone. */
function amidBase64(bytes: Buffer, before: number, encoding: 'base64' | 'base64url'): string {
  const all = Buffer.concat([Buffer.alloc(before), bytes])
    .toString(encoding)
    .replace(/=+$/, '')
  const first = Math.ceil((before * 8) / 6)
  const last = Math.floor(((before + bytes.length) * 8) / 6)
  return all.slice(first, last)
}

/** Where a secret was found, and in which form: a line for each. */
export function findSecrets(secrets: Secrets, places: Place[]): string[] {
  return Object.entries(secrets).flatMap(([name, text]) =>
    Object.entries(formsOf(text)).flatMap(([form, needle]) =>
      places
        .filter(({ bytes }) => bytes.includes(needle))
        .map((place) => `${name}, ${form}, in ${place.name}`),
    ),
  )
}

/** Every file in a folder and below whose name ends like this. */
export function filesIn(folder: string, ending = ''): Place[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path.endsWith(ending))
    .map((path) => ({ name: path.slice(folder.length + 1), bytes: readFileSync(path) }))
}
