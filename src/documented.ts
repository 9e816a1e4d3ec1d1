import type { TSchema } from '@sinclair/typebox'
import { type ErrorCode, errorStatus } from './errors.ts'
import { Problem } from './problem.ts'

/** Every route behind a principal can answer these … */
const BEHIND_PRINCIPAL: ErrorCode[] = [
  'project_missing',
  'unauthenticated',
  'forbidden',
  'not_found',
  'invalid_request',
  'rate_limited',
  'internal',
]
/** … and one that is open to everybody this one. */
const OPEN: ErrorCode[] = ['rate_limited', 'internal']

type Answers<Success> = { description?: string; success: Success; errors?: ErrorCode[]; open?: boolean }

/**
 * The part of a route that the API document is made of: operation id, summary, and a schema for every
 * status it can answer. `errors` are the codes beyond those that every route of its sort shares.
 */
export function documented<Success extends Record<number, TSchema>>(
  operationId: string,
  summary: string,
  { description, success, errors = [], open = false }: Answers<Success>,
) {
  const statuses = new Set([...(open ? OPEN : BEHIND_PRINCIPAL), ...errors].map((code) => errorStatus[code]))
  const failures = Object.fromEntries([...statuses].sort().map((status) => [status, Problem]))
  return {
    detail: { operationId, summary, ...(description ? { description } : {}) },
    response: { ...failures, ...success } as Success,
  }
}
