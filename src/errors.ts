/** The closed list of error codes and the HTTP status of each. `docs/errors.md` explains every one. */
export const errorStatus = {
  malformed_body: 400,
  idempotency_key_missing: 400,
  project_missing: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  idempotency_key_reused: 409,
  precondition_failed: 412,
  body_too_large: 413,
  unsupported_media_type: 415,
  invalid_request: 422,
  limit_exceeded: 422,
  unreadable_file: 422,
  source_too_short: 422,
  address_refused: 422,
  address_unreachable: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const

export type ErrorCode = keyof typeof errorStatus

/** What may pass by itself: a job that met it is tried again. */
const passing: ReadonlySet<ErrorCode> = new Set(['address_unreachable', 'rate_limited', 'unavailable'])

/** One thing that is wrong with a request: `path` is a JSON pointer into the body, or the parameter's name. */
export type Issue = { path: string; message: string }

/**
 * A failure whose message is meant for the caller.
 * The field is `kind`, not `code`: Elysia would take a `code` for one of its own.
 */
export class AppError extends Error {
  constructor(
    readonly kind: ErrorCode,
    message: string,
    readonly issues: Issue[] = [],
  ) {
    super(message)
    this.name = 'AppError'
  }

  get status(): number {
    return errorStatus[this.kind]
  }

  get mayPass(): boolean {
    return passing.has(this.kind)
  }
}

/** What another project owns and what does not exist look the same from outside. */
export const notFound = (what: string) => new AppError('not_found', `There is no such ${what}.`)

/** A caller went over a named limit: the message carries the figure. */
export const limitExceeded = (message: string) => new AppError('limit_exceeded', message)
