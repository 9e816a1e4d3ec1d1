/** The backends there are. */
export type QueueName = 'inline' | 'cloudflare'

/** One delivery of a message. A message is the id of a job and nothing else: what the job is about stays in its row. */
export type Delivery = {
  jobId: string
  /** What the backend knows this delivery by; of no meaning to anybody else. */
  receipt: string
  /** How often the message was delivered, this time included, as far as the backend knows; at least 1. */
  attempts: number
}

export type PullOptions = {
  /** At least 1; a backend may deliver fewer even when there are more. */
  max: number
  /** How long to wait for the first message. With 0 it looks once. */
  waitMs: number
  /** Ends the wait; what was delivered by then is returned, and nothing is thrown. */
  signal: AbortSignal
  /**
   * Deliver jobs of these kinds alone, where the backend can tell: `cloudflare` cannot, and whoever pulls
   * puts the others back in their rows (put-back.ts).
   */
  kinds?: readonly string[]
}

/** What became of deliveries. A delivery that is in neither list comes again when its lease has run out. */
export type Settlement = {
  /** Done with: never delivered again. */
  acknowledged?: readonly Delivery[]
  /** To be delivered again, no sooner than after the delay. */
  retried?: readonly { delivery: Delivery; delayMs: number }[]
}

export type Depth = {
  /** Messages that could be delivered now. An estimate where the backend gives no better; counted to a limit. */
  waiting: number
  /** How long the oldest of them has been waiting; 0 when there is none, or it is not known. */
  oldestAgeMs: number
}

/**
 * Delivers the ids of jobs that are due: at least once, in no order that can be relied on. It may deliver an id
 * twice, late, or to two consumers at once: the row of the job is the truth, and its claim decides who performs it.
 *
 * Nothing here decides what becomes of a job. What was acknowledged without having been performed is found in its
 * row and sent again; what is delivered although its job has ended is acknowledged and dropped.
 */
export type Queue = {
  readonly name: QueueName
  /**
   * Sends a message for each of the jobs, whose rows have been committed before; they are delivered no sooner than
   * after the delay. A consumer hears of them at once where the backend can tell it.
   * Resolves when the backend has all of them. Throws when it is not known whether it has: send again.
   */
  send(jobIds: readonly string[], options?: { delayMs?: number }): Promise<void>
  /** Up to `max` deliveries; none when nothing came within `waitMs`, while paused, or once aborted. */
  pull(options: PullOptions): Promise<Delivery[]>
  /** Settles deliveries of `pull`. One whose lease ran out meanwhile, or that was settled before, is no error. */
  settle(settlement: Settlement): Promise<void>
  /** Messages that the backend gave up delivering: `acknowledge` those whose jobs have been marked as dead. */
  undeliverable: {
    /** Up to `max` of them; looks once. */
    pull(max: number): Promise<Delivery[]>
    acknowledge(deliveries: readonly Delivery[]): Promise<void>
  }
  depth(): Promise<Depth>
  /** Delivers nothing, to nobody, until `resume`; what is sent meanwhile is kept. Survives a restart. */
  pause(): Promise<void>
  resume(): Promise<void>
  isPaused(): Promise<boolean>
  /** Ends every wait and frees what the backend holds open. */
  close(): Promise<void>
}
