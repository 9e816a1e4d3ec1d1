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
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
    },
    pino.destination({ fd: 2, sync: true }),
  )
}
