import type { Db } from '#db/connect.ts'
import type { Accounts } from './accounts/accounts.ts'
import type { Env } from './env.ts'
import type { EventHub } from './jobs/event-hub.ts'
import type { Limits } from './limits/limits.ts'
import type { Log } from './log.ts'
import type { MailFolder } from './mail/folder.ts'
import type { Mailer } from './mail/mail.ts'
import type { Post } from './mail/post.ts'
import type { Queue } from './queue/queue.ts'
import type { KeyRing } from './secrets/key-ring.ts'

/** What the API is made with. */
export type AppDeps = {
  db: Db
  env: Env
  log: Log
  queue: Queue
  hub: EventHub
  accounts: Accounts
  keyRing: KeyRing
  limits: Limits
  mailer: Mailer
  /** Sends mails behind the answer. */
  post: Post
  /** Where mails are kept that no server takes. */
  mailFolder?: MailFolder
  /** The address a request comes from. */
  addressOf(request: Request): string
  /** Opens a project without sign-in: development only. */
  demo: boolean
  /** Aborted when the process is told to end: whoever waits is answered with what there is. */
  ending: AbortSignal
}
