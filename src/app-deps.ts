import type { Db } from '#db/connect.ts'
import type { Env } from './env.ts'
import type { EventHub } from './jobs/event-hub.ts'
import type { Log } from './log.ts'
import type { Queue } from './queue/queue.ts'

/** What the API is made with. */
export type AppDeps = {
  db: Db
  env: Env
  log: Log
  queue: Queue
  hub: EventHub
  /** Opens a project without sign-in: development only. */
  demo: boolean
  /** Aborted when the process is told to end: whoever waits is answered with what there is. */
  ending: AbortSignal
}
