import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import type { Contender } from './contender.ts'

/** The folder in whose `node_modules` peers are looked for; none are part of the project. */
const FOLDER = process.env.QUEUE_PEERS ?? ''

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

/** The peers that are installed, as they come: https://www.npmjs.com/package/plainjob. */
export async function installedPeers(): Promise<Contender[]> {
  const plainjob = await loaded<Plainjob>('plainjob')
  return plainjob ? [plainjobOf(plainjob)] : []
}

async function loaded<Module>(name: string): Promise<Module | undefined> {
  if (!FOLDER) return undefined
  try {
    return (await import(Bun.resolveSync(name, join(FOLDER, 'index.js')))) as Module
  } catch {
    return undefined
  }
}

const silent = { error() {}, warn() {}, info() {}, debug() {} }

const plainjobOf = ({ bun, defineQueue, defineWorker }: Plainjob): Contender => ({
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
        const worker = defineWorker('bench', (job) => handle(JSON.parse(job.data)), { queue, logger: silent })
        void worker.start()
        return worker
      },
      close: () => queue.close(),
    }
  },
})
