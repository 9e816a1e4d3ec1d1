import { type Connection, connect } from '#db/connect.ts'
import type { AppDeps } from './app-deps.ts'
import type { Env } from './env.ts'
import { ConfigError, prepareDataDir } from './env.ts'
import { createEventHub } from './jobs/event-hub.ts'
import { createLog } from './log.ts'
import { inlineQueue } from './queue/inline.ts'

export type Services = AppDeps & {
  /** Lets nobody wait any longer: streams end, and requests that wait for a job get it as it is. */
  end(): void
  close(): void
}

/** Opens what every process needs: the database with its schema up to date, the queue, the event hub, the log. */
export function openServices(env: Env, { demo }: { demo: boolean }): Services {
  prepareDataDir(env.dataDir)
  const { db, close } = openDatabase(env)
  const log = createLog(env.logLevel)
  const hub = createEventHub(db, log)
  const ending = new AbortController()
  const end = () => {
    ending.abort()
    hub.close()
  }
  return {
    db,
    env,
    demo,
    hub,
    log,
    queue: inlineQueue(db),
    ending: ending.signal,
    end,
    close() {
      end()
      close()
    },
  }
}

/** Opens the database and applies pending migrations. Throws ConfigError in one line when it cannot. */
export function openDatabase(env: Env): Connection & { applied: string[] } {
  try {
    return connect(env.databaseUrl)
  } catch (error) {
    throw new ConfigError([`DATABASE_URL ${env.databaseUrl} cannot be opened: ${(error as Error).message}`])
  }
}
