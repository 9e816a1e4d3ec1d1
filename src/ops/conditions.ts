import { type Kinds, kindOf } from '#src/jobs/kinds.ts'
import type { Situation } from './situation.ts'

/** The oldest message of the queue is not to be older. */
export const QUEUE_AGE_MS_MAX = 15 * 60_000
/** A job that could be sent is to have been sent within this. */
export const OUTBOX_LAG_MS_MAX = 60_000

export const alarmNames = [
  'job_late',
  'queue_old',
  'dead_letters',
  'outbox_lags',
  'consumer_silent',
  'no_consumer',
] as const
export type AlarmName = (typeof alarmNames)[number]

/** Something that is wrong. It names no project and nothing that people wrote: everybody may be told. */
export type Condition = { name: AlarmName; subject: string; message: string }

/** What is wrong in a situation. */
export function conditionsOf(situation: Situation, kinds: Kinds): Condition[] {
  const { waiting, queue, deadLetters, outboxLagMs = 0, consumers } = situation
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
  if (deadLetters > 0) add('dead_letters', 'Jobs died, and wait to be retried or discarded.')
  if (outboxLagMs > OUTBOX_LAG_MS_MAX)
    add('outbox_lags', `Jobs could not be sent to the queue for more than ${minutes(OUTBOX_LAG_MS_MAX)}.`)
  if (consumers.silent > 0) add('consumer_silent', 'A worker went silent without saying that it stops.')
  if (consumers.alive === 0 && waiting.some(({ count }) => count > 0))
    add('no_consumer', 'Jobs wait, and no worker tells of itself.')
  return found
}

const minutes = (ms: number) => (ms === 60_000 ? 'minute' : `${ms / 60_000} minutes`)
