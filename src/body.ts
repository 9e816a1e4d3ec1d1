import { Elysia } from 'elysia'
import { AppError } from './errors.ts'
import { UPLOAD_BYTES_MAX } from './sources/limits.ts'

export const JSON_BYTES_MAX = 4 * 1024 * 1024
export const JSON_DEPTH_MAX = 64
/** A file plus the multipart envelope around it. */
export const MULTIPART_BYTES_MAX = UPLOAD_BYTES_MAX + 64 * 1024

/**
 * Reads request bodies: JSON and multipart forms, nothing else, each up to its limit.
 * Anything a browser can send across sites without asking first (text, urlencoded forms) is refused by type.
 */
export const bodies = new Elysia({ name: 'bodies' }).onParse({ as: 'global' }, async ({ request }) => {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json') return parseJson(await readUpTo(request, JSON_BYTES_MAX))
  if (type === 'multipart/form-data') return parseForm(request)
  throw new AppError('unsupported_media_type', 'Send application/json or multipart/form-data.')
})

async function parseForm(request: Request): Promise<Record<string, unknown>> {
  const bytes = await readUpTo(request, MULTIPART_BYTES_MAX)
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
  refuseDeep(bytes)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new AppError('malformed_body', 'The body is not valid JSON in UTF-8.')
  }
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
