import type { Delivery, Queue } from '#src/queue/queue.ts'
import { openCloudflare } from './cloudflare.ts'
import { describeQueue } from './queue-contract.ts'

describeQueue('cloudflare', async () => {
  const opened = await openCloudflare()
  return { ...opened, queue: remembering(opened.queue) }
})

/** Remembers receipts: Bun 1.4.5 puts the matcher in the place of what `toMatchObject` compares with it. */
function remembering(queue: Queue): Queue {
  const receipts = new WeakMap<Delivery, string>()
  const whole = (delivery: Delivery) => ({
    ...delivery,
    receipt: receipts.get(delivery) ?? delivery.receipt,
  })
  return {
    ...queue,
    async pull(options) {
      const deliveries = await queue.pull(options)
      for (const delivery of deliveries) receipts.set(delivery, delivery.receipt)
      return deliveries
    },
    settle: ({ acknowledged = [], retried = [] }) =>
      queue.settle({
        acknowledged: acknowledged.map(whole),
        retried: retried.map(({ delivery, delayMs }) => ({ delivery: whole(delivery), delayMs })),
      }),
  }
}
