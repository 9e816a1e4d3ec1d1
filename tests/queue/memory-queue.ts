import type { Delivery, Queue } from '#src/queue/queue.ts'
import { createWaker } from '#src/queue/waker.ts'

/** A queue outside of the database, as simple as can be: it forgets what it delivered only when that is acknowledged. */
export function memoryQueue() {
  const messages: Delivery[] = []
  const sent: string[] = []
  const waker = createWaker()
  let receipts = 0
  const queue: Queue = {
    name: 'cloudflare',
    async send(jobIds) {
      sent.push(...jobIds)
      for (const jobId of jobIds) messages.push({ jobId, receipt: `${++receipts}`, attempts: 1 })
      waker.wake()
    },
    async pull({ max, waitMs, signal }) {
      const woken = waker.listen(signal)
      if (messages.length === 0 && waitMs > 0 && !signal.aborted) await woken.within(waitMs)
      woken.cancel()
      return messages.splice(0, max)
    },
    async settle({ retried = [] }) {
      messages.push(...retried.map(({ delivery }) => delivery))
    },
    undeliverable: { pull: async () => [], acknowledge: async () => {} },
    depth: async () => ({ waiting: messages.length, oldestAgeMs: 0 }),
    pause: async () => {},
    resume: async () => {},
    isPaused: async () => false,
    close: async () => waker.wake(),
  }
  return { queue, sent, messages }
}
