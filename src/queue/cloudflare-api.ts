import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { type FetchResponse, ofetch } from 'ofetch'
import type { Secret } from '#src/secret.ts'
import { type Clock, realClock } from './cloudflare-clock.ts'
import { CloudflareError, type Refusal } from './cloudflare-errors.ts'
import { type Pace, requestPace } from './cloudflare-pace.ts'

/** One request, its whole body included. */
const REQUEST_MS_MAX = 15_000
/** How long a call may wait for its turn before whoever called is better told. */
const PATIENCE_MS = 20_000
/** A call that may be repeated is repeated so often … */
const TRIES_MAX = 4
/** … after pauses that double, each shortened by chance by up to half. */
const PAUSE_MS = 250

export type ApiOptions = {
  /** `https://api.cloudflare.com/client/v4/accounts/<account>/queues`. */
  queuesUrl: string
  token: Secret
  clock?: Clock
}

export type ApiCall<T extends TSchema> = {
  /** What it is for, as it ends the sentence `when asked to …`. */
  to: string
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the queues, with its slash. */
  path: string
  body?: object
  /** What is needed of `result`. */
  result: T
  /** Not repeated: for calls that cost something when their answer is lost. */
  once?: boolean
  /** Pulls and acknowledgements do not count against the limit of the API. */
  uncounted?: boolean
}

export type CloudflareApi = {
  /**
   * Makes a call, and repeats it while that may help. Throws CloudflareError, which says what to do and holds
   * nothing secret. An answer with `success: false` is a failure whatever its status is.
   */
  call<T extends TSchema>(call: ApiCall<T>): Promise<Static<T>>
}

const Envelope = Type.Object({
  success: Type.Boolean(),
  errors: Type.Optional(
    Type.Array(Type.Object({ code: Type.Optional(Type.Number()), message: Type.Optional(Type.String()) })),
  ),
  result: Type.Optional(Type.Unknown()),
})

type Attempt = { result: unknown } | { refusal: Refusal }

/** Cloudflare's REST API, as far as it is about queues. */
export function cloudflareApi({ queuesUrl, token, clock = realClock }: ApiOptions): CloudflareApi {
  const pace = requestPace(clock)

  return {
    async call(request) {
      for (let tries = 1; ; tries++) {
        const attempt = await attemptInTurn(request)
        if ('result' in attempt) {
          if (Value.Check(request.result, attempt.result)) return attempt.result
          throw new CloudflareError(request.to, {
            status: 200,
            text: 'the answer has another form than is known',
          })
        }
        const error = new CloudflareError(request.to, withoutToken(attempt.refusal))
        const pauseMs = pauseAfter(error, tries)
        if (request.once || pauseMs === undefined) throw error
        await clock.sleep(pauseMs)
      }
    },
  }

  async function attemptInTurn(request: ApiCall<TSchema>): Promise<Attempt> {
    const retryAfterMs = request.uncounted ? 0 : await pace.take(PATIENCE_MS)
    if (retryAfterMs > 0)
      return { refusal: { status: 429, text: 'the limit of requests is reached', retryAfterMs } }
    const attempt = await attemptOnce(request)
    if ('refusal' in attempt && attempt.refusal.status === 429 && !request.uncounted)
      pace.block(attempt.refusal.retryAfterMs ?? 0)
    return attempt
  }

  async function attemptOnce({ method = 'POST', path, body, uncounted }: ApiCall<TSchema>): Promise<Attempt> {
    let response: FetchResponse<string>
    try {
      response = await ofetch.raw(queuesUrl + path, {
        method,
        headers: { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' },
        body: body && JSON.stringify(body),
        responseType: 'text',
        ignoreResponseError: true,
        retry: false,
        redirect: 'error',
        signal: AbortSignal.timeout(REQUEST_MS_MAX),
      })
    } catch (error) {
      // Only its kind: the whole of it carries the request, and the request carries the token.
      return { refusal: { status: 0, text: reasonOf(error) } }
    }
    if (!uncounted) heedLimit(pace, response.headers)
    return read(response)
  }

  function withoutToken(refusal: Refusal): Refusal {
    return { ...refusal, text: refusal.text.replaceAll(token.reveal(), '[redacted]') }
  }
}

/** How long to wait before the next try; nothing when another try is of no use, or not for whoever waits here. */
function pauseAfter({ action, retryAfterMs = 0 }: CloudflareError, tries: number): number | undefined {
  if (action !== 'again' && action !== 'later') return undefined
  if (tries >= TRIES_MAX || retryAfterMs > PATIENCE_MS) return undefined
  if (action === 'later' && retryAfterMs === 0) return undefined
  return Math.max(retryAfterMs, PAUSE_MS * 2 ** (tries - 1) * (1 - Math.random() / 2))
}

function read(response: FetchResponse<string>): Attempt {
  const { status } = response
  const retryAfterMs = secondsOf(response.headers.get('retry-after'))
  const envelope = parse(response._data ?? '')
  if (!envelope) return { refusal: { status, text: 'the answer is no JSON of its API', retryAfterMs } }
  if (response.ok && envelope.success) return { result: envelope.result }
  const [first] = envelope.errors ?? []
  // A refusal under status 200 says nothing by its status.
  const said = { code: first?.code, text: first?.message ?? 'no reason given', retryAfterMs }
  return { refusal: { ...said, status: response.ok ? 500 : status } }
}

function parse(text: string): Static<typeof Envelope> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Value.Check(Envelope, value) ? value : undefined
  } catch {
    return undefined
  }
}

function heedLimit(pace: Pace, headers: Headers) {
  const remaining = headers.get('x-ratelimit-remaining')
  if (remaining !== null && /^\d+$/.test(remaining)) pace.heed(Number(remaining))
}

/** `retry-after` in milliseconds; Cloudflare gives it in seconds. */
function secondsOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined
}

function reasonOf(error: unknown): string {
  const { cause, name, code } = error as Error & { code?: unknown }
  if (cause instanceof Error) return reasonOf(cause)
  return name === 'TimeoutError' ? `nothing within ${REQUEST_MS_MAX} ms` : String(code ?? name)
}
