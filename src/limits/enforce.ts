import { AppError } from '#src/errors.ts'
import { inWords } from './in-words.ts'
import type { Taking } from './window.ts'

type Headers = Record<string, string | number | undefined>

/**
 * Tells a client where it stands, in the headers of its answer (draft-ietf-httpapi-ratelimit-headers-06:
 * seconds, and after them some of the limit comes back, not all of it). Of several limits the one with the
 * least left is told. Throws `rate_limited`, with `Retry-After`, when the limit allowed no more.
 */
export function enforce(taking: Taking, headers: Headers) {
  const told = headers['ratelimit-remaining']
  if (told === undefined || taking.remaining <= Number(told)) Object.assign(headers, rateHeaders(taking))
  if (taking.allowed) return
  headers['retry-after'] = String(wholeSeconds(taking))
  throw new AppError('rate_limited', refusal(taking))
}

const rateHeaders = (taking: Taking) => ({
  'ratelimit-limit': String(taking.limit),
  'ratelimit-remaining': String(taking.remaining),
  'ratelimit-reset': String(wholeSeconds(taking)),
})

/** Why a taking was refused, and when to try again: for whoever asks too often, whoever that is. */
export const refusal = ({ rule, resetMs }: Taking) => `${rule} Try again in ${inWords(Math.max(1, resetMs))}.`

const wholeSeconds = ({ resetMs }: Taking) => Math.max(1, Math.ceil(resetMs / 1000))
