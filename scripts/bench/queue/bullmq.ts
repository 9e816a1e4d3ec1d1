import { type Durability, HANDLERS, type Peer } from './contender.ts'
import { installed, startService } from './service.ts'

type Connection = { host: string; port: number; maxRetriesPerRequest: null }

type BullMq = {
  Queue: new (
    name: string,
    options: { connection: Connection },
  ) => {
    waitUntilReady(): Promise<unknown>
    add(name: string, data: object): Promise<unknown>
    addBulk(jobs: { name: string; data: object }[]): Promise<unknown>
    close(): Promise<void>
  }
  Worker: new (
    name: string,
    work: (job: { data: object }) => Promise<void>,
    options: { connection: Connection; concurrency: number },
  ) => { close(): Promise<void> }
}

/**
 * NORMAL is Redis as it comes: now and then a snapshot, so that a crash takes minutes of jobs with it, not moments as
 * with the others. FULL writes every command to the disk before it is answered.
 */
const PERSISTENCE: Record<Durability, string> = {
  NORMAL: '--appendonly no',
  FULL: '--appendonly yes --appendfsync always',
}

/** https://docs.bullmq.io */
export const bullMq: Peer = {
  name: 'bullmq',
  async contenders(load) {
    const { Queue, Worker } = await load<BullMq>('bullmq')
    await load('ioredis')
    const redis = installed('redis-server', 'redis-server')
    installed('setpriv', 'util-linux')
    return (['NORMAL', 'FULL'] as const).map((durability) => ({
      name: `BullMQ ${durability}`,
      durability,
      async open() {
        const service = await startService({
          signal: 'SIGKILL',
          serve: (folder, port) =>
            `${redis} --bind 127.0.0.1 --port ${port} --dir ${folder} ${PERSISTENCE[durability]}`.split(' '),
        })
        const connection = { host: '127.0.0.1', port: service.port, maxRetriesPerRequest: null }
        const queue = new Queue('bench', { connection })
        await queue.waitUntilReady()
        return {
          add: (payload) => queue.add('bench', payload),
          addMany: (payloads) => queue.addBulk(payloads.map((data) => ({ name: 'bench', data }))),
          work(handle) {
            const worker = new Worker('bench', async ({ data }) => handle(data), {
              connection,
              concurrency: HANDLERS,
            })
            return { stop: () => worker.close() }
          },
          async close() {
            await queue.close()
            await service.stop()
          },
        }
      },
    }))
  },
}
