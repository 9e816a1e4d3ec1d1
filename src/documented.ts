import type { TSchema } from '@sinclair/typebox'
import { type ErrorCode, errorStatus } from './errors.ts'
import { Problem } from './problem.ts'

/** Every route behind a principal can answer these. */
const ALWAYS: ErrorCode[] = ['unauthenticated', 'forbidden', 'not_found', 'invalid_request', 'internal']

/**
 * The part of a route that the API document is made of: operation id, summary, and a schema for every
 * status it can answer. `errors` are the codes beyond those every route shares.
 */
export function documented<Success extends Record<number, TSchema>>(
  operationId: string,
  summary: string,
  { description, success, errors = [] }: { description?: string; success: Success; errors?: ErrorCode[] },
) {
  const statuses = new Set([...ALWAYS, ...errors].map((code) => errorStatus[code]))
  const failures = Object.fromEntries([...statuses].sort().map((status) => [status, Problem]))
  return {
    detail: { operationId, summary, ...(description ? { description } : {}) },
    response: { ...failures, ...success } as Success,
  }
}
