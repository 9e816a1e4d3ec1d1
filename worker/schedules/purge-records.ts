import { purgeRateWindows } from '#src/limits/purge-rate-windows.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'

/** Deletes what has outlived its time. It writes by itself, batch by batch: a part of it is as good as the whole. */
export const purgeRecords: JobHandler = async (_job, _input, { db }) => ({
  output: { deleted: await purgeRateWindows(db, Date.now()) },
})
