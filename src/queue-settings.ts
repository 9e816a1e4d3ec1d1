import { isLoopback } from './loopback.ts'
import { Secret } from './secret.ts'

/** Where all of this is explained, from the account to the token. */
const DOCS = 'docs/DEPLOYMENT.md#cloudflare-queues'
const DOCS_INLINE = 'docs/DEPLOYMENT.md#a-single-machine'

/** What the settings say of Cloudflare Queues. */
export type CloudflareSettings = {
  accountId: string
  token: Secret
  queueName: string
  /** The queue of what could not be delivered, if there is one. */
  deadLetterName?: string
  /** `<api>/accounts/<account>/queues/<id or name>/messages`, where that is not Cloudflare's own address. */
  queueUrl?: string
  /** Spares looking the name up. */
  queueId?: string
}

export type QueueSettings = { backend: 'inline' } | ({ backend: 'cloudflare' } & CloudflareSettings)

/** The settings themselves; whether they will do is said of all of them together. */
export const queueSettings = {
  QUEUE: optional('Where jobs wait: `inline`, in the database of one machine, or `cloudflare`.'),
  USE_INLINE_QUEUE: optional(
    'The same by yes and no: `true` for inline, `false` for Cloudflare Queues. Default: `true`, in production `false`: there inline is said by `QUEUE=inline`, and `true` refused.',
  ),
  CF_ACCOUNT_ID: optional('Cloudflare Queues: the id of the account.'),
  CF_API_TOKEN: optional('Its API token, with the permission Account › Queues › Edit.'),
  CF_QUEUE_NAME: optional('Its queue of jobs.'),
  CF_QUEUE_DLQ: optional('Its queue of messages that could not be delivered.'),
  CF_QUEUE_URL: optional(
    'Another way there, `https://…/accounts/<account>/queues/<id or name>/messages`. Default: Cloudflare itself.',
  ),
  CF_QUEUE_ID: optional('The id of the queue, which spares looking its name up.'),
} as const

type Source = Record<string, string | undefined>
type Read = { queue: QueueSettings; problem?: undefined } | { queue?: undefined; problem: string }

/**
 * Which queue the settings choose, or in one text everything that is missing or wrong. `QUEUE` names the backend;
 * without it USE_INLINE_QUEUE does. In production nothing is taken for granted: the queue must be named.
 */
export function readQueueSettings(source: Source, { isProduction }: { isProduction: boolean }): Read {
  const { QUEUE, USE_INLINE_QUEUE } = texts(source, ['QUEUE', 'USE_INLINE_QUEUE'])
  if (!['', 'inline', 'cloudflare'].includes(QUEUE))
    return { problem: `QUEUE must be inline or cloudflare, but is "${QUEUE}".` }
  if (!['', 'true', 'false'].includes(USE_INLINE_QUEUE))
    return { problem: `USE_INLINE_QUEUE must be true or false, but is "${USE_INLINE_QUEUE}".` }
  const named = { true: 'inline', false: 'cloudflare', '': '' }[USE_INLINE_QUEUE] ?? ''
  if (QUEUE && named && QUEUE !== named)
    return { problem: `QUEUE=${QUEUE} and USE_INLINE_QUEUE=${USE_INLINE_QUEUE} contradict: leave one out.` }
  if (isProduction && !QUEUE && named === 'inline')
    return { problem: `USE_INLINE_QUEUE=true is for development. ${singleMachine()}` }
  if ((QUEUE || named || (isProduction ? 'cloudflare' : 'inline')) === 'inline')
    return { queue: { backend: 'inline' } }
  const chosenBy = QUEUE ? 'QUEUE' : named ? 'USE_INLINE_QUEUE' : undefined
  return readCloudflare(source, chosenBy)
}

/** The setting by which Cloudflare was chosen; none where it is what production takes for want of one. */
type ChosenBy = 'QUEUE' | 'USE_INLINE_QUEUE' | undefined

