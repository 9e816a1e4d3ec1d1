import { HANDLERS, type Peer } from './contender.ts'
import { findPostgres } from './postgres.ts'

/** Jobs that are fetched at once; of 250 to 2,000 about the fastest. */
const LOCAL_QUEUE = 1_000
const CONNECTIONS = 12

type Emitter = { on(event: 'error', listener: () => void): void }

type Pool = Emitter & {
  on(event: 'connect', listener: (client: Emitter) => void): void
  end(): Promise<void>
}

type Pg = { Pool: new (options: { connectionString: string; max: number }) => Pool }

type GraphileWorker = {
  Logger: new (factory: () => () => void) => object
  makeWorkerUtils(options: { pgPool: Pool; logger: object }): Promise<{
    migrate(): Promise<void>
    addJob(identifier: string, payload: object): Promise<unknown>
    addJobs(jobs: { identifier: string; payload: object }[]): Promise<unknown>
    release(): Promise<void>
  }>
  run(options: object): Promise<{ stop(): Promise<void> }>
}

/** With the settings that its documentation gives for speed: https://worker.graphile.org/docs/performance. */
export const graphileWorker: Peer = {
  name: 'graphile-worker',
  async contenders(load) {
    const { Logger, makeWorkerUtils, run } = await load<GraphileWorker>('graphile-worker')
    const { Pool } = await load<Pg>('pg')
    const startPostgres = findPostgres()
    const logger = new Logger(() => () => {})
    return (['NORMAL', 'FULL'] as const).map((durability) => ({
      name: `graphile-worker ${durability}`,
      durability,
      async open() {
        const postgres = await startPostgres(durability)
        const pgPool = new Pool({ connectionString: postgres.url, max: CONNECTIONS })
        // It asks for both; a connection that breaks fails what was asked of it.
        pgPool.on('error', () => {})
        pgPool.on('connect', (client) => client.on('error', () => {}))
        const utils = await makeWorkerUtils({ pgPool, logger })
        await utils.migrate()
        return {
          add: (payload) => utils.addJob('bench', payload),
          addMany: (payloads) => utils.addJobs(payloads.map((payload) => ({ identifier: 'bench', payload }))),
          work(handle) {
            const runner = run({
              pgPool,
              logger,
              noHandleSignals: true,
              taskList: { bench: handle },
              preset: {
                worker: {
                  concurrentJobs: HANDLERS,
                  localQueue: { size: LOCAL_QUEUE },
                  completeJobBatchDelay: 0,
                  failJobBatchDelay: 0,
                },
              },
            })
            return { stop: async () => (await runner).stop() }
          },
          async close() {
            await utils.release()
            await pgPool.end()
            await postgres.stop()
          },
        }
      },
    }))
  },
}
