import { connect } from '#db/connect.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import type { Queue } from '#src/queue/queue.ts'
import { temporaryFolder } from '../processes/processes.ts'
import { describeQueue } from './queue-contract.ts'

describeQueue('inline', async () => {
  const folder = temporaryFolder()
  const file = `file:${folder.file('quill.db')}`
  const { db, close } = connect(file)
  const closing: (() => void)[] = [close]
  let ahead = 0
  const now = () => Date.now() + ahead
  const queue = inlineQueue(db, { now })
  return {
    db,
    queue,
    leaseMs: 0,
    advance: (ms) => {
      ahead += ms
    },
    async another(): Promise<Queue> {
      const other = connect(file)
      closing.push(other.close)
      return inlineQueue(other.db, { now })
    },
    async [Symbol.asyncDispose]() {
      await queue.close()
      for (const end of closing) end()
      folder[Symbol.dispose]()
    },
  }
})
