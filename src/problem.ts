import { type Static, Type as t } from '@sinclair/typebox'
import { Elysia, ValidationError } from 'elysia'
import { AppError, type ErrorCode, errorStatus } from './errors.ts'
import { invalidRequest, type RequestParts } from './invalid-request.ts'
import type { Log } from './log.ts'
import { oneOf } from './one-of.ts'

/** RFC 9457 problem document. */
export const Problem = t.Object(
  {
    type: t.String({ description: 'Where the code is explained.' }),
    title: t.String(),
    status: t.Integer(),
    detail: t.String({ description: 'What went wrong, in words a person can act on.' }),
    code: oneOf(Object.keys(errorStatus) as ErrorCode[]),
    requestId: t.String(),
    issues: t.Optional(t.Array(t.Object({ path: t.String(), message: t.String() }))),
  },
  { title: 'Problem', description: 'RFC 9457 problem document.' },
)
export type Problem = Static<typeof Problem>

const REQUEST_ID_FORMAT = /^[\w.:-]{1,128}$/

/** Of every answer, unless its route says otherwise: it is data, to be shown and framed by nobody. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}
/** Where PUBLIC_URL says that people come by HTTPS. */
export const STRICT_TRANSPORT = { 'strict-transport-security': 'max-age=31536000' }

const DISK_FULL = 'The disk that Quill writes to is full. Nothing was changed; try again when there is room.'

/** Ids of requests that bring none: unique among processes by the first part, in a process by the count. */
const PROCESS_ID = crypto.randomUUID().slice(0, 13)
let requestCount = 0

/** Gives every request an id and turns every failure into a problem document. Registered before the routes. */
export function problems(log: Log, { secureCookies }: { secureCookies: boolean } = { secureCookies: false }) {
  const onEvery = { ...SECURITY_HEADERS, ...(secureCookies ? STRICT_TRANSPORT : {}) }
  return new Elysia({ name: 'problems' })
    .onRequest(({ request, set }) => {
      const sent = request.headers.get('x-request-id')
      set.headers['x-request-id'] =
        sent !== null && REQUEST_ID_FORMAT.test(sent) ? sent : `${PROCESS_ID}-${++requestCount}`
      Object.assign(set.headers, onEvery)
    })
    .onError({ as: 'global' }, ({ code, error, request, set, params, query, headers }) => {
      const requestId = String(set.headers['x-request-id'])
      const failure = asAppError(code, error, { params, query, headers })
      const about = { requestId, method: request.method, path: new URL(request.url).pathname }
      if (failure.kind === 'internal' || isDiskFull(error))
        log.error({ ...about, err: error }, 'request failed')
      else log.info({ ...about, code: failure.kind, detail: failure.message }, 'request refused')
      return problemResponse(failure, requestId, set.headers)
    })
}

export function problemResponse(
  failure: AppError,
  requestId: string,
  headers: Record<string, unknown> = {},
): Response {
  const problem: Problem = {
    type: `/docs/errors#${failure.kind.replaceAll('_', '-')}`,
    title: titleOf(failure.kind),
    status: failure.status,
    detail: failure.message,
    code: failure.kind,
    requestId,
    ...(failure.issues.length ? { issues: failure.issues } : {}),
  }
  return new Response(JSON.stringify(problem), {
    status: failure.status,
    headers: {
      ...stringsOnly(headers),
      'content-type': 'application/problem+json',
      ...(failure.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
  })
}

/** What the caller may know of a failure: unknown ones say "internal" and nothing more. */
function asAppError(code: unknown, error: unknown, context: RequestParts): AppError {
  if (error instanceof AppError) return error
  if (error instanceof Error && error.cause instanceof AppError) return error.cause
  if (error instanceof ValidationError && error.type !== 'response') return invalidRequest(error, context)
  if (code === 'NOT_FOUND') return new AppError('not_found', 'There is nothing at this address.')
  if (isDiskFull(error)) return new AppError('unavailable', DISK_FULL)
  if (code === 'PARSE') return new AppError('malformed_body', 'The body could not be read.')
  return new AppError('internal', 'Something failed on our side. Nothing was changed; try again.')
}

/** So says the engine of a commit that it took back. */
const isDiskFull = (error: unknown): boolean =>
  error instanceof Error &&
  [error, error.cause].some((one) => (one as { code?: unknown } | undefined)?.code === 'SQLITE_FULL')

const titleOf = (code: ErrorCode) => code.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase())

const stringsOnly = (headers: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
