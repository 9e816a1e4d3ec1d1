/** Where every symptom has its cure. */
export const CLOUDFLARE_DOCS = 'docs/DEPLOYMENT.md#symptoms-and-cures'

/**
 * What to do about a failure: call `again` soon, call again `later` when the time it names has passed, `mend` the
 * account or the settings, or correct this program, for the fault is `ours`.
 */
export type Action = 'again' | 'later' | 'mend' | 'ours'

type Cure = { action: Action; remedy: string }

const RUN_SETUP = 'Run `bun scripts/cloudflare-setup.ts`, or correct CF_QUEUE_NAME or CF_QUEUE_ID.'
const CHECK_TOKEN =
  'Give CF_API_TOKEN the permission Account › Queues › Edit for the account CF_ACCOUNT_ID, or make a new token.'
const REPORT = 'This is a fault of Quill: please report it.'

/**
 * Every code that Cloudflare documents for Queues, and those that its live service was seen to answer.
 * https://developers.cloudflare.com/queues/reference/error-codes/
 */
const CURES: Record<number, Cure> = {
  971: {
    action: 'later',
    remedy:
      'Too many requests with this token; it is tried again. Do other programs use it? Give Quill one of its own.',
  },
  7003: { action: 'mend', remedy: 'Correct CF_ACCOUNT_ID or CF_QUEUE_URL.' },
  10000: { action: 'mend', remedy: CHECK_TOKEN },
  10013: { action: 'mend', remedy: RUN_SETUP },
  10026: { action: 'ours', remedy: REPORT },
  10104: { action: 'mend', remedy: RUN_SETUP },
  10105: { action: 'mend', remedy: RUN_SETUP },
  10106: { action: 'mend', remedy: CHECK_TOKEN },
  10107: {
    action: 'mend',
    remedy: 'CF_QUEUE_ID and CF_QUEUE_URL take the id of a queue, not its name: leave them out.',
  },
  10201: { action: 'again', remedy: 'The connection broke; it is tried again.' },
  10202: { action: 'ours', remedy: REPORT },
  10203: { action: 'ours', remedy: REPORT },
  10204: { action: 'ours', remedy: REPORT },
  10205: { action: 'ours', remedy: REPORT },
  10206: { action: 'ours', remedy: REPORT },
  10207: { action: 'ours', remedy: REPORT },
  10208: { action: 'ours', remedy: REPORT },
  10250: { action: 'again', remedy: 'Cloudflare is overloaded; it is tried again.' },
  10251: { action: 'later', remedy: 'The queue is full: start workers, or purge it.' },
  10252: { action: 'later', remedy: 'The queue is paused or disabled: resume it in the dashboard.' },
  10253: {
    action: 'later',
    remedy: "The free plan's operations of the day are used up: change to Workers Paid.",
  },
  11000: { action: 'mend', remedy: RUN_SETUP },
  11003: { action: 'mend', remedy: 'Name the queue with lower-case letters, digits and hyphens.' },
  11004: { action: 'mend', remedy: 'Remove the consumer that the queue has, then run the setup again.' },
  11005: { action: 'mend', remedy: 'Remove the consumer of the queue first.' },
  11006: { action: 'mend', remedy: RUN_SETUP },
  11009: { action: 'mend', remedy: 'A queue of this name exists already.' },
  11017: { action: 'mend', remedy: 'Another queue sends its dead letters there: change that first.' },
  15000: { action: 'again', remedy: 'Cloudflare has a fault; it is tried again.' },
}

const NOT_PULLABLE: Cure = {
  action: 'mend',
  remedy: 'The queue has no consumer of the type http_pull: run `bun scripts/cloudflare-setup.ts`.',
}
const PAUSED: Cure = { action: 'later', remedy: 'The queue is paused: resume it.' }

/** What Cloudflare said, or that it said nothing: status 0. */
export type Refusal = { status: number; code?: number; text: string; retryAfterMs?: number }

/**
 * A call of Cloudflare's API that came to nothing, with what to do about it. It holds nothing of the request:
 * whoever logs it logs no token.
 */
export class CloudflareError extends Error {
  override name = 'CloudflareError'
  readonly status: number
  readonly code: number | undefined
  readonly action: Action
  readonly remedy: string
  /** How long to stay away, when Cloudflare said so. */
  readonly retryAfterMs: number | undefined
  readonly docs = CLOUDFLARE_DOCS

  constructor(what: string, refusal: Refusal) {
    const { status, code, text, retryAfterMs } = refusal
    const { action, remedy } = cureOf(refusal)
    const said = status === 0 ? 'gave no answer' : `answered ${status}${code ? `, code ${code}` : ''}`
    super(
      `Cloudflare ${said} when asked to ${what}: ${text}. ${remedy} See ${CLOUDFLARE_DOCS} in Quill's repository.`,
    )
    this.status = status
    this.code = code
    this.action = action
    this.remedy = remedy
    this.retryAfterMs = retryAfterMs
  }

  /** The queue delivers nothing because somebody paused it. */
  get isPause(): boolean {
    return this.code === 10_252 || (this.status === 409 && !this.code)
  }

  /** There is no queue of the id that was asked. */
  get isQueueMissing(): boolean {
    return this.code === 10_104 || this.code === 11_000 || (this.status === 404 && !this.code)
  }
}

function cureOf({ status, code }: Refusal): Cure {
  const known = code === undefined ? undefined : CURES[code]
  if (known) return known
  if (status === 0)
    return { action: 'again', remedy: 'Check the network and CF_QUEUE_URL; it is tried again.' }
  if (status === 401 || status === 403) return { action: 'mend', remedy: CHECK_TOKEN }
  if (status === 404) return { action: 'mend', remedy: RUN_SETUP }
  if (status === 405) return NOT_PULLABLE
  if (status === 409 && !code) return PAUSED
  if (status === 429) return { action: 'later', remedy: 'Too many requests; it is tried again.' }
  if (status >= 400 && status < 500 && status !== 408) return { action: 'ours', remedy: REPORT }
  return { action: 'again', remedy: 'Cloudflare has a fault; it is tried again.' }
}
