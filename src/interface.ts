import type { HTMLBundle } from 'bun'
import page from './ui/index.html'

/** What a compiled binary turns the page's import into: its files, built and named by their content. */
type Manifest = { files?: { path: string; loader: string; headers: Record<string, string> }[] }

type Handler = (request: Request) => Response

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

/**
 * The routes of the interface: in a binary each built file with its own caching, compression and policy;
 * from source the page as Bun bundles it, with hot reload in development.
 */
export async function interfaceRoutes(): Promise<Record<string, HTMLBundle | Handler>> {
  const { files } = page as unknown as Manifest
  if (!files) return { '/*': page }
  const routes: Record<string, Handler> = {}
  for (const file of files) {
    const isPage = file.loader === 'html'
    const path = isPage ? '/*' : `/${file.path.replace(/^.*\//, '')}`
    routes[path] = fileHandler(await Bun.file(file.path).bytes(), {
      ...file.headers,
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': isPage ? 'no-cache' : 'public, max-age=31536000, immutable',
      ...(isPage ? { 'content-security-policy': CONTENT_SECURITY_POLICY } : {}),
    })
  }
  return routes
}

function fileHandler(body: Uint8Array<ArrayBuffer>, headers: Record<string, string>): Handler {
  let compressed: Uint8Array<ArrayBuffer> | undefined
  return (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405 })
    if (headers.etag && request.headers.get('if-none-match') === headers.etag)
      return new Response(null, { status: 304, headers })
    if (body.length < COMPRESSED_BYTES_MIN || !request.headers.get('accept-encoding')?.includes('gzip'))
      return new Response(body, { headers })
    compressed ??= Bun.gzipSync(body)
    return new Response(compressed, { headers: { ...headers, 'content-encoding': 'gzip' } })
  }
}
