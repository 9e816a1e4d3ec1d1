import { jobKinds } from '#src/jobs/kinds.ts'
import type { Log } from '#src/log.ts'
import { sweepJobs } from '#src/ops/sweep.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'

/** Sets going again what stands still. */
export const sweeping =
  ({ log }: { log: Log }): JobHandler =>
  async (_job, _input, { db }) => {
    const swept = await sweepJobs(db, { now: Date.now(), kinds: jobKinds })
    if (Object.values(swept).some((count) => count > 0)) log.warn(swept, 'what stood still was set going')
    return { output: swept }
  }
