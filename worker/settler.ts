import type { JobRow } from '#src/jobs/schemas.ts'
import type { Log } from '#src/log.ts'
import type { Delivery, Queue } from '#src/queue/queue.ts'

/** How soon what could not be claimed comes again. */
const RETRY_MS = 2_000

/**
 * Settles deliveries in the background, as many in one call as came together during the call before it. A job that
 * was performed is acknowledged once its end is committed, not before.
 */
export function createSettler(queue: Queue, log: Log) {
  const open = new Map<string, Delivery>()
  let acknowledged: Delivery[] = []
  let retried: { delivery: Delivery; delayMs: number }[] = []
  let settling: Promise<void> | undefined

  return {
    /** Those of the deliveries whose jobs were claimed are settled when they are done, the others now. */
    taken(deliveries: readonly Delivery[], jobs: readonly JobRow[]) {
      const claimed = new Set(jobs.map((job) => job.id))
      for (const delivery of deliveries) {
        const { jobId } = delivery
        if (claimed.has(jobId)) open.set(jobId, delivery)
        else acknowledged.push(delivery)
      }
      settle()
    },
    /** Nobody knows what became of them: they come again. */
    handBack(deliveries: readonly Delivery[]) {
      retried.push(...deliveries.map((delivery) => ({ delivery, delayMs: RETRY_MS })))
      settle()
    },
    done(jobId: string) {
      const delivery = open.get(jobId)
      if (!delivery) return
      open.delete(jobId)
      acknowledged.push(delivery)
      settle()
    },
    async close() {
      while (settling) await settling
    },
  }

  function settle() {
    settling ??= settleAll().finally(() => {
      settling = undefined
    })
  }

  async function settleAll() {
    // What is done in this turn goes together.
    await new Promise((resolve) => setImmediate(resolve))
    while (acknowledged.length || retried.length) {
      const settlement = { acknowledged, retried }
      acknowledged = []
      retried = []
      // What is not settled comes again, and is found to be done.
      await queue
        .settle(settlement)
        .catch((error) => log.warn({ err: error }, 'deliveries could not be settled; they will come again'))
    }
  }
}
