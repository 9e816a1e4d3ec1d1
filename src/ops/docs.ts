import { Elysia } from 'elysia'
import swaggerStyle from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' }
import swaggerScript from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' }
import { SESSION_COOKIE } from '#src/accounts/browser-cookies.ts'
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from '#src/accounts/passwords.ts'
import { NAME_CHARS_MAX } from '#src/accounts/schemas.ts'
import { SECTIONS_PER_POST_MAX } from '#src/ai/schemas.ts'
import { ANONYMOUS_BYTES_MAX, JSON_BYTES_MAX, JSON_DEPTH_MAX, MULTIPART_BYTES_MAX } from '#src/body.ts'
import { FRONTMATTER_CHARS_MAX } from '#src/documents/frontmatter.ts'
import { MARKDOWN_BYTES_MAX, SECTIONS_MAX } from '#src/documents/markdown.ts'
import { renderHtml } from '#src/documents/render.ts'
import { EMAIL_CHARS_MAX } from '#src/email-address.ts'
import { rateLimits } from '#src/limits/rate-limits.ts'
import { SIGN_IN_RULE } from '#src/limits/sign-in.ts'
import { PAGE_SIZE_MAX } from '#src/paging.ts'
import { IDEMPOTENCY_KEY_CHARS_MAX } from '#src/pipelines/idempotency.ts'
import { WAIT_SECONDS_MAX } from '#src/pipelines/prefer.ts'
import { STEP_INPUT_BYTES_MAX } from '#src/pipelines/start.ts'
import { SOURCES_PER_DOCUMENT_MAX, WORDS_PER_RUN_MAX } from '#src/pipelines/steps.ts'
import { KEY_ADDRESSES_MAX, KEY_NAME_CHARS_MAX, KEY_PROJECTS_MAX } from '#src/projects/api-keys.ts'
import { INVITATION_DAYS } from '#src/projects/invitations.ts'
import { KEYS_PER_PERSON_MAX } from '#src/projects/manage-keys.ts'
import { MEMBERS_MAX } from '#src/projects/members.ts'
import { PROJECT_NAME_CHARS_MAX, PROJECTS_PER_PERSON_MAX } from '#src/projects/projects.ts'
import * as sourceLimits from '#src/sources/limits.ts'
import { NAME, VERSION } from '#src/version.ts'
import errorPages from '../../docs/errors.md' with { type: 'text' }
import { describeRoutes, type Route } from './openapi-document.ts'

const DAY_SECONDS = 86_400

/** Swagger UI writes its styles into the page, and shows pictures that it holds itself. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The API document, Swagger UI with its files served by ourselves, and the page that explains the error codes. */
export function docs(routes: Route[]) {
  const describe = remember(() => openapiDocument(routes))
  return new Elysia({ name: 'docs' })
    .get('/docs', () => html(swaggerPage, PAGE_POLICY))
    .get('/docs/json', () => describe())
    .get(
      '/docs/start.js',
      () => new Response(swaggerStart, { headers: { 'content-type': 'text/javascript' } }),
    )
    .get('/docs/swagger-ui.js', () => asset(swaggerScript, 'text/javascript'))
    .get('/docs/swagger-ui.css', () => asset(swaggerStyle, 'text/css'))
    .get('/docs/errors', () =>
      html(
        errorPage(),
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      ),
    )
    .get('/docs/errors.css', () => new Response(errorStyle, { headers: { 'content-type': 'text/css' } }))
}

const swaggerPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${NAME} API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/swagger-ui.css"><div id="swagger-ui"></div>
<script src="/docs/swagger-ui.js"></script><script src="/docs/start.js"></script></html>`

const swaggerStart =
  "SwaggerUIBundle({ url: '/docs/json', dom_id: '#swagger-ui', persistAuthorization: true, deepLinking: true })"

function openapiDocument(routes: Route[]) {
  const { paths, schemas } = describeRoutes(routes)
  return {
    openapi: '3.1.1',
    info: {
      title: NAME,
      version: VERSION,
      description: introduction(),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }, { session: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `qk_live_…`.' },
        session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
      },
    },
  }
}

function introduction(): string {
  const limits = {
    JSON_BYTES_MAX,
    ANONYMOUS_BYTES_MAX,
    JSON_DEPTH_MAX,
    MULTIPART_BYTES_MAX,
    PAGE_SIZE_MAX,
    MARKDOWN_BYTES_MAX,
    SECTIONS_MAX,
    FRONTMATTER_CHARS_MAX,
    SOURCES_PER_DOCUMENT_MAX,
    SECTIONS_PER_POST_MAX,
    WORDS_PER_RUN_MAX,
    STEP_INPUT_BYTES_MAX,
    IDEMPOTENCY_KEY_CHARS_MAX,
    WAIT_SECONDS_MAX,
    PASSWORD_CHARS_MIN,
    PASSWORD_CHARS_MAX,
    NAME_CHARS_MAX,
    EMAIL_CHARS_MAX,
    PROJECT_NAME_CHARS_MAX,
    PROJECTS_PER_PERSON_MAX,
    MEMBERS_MAX,
    INVITATION_DAYS,
    KEYS_PER_PERSON_MAX,
    KEY_NAME_CHARS_MAX,
    KEY_PROJECTS_MAX,
    KEY_ADDRESSES_MAX,
    ...Object.fromEntries(Object.entries(sourceLimits).filter(([, value]) => typeof value === 'number')),
  }
  return [
    'From a transcript to a post, with every sentence traceable to the words it came from.',
    'Errors are problem documents (RFC 9457); their codes are explained at [/docs/errors](/docs/errors).',
    'A request acts in one project: the one of the session or key, or the one that `Quill-Project` names. `x-permission` of an operation is the right it needs there; `GET /api/v1/rights` says which role has it.',
    'Limits:',
    Object.entries(limits)
      .map(([name, value]) => `- \`${name}\`: ${value.toLocaleString('en')}`)
      .join('\n'),
    'Rate limits, told in `RateLimit-*` headers and by 429 with `Retry-After`:',
    [...rateLimits.map(({ rule }) => rule), SIGN_IN_RULE].map((rule) => `- ${rule}`).join('\n'),
  ].join('\n\n')
}

const asset = (path: string, type: string) =>
  new Response(Bun.file(path), {
    headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': `public, max-age=${DAY_SECONDS}` },
  })

const errorPage = () => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Errors · ${NAME}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/docs/errors.css"><main>${renderHtml(errorPages)}</main></html>`

const errorStyle =
  'main { max-width: 68ch; margin: 48px auto; padding: 0 16px; font: 17px/1.6 Charter, Georgia, serif } h2 { font: 600 17px ui-monospace, monospace; margin-top: 32px } :target { color: light-dark(#233d8f, #9db4ff) }'

const html = (page: string, policy: string) =>
  new Response(page, {
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
  })

function remember<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
