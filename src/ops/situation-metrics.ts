import { gauge } from './metric-registry.ts'
import type { Situation } from './situation.ts'

/** The situation in the text format of Prometheus. The same whichever process is asked. */
export function situationMetrics({ queue, waiting, running, outboxLagMs, ...rest }: Situation): string {
  const { deadLetters, consumers } = rest
  const kinds = <T>(value: (of: Situation['waiting'][number]) => T) =>
    waiting.map((each) => [{ kind: each.kind }, value(each)] as const)
  return [
    gauge('quill_queue_up', 'Whether the queue could be asked.', [[{}, queue ? 1 : 0]]),
    ...(queue
      ? [
          gauge('quill_queue_depth', 'Jobs that the queue could deliver now.', [[{}, queue.waiting]]),
          gauge('quill_queue_oldest_age_seconds', 'How long the oldest of them has been waiting.', [
            [{}, queue.oldestAgeMs / 1_000],
          ]),
        ]
      : []),
    gauge(
      'quill_jobs_waiting',
      'Jobs that wait here or at the queue, counted to 10000.',
      kinds(({ count }) => count),
    ),
    gauge(
      'quill_jobs_oldest_age_seconds',
      'How long the oldest job of a kind could have begun.',
      kinds(({ oldestAgeMs }) => oldestAgeMs / 1_000),
    ),
    gauge('quill_jobs_running', 'Jobs that a worker holds.', [[{}, running]]),
    gauge('quill_dead_letters', 'Dead letters of all projects, counted to 10000.', [[{}, deadLetters]]),
    ...(outboxLagMs === undefined
      ? []
      : [
          gauge('quill_outbox_lag_seconds', 'How long a job that could be sent has not been.', [
            [{}, outboxLagMs / 1_000],
          ]),
        ]),
    gauge('quill_consumers', 'Workers that told of themselves of late.', [[{}, consumers.alive]]),
    gauge('quill_consumer_slots', 'How many jobs they perform at a time.', [[{}, consumers.slots]]),
    gauge('quill_consumers_silent', 'Workers that went silent without saying that they stop.', [
      [{}, consumers.silent],
    ]),
  ].join('')
}

/** How many slots of workers are needed for what there is to do: a signal for an autoscaler. */
export const scaleSignal = ({ waiting, running, consumers }: Situation) => {
  // The table knows what waits in it and what was sent; a queue outside only what was.
  const depth = waiting.reduce((sum, { count }) => sum + count, 0)
  return {
    wanted: depth + running,
    waiting: depth,
    running,
    oldestAgeSeconds: Math.round(Math.max(0, ...waiting.map(({ oldestAgeMs }) => oldestAgeMs)) / 1_000),
    consumers: consumers.alive,
    slots: consumers.slots,
  }
}
