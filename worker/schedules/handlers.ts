import type { ScheduledKind } from '#src/jobs/kinds.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { purgeRecords } from './purge-records.ts'

/** Who performs what the installation does of itself. */
export const scheduledHandlers: Record<ScheduledKind, JobHandler> = {
  'records.purge': purgeRecords,
}
