import type { Db } from '#db/connect.ts'
import type { Env } from './env.ts'
import type { EventHub } from './jobs/event-hub.ts'
import type { Log } from './log.ts'
import type { Queue } from './queue/queue.ts'

/** What the API is made with. `demo` opens a project without sign-in: development only. */
export type AppDeps = { db: Db; env: Env; log: Log; queue: Queue; hub: EventHub; demo: boolean }
