import { Elysia } from 'elysia'
import { AppError } from './errors.ts'
import { UPLOAD_BYTES_MAX } from './sources/limits.ts'

export const JSON_BYTES_MAX = 4 * 1024 * 1024
/** Of a request that brings neither key nor session: all it can want is to sign in. */
export const ANONYMOUS_BYTES_MAX = 16 * 1024
export const JSON_DEPTH_MAX = 64
/** A file plus the multipart envelope around it. */
export const MULTIPART_BYTES_MAX = UPLOAD_BYTES_MAX + 64 * 1024

/** The routes that take a file as a multipart form; every other one takes JSON only. */
const FILE_ROUTES = new Set(['/api/v1/sources'])

/**
 * Reads request bodies: JSON, and multipart forms where a file is taken, each up to its limit, which is small for
 * whoever is not known; none is none. Anything a browser can send across sites without asking first (text, urlencoded forms) is refused by type.
 */
export function bodies(isKnown: (request: Request) => Promise<boolean>) {
  return new Elysia({ name: 'bodies' }).onParse({ as: 'global' }, async ({ request, route }) => {
    if (request.body === null) return null
    const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
    const takesFiles = FILE_ROUTES.has(route)
    if (type === 'application/json')
      return parseJson(await readUpTo(request, await limitFor(request, JSON_BYTES_MAX)))
    if (type === 'multipart/form-data' && takesFiles)
      return parseForm(request, await readUpTo(request, await limitFor(request, MULTIPART_BYTES_MAX)))
    if (request.headers.get('content-length') === '0') return null
    const accepted = takesFiles ? 'application/json or multipart/form-data' : 'application/json'
    throw new AppError('unsupported_media_type', `Send the body as ${accepted}.`)
  })

  async function limitFor(request: Request, bytesMax: number): Promise<number> {
    return (await isKnown(request)) ? bytesMax : ANONYMOUS_BYTES_MAX
  }
}

async function parseForm(request: Request, bytes: Uint8Array<ArrayBuffer>): Promise<Record<string, unknown>> {
  const form = await new Response(bytes, {
    headers: { 'content-type': request.headers.get('content-type')! },
  })
    .formData()
    .catch(() => {
      throw new AppError('malformed_body', 'The form could not be read.')
    })
  return Object.fromEntries(form.entries())
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return null
  refuseDeep(bytes)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return JSON.parse(text, NEEDS_REPAIR.test(text) ? repair : undefined)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('malformed_body', 'The body is not valid JSON in UTF-8.')
  }
}

// An escape can spell what no database can keep: half a surrogate pair, or NUL. It can spell a name as well.
const NEEDS_REPAIR = /toString|\\u(?:00|d[89a-f])/i

function repair(key: string, value: unknown): unknown {
  // Whoever puts such an object into a sentence, to say what is wrong with it, fails.
  if (key === 'toString') throw new AppError('malformed_body', 'No field of a body can be called `toString`.')
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value
}

async function readUpTo(request: Request, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () =>
    new AppError('body_too_large', `The body is larger than the limit of ${bytesMax} bytes.`)
  if (Number(request.headers.get('content-length')) > bytesMax) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > bytesMax) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

// Counted before parsing: validation walks the value recursively, and a deep one would exhaust the stack.
function refuseDeep(bytes: Uint8Array) {
  const [quote, backslash, open, close, openList, closeList] = [34, 92, 123, 125, 91, 93]
  let depth = 0
  let inString = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]
    if (inString) {
      if (byte === backslash) index++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === open || byte === openList) {
      if (++depth > JSON_DEPTH_MAX)
        throw new AppError(
          'limit_exceeded',
          `The JSON is nested deeper than the limit of ${JSON_DEPTH_MAX} levels.`,
        )
    } else if (byte === close || byte === closeList) depth--
  }
}
