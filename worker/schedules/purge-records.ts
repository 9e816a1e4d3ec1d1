import { purgeLimits } from '#src/limits/purge-limits.ts'
import { purgeRecords } from '#src/ops/retention.ts'
import { purgeTemporaryFiles } from '#src/ops/temporary-files.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'

/**
 * Deletes what has outlived its time. It writes by itself, batch by batch: a part of it is as good as the
 * whole.
 */
export const purging =
  ({ dataDir }: { dataDir: string }): JobHandler =>
  async (_job, _input, { db, signal }) => {
    const now = Date.now()
    const deleted = await purgeRecords(db, { now, signal })
    const limits = await purgeLimits(db, now)
    return { output: { ...deleted, limits, temporaryFiles: await purgeTemporaryFiles(dataDir, now) } }
  }
