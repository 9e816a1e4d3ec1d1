import { createLog } from '#src/log.ts'
import { type OutboxOptions, throughOutbox } from '#src/queue/outbox.ts'
import type { Queue } from '#src/queue/queue.ts'
import { memoryQueue } from './memory-queue.ts'
import { openDatabase } from './queued.ts'

/** A database behind a queue outside, and as many dispatchers as are started. */
export async function openOutbox(options: Partial<OutboxOptions> = {}) {
  const connection = await openDatabase()
  const outside = memoryQueue()
  const log = createLog('silent')
  const open = (more: Partial<OutboxOptions> = {}) =>
    throughOutbox({ db: connection.db, log, queue: outside.queue, restMs: [1, 2], ...options, ...more })
  const opened: ReturnType<typeof open>[] = []
  return {
    ...outside,
    db: connection.db,
    port: connection.port,
    dispatch(more?: Partial<OutboxOptions>) {
      const outbox = open(more)
      opened.push(outbox)
      return outbox
    },
    async [Symbol.asyncDispose]() {
      for (const outbox of opened) await outbox.close()
      connection.close()
    },
  }
}

/** A queue that refuses everything until it recovers. */
export function downQueue(queue: Queue) {
  let isDown = true
  let tries = 0
  const send: Queue['send'] = async (ids) => {
    tries++
    if (isDown) throw new Error('down')
    await queue.send(ids)
  }
  return {
    queue: { ...queue, send },
    tries: () => tries,
    recover: () => {
      isDown = false
    },
  }
}
