import type { Peer } from './contender.ts'
import { findPostgres } from './postgres.ts'

/** Jobs that are fetched, and given to a handler, at once, and by how many workers; of what was tried the fastest. */
const BATCH = 1_000
const WORKERS = 3
const CONNECTIONS = 12

type PgBoss = {
  PgBoss: new (
    options: object,
  ) => {
    on(event: 'error', listener: () => void): void
    start(): Promise<unknown>
    stop(options: { graceful: boolean }): Promise<void>
    createQueue(name: string, options: { notify: boolean }): Promise<unknown>
    send(name: string, data: object): Promise<unknown>
    insert(name: string, jobs: { data: object }[]): Promise<unknown>
    work(name: string, options: object, work: (jobs: { data: object }[]) => Promise<void>): Promise<unknown>
    offWork(name: string): Promise<void>
  }
}

/** With jobs fetched by the thousand, without a pause, and woken by NOTIFY: https://timgit.github.io/pg-boss. */
export const pgBoss: Peer = {
  name: 'pg-boss',
  async contenders(load) {
    const { PgBoss } = await load<PgBoss>('pg-boss')
    const startPostgres = findPostgres()
    return (['NORMAL', 'FULL'] as const).map((durability) => ({
      name: `pg-boss ${durability}`,
      durability,
      async open() {
        const postgres = await startPostgres(durability)
        const boss = new PgBoss({
          connectionString: postgres.url,
          max: CONNECTIONS,
          schedule: false,
          useListenNotify: true,
        })
        // Connections end with the service.
        boss.on('error', () => {})
        await boss.start()
        await boss.createQueue('bench', { notify: true })
        return {
          add: (payload) => boss.send('bench', payload),
          addMany: (payloads) =>
            boss.insert(
              'bench',
              payloads.map((data) => ({ data })),
            ),
          work(handle) {
            const options = {
              batchSize: BATCH,
              localConcurrency: WORKERS,
              pollingIntervalSeconds: 0.5,
              burstWhenBatchFull: true,
            }
            void boss.work('bench', options, async (jobs) => jobs.forEach(({ data }) => void handle(data)))
            return { stop: () => boss.offWork('bench') }
          },
          async close() {
            await boss.stop({ graceful: false })
            await postgres.stop()
          },
        }
      },
    }))
  },
}
