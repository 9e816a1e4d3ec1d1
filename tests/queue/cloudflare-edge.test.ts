import { expect, test } from 'bun:test'
import { decodeMessage, encodeMessage } from '#src/queue/cloudflare-messages.ts'
import edge from '#worker/edge.ts'

test('the Worker at the edge sends a dead letter again before it lets go of it, readable as before', async () => {
  const { body } = encodeMessage('job_1', { delayMs: 0, now: 0 })
  const done: string[] = []
  await edge.queue(
    { messages: [{ body }, { body: { job: 'job_2' } }], ackAll: () => done.push('acknowledged') },
    {
      JOB_QUEUE: {
        async sendBatch(messages) {
          for (const { body, contentType, delaySeconds } of messages) {
            const pulled = typeof body === 'string' ? body : btoa(JSON.stringify(body))
            const metadata = { 'CF-Content-Type': contentType }
            done.push(
              `${decodeMessage({ body: pulled, lease_id: '', metadata })?.jobId} in ${delaySeconds} s`,
            )
          }
        },
      },
    },
  )
  expect(done).toEqual(['job_1 in 3600 s', 'job_2 in 3600 s', 'acknowledged'])
  const failing = { JOB_QUEUE: { sendBatch: () => Promise.reject(new Error('down')) } }
  const ackAll = () => done.push('lost')
  await expect(edge.queue({ messages: [{ body }], ackAll }, failing)).rejects.toThrow('down')
  expect(done).not.toContain('lost')
})
