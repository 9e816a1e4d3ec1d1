import { type Kinds, kindOf } from '#src/jobs/kinds.ts'
import { isoTime } from '#src/time.ts'
import type { Situation } from './situation.ts'
import type { Watched } from './watched.ts'

/** The oldest message of the queue is not to be older. */
export const QUEUE_AGE_MS_MAX = 15 * 60_000
/** A job that could be sent is to have been sent within this. */
export const OUTBOX_LAG_MS_MAX = 60_000

export const alarmNames = [
  'job_late',
  'queue_old',
  'queue_paused',
  'dead_letters',
  'outbox_lags',
  'consumer_silent',
  'no_consumer',
] as const
export type AlarmName = (typeof alarmNames)[number]

/** Something that is wrong. It names no project and nothing that people wrote: everybody may be told. */
export type Condition = { name: AlarmName; subject: string; message: string }

/** What to do about each, as the page and the mail say it. */
export const ADVICE: Readonly<Record<AlarmName, string>> = {
  job_late: 'Start more workers on the server with “quill worker”, or find out what holds them up.',
  queue_old:
    'See whether a worker runs and whether the queue is paused; “quill doctor” on the server asks it.',
  queue_paused: 'Resume it on the server with “quill queue resume”. The jobs wait, none is lost.',
  dead_letters: 'Retry or discard them. They may be of another project than this one.',
  outbox_lags:
    'Run “quill doctor” on the server: it says what the queue refuses. The jobs wait, none is lost.',
  consumer_silent:
    'Look at its log and its machine, and start another in its place. Its jobs go on with other workers, none is lost.',
  no_consumer: 'Start one on the server with “quill worker”. The jobs wait, none is lost.',
}

/** What is wrong with what was looked at. */
export function conditionsOf(watched: Situation & Partial<Watched>, kinds: Kinds): Condition[] {
  const { waiting, queue, isPaused, deadLetters, outboxLagMs = 0, consumers, silent = [] } = watched
  const found: Condition[] = []
  const add = (name: AlarmName, message: string, subject = '') => found.push({ name, subject, message })
  for (const { kind, oldestAgeMs } of waiting) {
    const { promiseMs } = kindOf(kind, kinds)
    if (oldestAgeMs > promiseMs)
      add(
        'job_late',
        `Jobs of the kind ${kind} wait for longer than the ${minutes(promiseMs)} promised.`,
        kind,
      )
  }
  if (queue && queue.oldestAgeMs > QUEUE_AGE_MS_MAX)
    add('queue_old', `The oldest message of the queue is older than ${minutes(QUEUE_AGE_MS_MAX)}.`)
  if (isPaused) add('queue_paused', 'The queue is paused: no job begins.')
  if (deadLetters > 0) add('dead_letters', 'Jobs died, and wait to be retried or discarded.')
  if (outboxLagMs > OUTBOX_LAG_MS_MAX)
    add('outbox_lags', `Jobs could not be sent to the queue for more than ${minutes(OUTBOX_LAG_MS_MAX)}.`)
  for (const { id, seenAt } of silent)
    add('consumer_silent', `The worker ${id} went silent. It was last heard of at ${isoTime(seenAt)}.`, id)
  if (consumers.alive === 0 && waiting.some(({ count }) => count > 0))
    add('no_consumer', 'Jobs wait, and no worker tells of itself.')
  return found
}

const minutes = (ms: number) => (ms === 60_000 ? 'minute' : `${ms / 60_000} minutes`)
