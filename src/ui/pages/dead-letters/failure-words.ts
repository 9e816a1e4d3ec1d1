/** Who reads about a failure: whoever may retry what died and knows the server, may retry, or only sees it. */
export type Reader = 'operator' | 'retrier' | 'onlooker'

/** What helps, for whoever can do it; and what there is to know for those who can only ask. */
type Words = { retrier: string; onlooker: string; operator?: string }

const otherwise: Words = {
  retrier: 'Retry when the cause is gone.',
  onlooker: 'It can go on when the cause is gone.',
}

const inAWhile: Words = {
  retrier: 'Retry in a while.',
  onlooker: 'It may well work in a while.',
}

const words: Record<string, Words> = {
  timeout: {
    retrier: 'Retry: a busy machine may have been all. When it happens again, give it less material.',
    onlooker: 'A busy machine may have been all. When it happens again, less material helps.',
  },
  internal: {
    operator: 'The cause stands in the log of the server. Retry when it is mended.',
    retrier: 'Retry once. When it happens again, an admin finds the cause by the id of the job.',
    onlooker: 'Nothing is wrong with the text. An admin finds the cause by the id of the job.',
  },
  undeliverable: {
    retrier: 'Retry when the queue works again.',
    onlooker: 'Nothing is wrong with the text: the queue lost its way to the worker.',
  },
  conflict: {
    retrier: 'Retry: it then works on the document as it is now.',
    onlooker: 'When it is retried, it works on the document as it is then.',
  },
  source_too_short: {
    retrier: 'Retrying alone does not help: add material to the document first.',
    onlooker: 'The document needs more material first.',
  },
  limit_exceeded: {
    retrier: 'Retrying alone does not help: what it works on has to get smaller first.',
    onlooker: 'What it works on has to get smaller first.',
  },
  not_found: {
    retrier: 'What it was to work on is gone. Bring it back and retry, or discard the job.',
    onlooker: 'What it was to work on is gone, and has to be brought back first.',
  },
  rate_limited: inAWhile,
  unavailable: inAWhile,
  address_unreachable: inAWhile,
}

/** What helps against a failure, as far as the reader can help it. */
export function cureOf(code: string | undefined, reader: Reader): string {
  const { operator, ...others } = words[code ?? ''] ?? otherwise
  return reader === 'operator' ? (operator ?? others.retrier) : others[reader]
}

export const countJobs = (count: number): string => (count === 1 ? '1 job' : `${figures.format(count)} jobs`)

const figures = new Intl.NumberFormat('en')

/** How a letter is called among others of its kind: the section it was to write, or its id. */
export const letterName = ({ id, key }: { id: string; key?: string }): string => key ?? id
