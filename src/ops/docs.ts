import { openapi } from '@elysiajs/openapi'
import { Elysia } from 'elysia'
import swaggerStyle from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' }
import swaggerScript from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' }
import { JSON_BYTES_MAX, JSON_DEPTH_MAX, MULTIPART_BYTES_MAX } from '#src/body.ts'
import { renderHtml } from '#src/documents/render.ts'
import { PAGE_SIZE_MAX } from '#src/paging.ts'
import * as sourceLimits from '#src/sources/limits.ts'
import { NAME, VERSION } from '#src/version.ts'
import errorPages from '../../docs/errors.md' with { type: 'text' }

const DAY_SECONDS = 86_400
const hidden = {
  detail: { hide: true, 'x-permission': 'none', 'x-open-because': 'the documentation is public' },
}

/** The API document, Swagger UI with its files served by ourselves, and the page that explains the error codes. */
export const docs = new Elysia({ name: 'docs' })
  .get('/docs/swagger-ui.js', () => asset(swaggerScript, 'text/javascript'), hidden)
  .get('/docs/swagger-ui.css', () => asset(swaggerStyle, 'text/css'), hidden)
  .get('/docs/errors', errorPage, hidden)
  .use(
    openapi({
      path: '/docs',
      provider: 'swagger-ui',
      swagger: { cdn: '/docs/swagger-ui.js', theme: '/docs/swagger-ui.css', persistAuthorization: true },
      documentation: {
        info: { title: NAME, version: VERSION, description: introduction(), license: { name: 'MIT' } },
        components: {
          securitySchemes: {
            apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `qk_live_…`.' },
            session: { type: 'apiKey', in: 'cookie', name: 'quill_session' },
          },
        },
      },
    }),
  )

function introduction(): string {
  const limits = {
    JSON_BYTES_MAX,
    JSON_DEPTH_MAX,
    MULTIPART_BYTES_MAX,
    PAGE_SIZE_MAX,
    ...Object.fromEntries(Object.entries(sourceLimits).filter(([, value]) => typeof value === 'number')),
  }
  return [
    'From a transcript to a published post, with every sentence traceable to the words it came from.',
    'Errors are problem documents (RFC 9457); their codes are explained at [/docs/errors](/docs/errors).',
    'Limits:',
    Object.entries(limits)
      .map(([name, value]) => `- \`${name}\`: ${value.toLocaleString('en')}`)
      .join('\n'),
  ].join('\n\n')
}

const asset = (path: string, type: string) =>
  new Response(Bun.file(path), {
    headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': `public, max-age=${DAY_SECONDS}` },
  })

function errorPage(): Response {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Errors · ${NAME}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<main>${renderHtml(errorPages)}</main></html>`
  return new Response(page, {
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'" },
  })
}
