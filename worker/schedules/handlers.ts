import type { Env } from '#src/env.ts'
import type { ScheduledKind } from '#src/jobs/kinds.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { purging } from './purge-records.ts'

/** Who performs what the installation does of itself. */
export const scheduledHandlers = ({ env }: { env: Env }): Record<ScheduledKind, JobHandler> => ({
  'records.purge': purging(env),
})
