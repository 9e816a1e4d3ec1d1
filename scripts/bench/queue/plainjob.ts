import { Database } from 'bun:sqlite'
import type { Peer } from './contender.ts'

type Plainjob = {
  bun(database: Database): unknown
  defineQueue(options: object): {
    add(type: string, data: object): void
    addMany(type: string, data: object[]): void
    close(): void
  }
  defineWorker(
    type: string,
    work: (job: { data: string }) => void,
    options: object,
  ): { start(): Promise<void>; stop(): Promise<void> }
}

const silent = { error() {}, warn() {}, info() {}, debug() {} }

/** As it comes: https://www.npmjs.com/package/plainjob. It works on one job at a time, at NORMAL. */
export const plainjob: Peer = {
  name: 'plainjob',
  async contenders(load) {
    const { bun, defineQueue, defineWorker } = await load<Plainjob>('plainjob')
    return [
      {
        name: 'plainjob NORMAL',
        durability: 'NORMAL',
        async open(file) {
          const queue = defineQueue({
            connection: bun(new Database(file, { strict: true, create: true })),
            logger: silent,
          })
          return {
            add: (payload) => queue.add('bench', payload),
            addMany: (payloads) => queue.addMany('bench', payloads),
            work(handle) {
              const worker = defineWorker('bench', (job) => handle(JSON.parse(job.data)), {
                queue,
                logger: silent,
              })
              void worker.start()
              return worker
            },
            close: () => queue.close(),
          }
        },
      },
    ]
  },
}
