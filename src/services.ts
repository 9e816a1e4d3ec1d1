import { type Connection, connect } from '#db/connect.ts'
import { openAccounts } from './accounts/accounts.ts'
import { identityProviders } from './accounts/identity-providers.ts'
import type { AppDeps } from './app-deps.ts'
import type { Env } from './env.ts'
import { ConfigError, prepareDataDir, problemsOf } from './env.ts'
import { createEventHub } from './jobs/event-hub.ts'
import { clientAddress, type Sockets } from './limits/client-address.ts'
import { createLimits } from './limits/limits.ts'
import { createRates } from './limits/rates.ts'
import { createLog } from './log.ts'
import { openMailer, readMailSettings } from './mail/mailer.ts'
import { createPost } from './mail/post.ts'
import { checkWebhook } from './ops/alarm-webhook.ts'
import { examineQueue, openQueue } from './queue/backends.ts'
import { openBell } from './queue/bell.ts'
import { installationSecret } from './secrets/installation-secret.ts'
import { openKeyRing } from './secrets/key-ring.ts'

export type Services = Omit<AppDeps, 'accounts' | 'limits' | 'addressOf'> & {
  /** Lets nobody wait any longer: streams end, and requests that wait for a job get it as it is. */
  end(): void
  close(): void
}

/** What opening the services will complain of, so that it is said with all that is wrong with the settings. */
export const complaintsOfServices = (env: Env): string[] => [
  ...problemsOf(() => env.masterKeys && openKeyRing(env)),
  ...problemsOf(() => readMailSettings(env)),
  ...problemsOf(() => identityProviders(env)),
  ...problemsOf(() => checkWebhook(env)),
]

/** Opens what every process needs: the database, with its schema up to date, queue, event hub and log. */
export function openServices(env: Env, { demo }: { demo: boolean }): Services {
  prepareDataDir(env.dataDir)
  const { db, close } = openDatabase(env)
  const log = createLog(env.logLevel)
  for (const warning of env.warnings) log.warn(warning)
  const hub = createEventHub(db, log)
  const mail = openMailer(env, log)
  const ending = new AbortController()
  const end = () => {
    ending.abort()
    hub.close()
  }
  const bell = openBell(`${env.databaseUrl.replace(/^file:/, '')}-bell`)
  bell?.listen(hub.wake)
  const queue = openQueue({ db, log, bell }, env.queue)
  return {
    db,
    env,
    demo,
    hub,
    log,
    queue,
    keyRing: openKeyRing(env),
    ...mail,
    post: createPost(mail.mailer, log),
    ending: ending.signal,
    end,
    close() {
      end()
      void queue.close()
      bell?.close()
      close()
    },
  }
}

/**
 * Throws ConfigError when the queue cannot work as it is set up. One that cannot be asked just now may answer
 * later: jobs wait in the database meanwhile.
 */
export async function requireQueue({ env, log }: Pick<Services, 'env' | 'log'>): Promise<void> {
  const wrong = (await examineQueue(env.queue)).filter(({ problem }) => problem)
  const lasting = wrong.filter(({ isPassing }) => !isPassing)
  if (lasting.length) throw new ConfigError(lasting.map(({ what, problem }) => `${what}: ${problem}`))
  for (const { what, problem } of wrong) log.warn({ what }, problem)
}

/** The secret with which whoever is counted by a limit is hashed. */
const LIMITS_SECRET = 'limits'

/** The server, once it listens: it knows the addresses of its connections. */
export type Listening = { server?: Sockets }

/**
 * What the API needs beyond what every process does: people's sign-in, and limits, which are kept in the
 * database where several processes serve. Throws ConfigError when the keys of stored secrets are lost.
 */
export async function openAccess(
  services: Omit<Services, 'end' | 'close'>,
  { listening, shared }: { listening: Listening; shared: boolean },
): Promise<AppDeps> {
  const { db, env, keyRing } = services
  const secret = await installationSecret(db, keyRing, LIMITS_SECRET)
  const limits = createLimits(createRates({ db, secret, shared, requestsPerMinute: env.requestsPerMinute }))
  return {
    ...services,
    limits,
    accounts: openAccounts({ ...services, limits }),
    addressOf: (request) =>
      clientAddress(request, { sockets: listening.server, trustedProxies: env.trustedProxies }),
  }
}

/** Opens the database for a piece of work, and closes it however that ends. Throws what opening it throws. */
export async function withDatabase<T>(
  env: Env,
  work: (opened: ReturnType<typeof openDatabase>) => T | Promise<T>,
): Promise<T> {
  prepareDataDir(env.dataDir)
  const opened = openDatabase(env)
  try {
    return await work(opened)
  } finally {
    opened.close()
  }
}

/** Opens the database and applies pending migrations. Throws ConfigError in one line when it cannot. */
export function openDatabase(env: Env): Connection & { applied: string[] } {
  try {
    return connect(env.databaseUrl, undefined, env.synchronous)
  } catch (error) {
    throw new ConfigError([`DATABASE_URL ${env.databaseUrl} cannot be opened: ${(error as Error).message}`])
  }
}
