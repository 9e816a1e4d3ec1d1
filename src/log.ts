import pino from 'pino'
import type { LogLevel } from './setting-values.ts'

const SECRET_FIELDS = ['authorization', 'cookie', 'key', 'apiKey', 'token', 'password', 'secret']

export type Log = pino.Logger

/** Structured logs on standard error, one JSON object a line, with the fields that carry secrets blanked. */
export function createLog(level: LogLevel): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
    },
    pino.destination({ fd: 2, sync: true }),
  )
}

type LoggedError = { type: string; message: string; stack: string; code?: unknown; cause?: LoggedError }

/**
 * An error for the log, with what caused it. What a statement was called with is left out: a query builder puts it
 * into its message, and it holds hashes, tokens and people's words.
 */
function describeError(error: unknown): LoggedError | unknown {
  if (!(error instanceof Error)) return error
  const { code, query, cause } = error as Error & { code?: unknown; query?: unknown }
  const message = typeof query === 'string' ? `Failed query: ${query}` : error.message
  const stack = (error.stack ?? '').replace(error.message, message)
  return {
    type: error.name,
    message,
    stack,
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  }
}
