import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { HTMLBundle } from 'bun'
import { STRICT_TRANSPORT } from './problem.ts'
import page from './ui/index.html'

/** A file of the built interface: where it lies, and what it is asked for by, which is named by its content. */
export type InterfaceFile = { path: string; name: string; headers: Record<string, string> }

type Handler = (request: Request) => Response | Promise<Response>
type Bytes = Uint8Array<ArrayBuffer>

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data: https:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const COMPRESSED_BYTES_MIN = 1_024
/** Near the best there is, at a tenth of its time: a file is compressed once, when it is first asked for. */
const BROTLI_QUALITY = 9
const THEMES = ['light', 'dark'] as const

const compressors = {
  br: promisify((bytes: Bytes, done: (error: Error | null, result: Buffer) => void) =>
    brotliCompress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }, done),
  ),
  gzip: promisify((bytes: Bytes, done: (error: Error | null, result: Buffer) => void) => gzip(bytes, done)),
}

/**
 * The routes of the interface: of its built files, which `scripts/build-interface.ts` puts in the place of the page,
 * each with its own caching, compression and policy; from source the page as Bun bundles it, with hot reload.
 */
export async function interfaceRoutes(
  { files } = page as { files?: InterfaceFile[] },
  { secureCookies } = { secureCookies: false },
): Promise<Record<string, HTMLBundle | Handler>> {
  if (!files) return { '/*': page }
  const routes: Record<string, Handler> = {}
  for (const file of files) {
    const body = await Bun.file(file.path).bytes()
    const headers = {
      ...file.headers,
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      ...(secureCookies ? STRICT_TRANSPORT : {}),
    }
    if (file.name.endsWith('.html')) routes['/*'] = pageHandler(body, headers)
    else
      routes[`/${file.name}`] = fileHandler(body, {
        ...headers,
        'cache-control': 'public, max-age=31536000, immutable',
      })
  }
  return routes
}

/** The page, sent in the theme that its reader chose, so that it never shows itself in the other one first. */
function pageHandler(body: Bytes, given: Record<string, string>): Handler {
  const html = new TextDecoder().decode(body)
  const headers = {
    ...given,
    vary: 'accept-encoding, cookie',
    'cache-control': 'no-cache',
    'content-security-policy': CONTENT_SECURITY_POLICY,
  }
  const inSystemTheme = fileHandler(body, headers)
  const inTheme = Object.fromEntries(
    THEMES.map((theme) => {
      const themed = new TextEncoder().encode(html.replace('<html ', `<html data-theme="${theme}" `))
      return [theme, fileHandler(themed, { ...headers, etag: `"${Bun.hash(themed).toString(36)}"` })]
    }),
  )
  return (request) => {
    const theme = new Bun.CookieMap(request.headers.get('cookie') ?? '').get('quill_theme') ?? ''
    const handler = Object.hasOwn(inTheme, theme) ? inTheme[theme]! : inSystemTheme
    return handler(request)
  }
}

function fileHandler(body: Bytes, headers: Record<string, string>): Handler {
  const compressed = new Map<string, Promise<Buffer>>()
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405 })
    if (headers.etag && request.headers.get('if-none-match') === headers.etag)
      return new Response(null, { status: 304, headers })
    const accepted = request.headers.get('accept-encoding') ?? ''
    const encoding = (['br', 'gzip'] as const).find((name) => accepted.includes(name))
    if (body.length < COMPRESSED_BYTES_MIN || !encoding) return new Response(body, { headers })
    if (!compressed.has(encoding)) compressed.set(encoding, compressors[encoding](body))
    const bytes = new Uint8Array(await compressed.get(encoding)!)
    return new Response(bytes, { headers: { ...headers, 'content-encoding': encoding } })
  }
}
