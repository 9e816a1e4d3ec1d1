import type { Env } from '#src/env.ts'
import type { ScheduledKind } from '#src/jobs/kinds.ts'
import type { Log } from '#src/log.ts'
import type { Mailer } from '#src/mail/mail.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { mailingDigest } from './mail-digest.ts'
import { purging } from './purge-records.ts'
import { sweeping } from './sweep-jobs.ts'

export type ScheduledDeps = { env: Env; log: Log; mailer: Mailer }

/** Who performs what the installation does of itself. */
export const scheduledHandlers = (deps: ScheduledDeps): Record<ScheduledKind, JobHandler> => ({
  'records.purge': purging(deps.env),
  'jobs.sweep': sweeping(deps),
  'dead_letters.digest': mailingDigest(deps),
})
