/** How long a job's message rests before it gets another chance. */
const REST_SECONDS = 3_600

/** As much as is used of Cloudflare's own types. */
type Batch = { messages: readonly { body: unknown }[]; ackAll(): void }
type Outgoing = { body: unknown; contentType: 'text' | 'json'; delaySeconds: number }
type Bindings = { JOB_QUEUE: { sendBatch(messages: Outgoing[]): Promise<void> } }

/**
 * The Worker at Cloudflare's edge, where it and not Quill consumes the dead letter queue: what could not be delivered
 * is sent again an hour later. The row of a job decides what becomes of it then; a dead one is dropped.
 */
export default {
  fetch: () => new Response('Nothing is served here.\n', { status: 404 }),
  async queue(batch: Batch, { JOB_QUEUE }: Bindings) {
    await JOB_QUEUE.sendBatch(
      batch.messages.map(({ body }) => ({
        body,
        contentType: typeof body === 'string' ? 'text' : 'json',
        delaySeconds: REST_SECONDS,
      })),
    )
    batch.ackAll()
  },
}
