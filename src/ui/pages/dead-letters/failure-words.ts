const OTHERWISE = 'Retry when the cause is gone.'

/** What to do about a failure, by its code. */
const cures: Record<string, string> = {
  timeout: 'Retry: a busy machine may have been all. When it happens again, give it less material.',
  internal: 'The cause stands in the log of the server. Retry when it is mended.',
  undeliverable: 'Retry when the queue works again.',
  conflict: 'Retry: it then works on the document as it is now.',
  source_too_short: 'Retrying alone does not help: add material to the document first.',
  limit_exceeded: 'Retrying alone does not help: what it works on has to get smaller first.',
  not_found: 'What it was to work on is gone. Bring it back and retry, or discard the job.',
  rate_limited: 'Retry in a while.',
  unavailable: 'Retry in a while.',
}

/** What helps against a failure, in a writer's words. */
export const cureOf = (code: string | undefined): string => cures[code ?? ''] ?? OTHERWISE

export const countJobs = (count: number): string => (count === 1 ? '1 job' : `${figures.format(count)} jobs`)

const figures = new Intl.NumberFormat('en')

/** How a letter is called among others of its kind: the section it was to write, or the end of its id. */
export const letterName = ({ id, key }: { id: string; key?: string }): string => key ?? `…${id.slice(-6)}`