function readCloudflare(source: Source, chosenBy: ChosenBy): Read {
  const found = texts(source, [...Object.keys(CHECKS)] as (keyof typeof CHECKS)[])
  const complaints = Object.entries(CHECKS).flatMap(([name, { needed, must, fits }]) => {
    const text = found[name as keyof typeof CHECKS]
    if (!text) return needed ? [`  ${name} is missing: ${must}.`] : []
    return fits(text) ? [] : [`  ${name} is wrong: it must be ${must}.`]
  })
  if (found.CF_QUEUE_DLQ && found.CF_QUEUE_DLQ === found.CF_QUEUE_NAME)
    complaints.push('  CF_QUEUE_DLQ is wrong: it must be another queue than CF_QUEUE_NAME.')
  if (complaints.length) return { problem: explain(complaints, chosenBy) }
  return {
    queue: {
      backend: 'cloudflare',
      accountId: found.CF_ACCOUNT_ID,
      token: new Secret(found.CF_API_TOKEN),
      queueName: found.CF_QUEUE_NAME,
      deadLetterName: found.CF_QUEUE_DLQ || undefined,
      queueUrl: found.CF_QUEUE_URL || undefined,
      queueId: found.CF_QUEUE_ID || undefined,
    },
  }
}

type Check = { needed: boolean; must: string; fits(text: string): boolean }

const isName = (text: string) => /^[a-z0-9][a-z0-9-]{0,62}$/.test(text)
const isId = (text: string) => /^[0-9a-f]{32}$/.test(text)

/** No complaint repeats the text: one of them is secret. */
const CHECKS = {
  CF_ACCOUNT_ID: { needed: true, must: 'the id of the account, 32 hexadecimal digits', fits: isId },
  CF_API_TOKEN: {
    needed: true,
    must: 'an API token with the permission Account › Queues › Edit (queues_read and queues_write)',
    fits: (text) => /^[\x21-\x7e]{8,}$/.test(text),
  },
  CF_QUEUE_NAME: { needed: true, must: 'the name of the queue: a–z, 0–9 and hyphens', fits: isName },
  CF_QUEUE_DLQ: { needed: false, must: 'the name of a queue: a–z, 0–9 and hyphens', fits: isName },
  CF_QUEUE_URL: {
    needed: false,
    must: '`https://…/accounts/<account>/queues/<id or name>/messages`; without TLS on this machine alone',
    fits: isQueueUrl,
  },
  CF_QUEUE_ID: { needed: false, must: 'the id of the queue, 32 hexadecimal digits', fits: isId },
} satisfies Record<string, Check>

function isQueueUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || url.username || url.search || url.hash) return false
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  return isSafe && /\/accounts\/[0-9a-f]{32}\/queues\/[\w-]+(\/messages)?$/.test(url.pathname)
}

function explain(complaints: string[], chosenBy: ChosenBy): string {
  const choice = {
    QUEUE: 'QUEUE=cloudflare asks for Cloudflare Queues',
    USE_INLINE_QUEUE: 'USE_INLINE_QUEUE=false asks for Cloudflare Queues',
    '': 'No setting says where jobs wait, which in production means Cloudflare Queues',
  }[chosenBy ?? '']
  const sorts = ['missing', 'wrong'].filter((sort) =>
    complaints.some((line) => line.includes(` is ${sort}:`)),
  )
  return [
    `${choice}, of whose settings some are ${sorts.join(' or ')}:`,
    ...complaints,
    `  ${DOCS} in Quill's repository shows how to come by each of them.`,
    `  ${singleMachine(chosenBy)}`,
  ].join('\n')
}

const singleMachine = (chosenBy?: ChosenBy) =>
  `To run on a single machine, with the queue in the database, set QUEUE=inline${
    chosenBy === 'USE_INLINE_QUEUE' ? ' and leave USE_INLINE_QUEUE out' : ''
  } (${DOCS_INLINE}).`

function optional(meaning: string) {
  return { fallback: '', meaning }
}

function texts<K extends string>(source: Source, names: readonly K[]): Record<K, string> {
  return Object.fromEntries(names.map((name) => [name, source[name]?.trim() ?? ''])) as Record<K, string>
}
