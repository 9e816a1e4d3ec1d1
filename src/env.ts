import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { localUrl } from './loopback.ts'
import { misspeltSettings } from './misspelt-settings.ts'
import { type OpsSettings, opsSettings, readOpsSettings } from './ops-settings.ts'
import { type QueueSettings, queueSettings, readQueueSettings } from './queue-settings.ts'
import type { Secret } from './secret.ts'
import {
  databaseUrl,
  type Environment,
  environmentName,
  type LogLevel,
  logLevel,
  nonEmpty,
  oneOf,
  origins,
  publicUrl,
  type SignUp,
  secret,
  signUp,
  text,
  trueOrFalse,
  webAddress,
  wholeNumber,
} from './setting-values.ts'

/** Every setting: default, meaning, and how its text becomes a value. The README's table is made of it. */
const settings = {
  NODE_ENV: setting(
    Bun.isStandaloneExecutable ? 'production' : 'development',
    'What this installation is for: `development` (the demo needs no sign-in), `test` or `production`, the default of the binary.',
    environmentName,
  ),
  HOST: setting('127.0.0.1', 'The address to listen on; `0.0.0.0` for every network.', nonEmpty),
  PORT: setting('3000', 'The port to listen on; `0` takes any free one.', wholeNumber(0, 65_535)),
  PUBLIC_URL: setting(
    '',
    'Where people reach this installation: links in mails and sign-in by GitHub or Google need it; with `https:` cookies are bound to the host. Default: HOST and PORT.',
    publicUrl,
  ),
  DATA_DIR: setting('./data', 'Where everything is kept; created when it is missing.', nonEmpty),
  DATABASE_URL: setting('', 'The database, `file:<path>`. Default: `quill.db` in DATA_DIR.', databaseUrl),
  SIGN_UP: setting(
    '',
    'Who may make an account: `open` for everybody, `invited` for who has an invitation. Default: `invited` in production, `open` otherwise.',
    signUp,
  ),
  MASTER_KEYS: setting(
    '',
    'The keys that encrypt stored secrets, `<id>:<base64 of 32 bytes>`, separated by commas: the first encrypts, all decrypt. Default: the file `master.keys` in DATA_DIR, made when it is needed.',
    secret,
  ),
  SMTP_URL: setting(
    '',
    'The mail server, `smtp://user:password@host:587` or `smtps://…`. Without it mails are put into `mail` in DATA_DIR.',
    secret,
  ),
  MAIL_FROM: setting('', 'The sender of mails, `Quill <quill@example.com>`. Needed with SMTP_URL.', text),
  GITHUB_CLIENT_ID: setting('', 'Sign-in by GitHub: the id of your OAuth app.', text),
  GITHUB_CLIENT_SECRET: setting('', 'Its secret.', secret),
  GITHUB_URL: setting('https://github.com', 'GitHub, or your GitHub Enterprise.', webAddress),
  GITHUB_API_URL: setting('https://api.github.com', 'Its API.', webAddress),
  GOOGLE_CLIENT_ID: setting('', 'Sign-in by Google: the id of your OAuth client.', text),
  GOOGLE_CLIENT_SECRET: setting('', 'Its secret.', secret),
  GOOGLE_ISSUER: setting('https://accounts.google.com', 'The OpenID Connect issuer to ask.', webAddress),
  TRUSTED_PROXIES: setting(
    '0',
    'How many proxies stand in front: the address of a client is read that many from the right in `X-Forwarded-For`.',
    wholeNumber(0, 10),
  ),
  REQUESTS_PER_MINUTE: setting(
    '600',
    'How many requests one API key, or one signed-in browser, may make in a minute.',
    wholeNumber(1, 1_000_000_000),
  ),
  CORS_ORIGINS: setting(
    '',
    'Web pages of other origins that may call the API with a key, `https://a.example,https://b.example`. Default: none.',
    origins,
  ),
  ALLOW_LOOPBACK_FETCH: setting(
    'false',
    'Let addresses that users name be on this machine: for development, refused in production. Without effect so far: no connector fetches such an address yet.',
    trueOrFalse,
  ),
  LOG_LEVEL: setting(
    '',
    'How much to log: `debug`, `info`, `warn`, `error`, `silent`. Default: `warn` in development, `info` otherwise.',
    logLevel,
  ),
  WORKER_CONCURRENCY: setting('4', 'How many jobs one worker performs at a time.', wholeNumber(1, 64)),
  JOB_LEASE_MS: setting(
    '15000',
    'How long the jobs of a worker that died stay its own, in milliseconds.',
    wholeNumber(500, 600_000),
  ),
  SQLITE_SYNCHRONOUS: setting(
    'FULL',
    '`FULL`: what was answered survives a power cut. `NORMAL`: faster, but a power cut may take the last moments with it; a crash takes nothing either way.',
    oneOf('FULL', 'NORMAL'),
  ),
} as const

export type Env = {
  environment: Environment
  host: string
  port: number
  /** Without a slash at its end. */
  publicUrl: string
  /** Whether cookies are sent over HTTPS only, under names that are bound to the host. */
  secureCookies: boolean
  dataDir: string
  databaseUrl: string
  signUp: SignUp
  masterKeys: Secret | undefined
  smtpUrl: Secret | undefined
  mailFrom: string
  github: { clientId: string; clientSecret: Secret | undefined; url: string; apiUrl: string }
  google: { clientId: string; clientSecret: Secret | undefined; issuer: string }
  trustedProxies: number
  requestsPerMinute: number
  corsOrigins: string[]
  allowLoopbackFetch: boolean
  logLevel: LogLevel
  queue: QueueSettings
  ops: OpsSettings
  workerConcurrency: number
  jobLeaseMs: number
  synchronous: 'FULL' | 'NORMAL'
  /** One line for each variable that may be meant as a setting and is none. */
  warnings: string[]
}

type Reading = { needsQueue?: boolean; complaints?: (env: Env) => string[] }

/** Thrown when the configuration cannot be used; `problems` holds one line for each thing to mend. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  constructor(readonly problems: string[]) {
    super(problems.join('\n'))
  }
}

/** What a check complains of: one line for each thing to mend, none when it is content. */
export function problemsOf(check: () => unknown): string[] {
  try {
    check()
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

/** Name, default and meaning of every setting, in the order of the documentation. */
export const settingList = Object.entries({ ...settings, ...queueSettings, ...opsSettings }).map(
  ([name, { fallback, meaning }]) => ({
    name,
    fallback,
    meaning,
  }),
)

/**
 * Reads and checks the whole environment at once. Throws ConfigError with every problem, each naming the
 * setting and what it must be; what the queue lacks is none for who does not need it. `complaints` are those
 * of who will use the settings: a setting that cannot be read has its default when they are asked.
 */
export function readEnv(
  source: Record<string, string | undefined>,
  { needsQueue = true, complaints = () => [] }: Reading = {},
): Env {
  const problems: string[] = []
  const read = <K extends keyof typeof settings>(name: K): ReturnType<(typeof settings)[K]['parse']> => {
    const { fallback, parse } = settings[name]
    const text = source[name]?.trim() || fallback
    try {
      return parse(text) as ReturnType<(typeof settings)[K]['parse']>
    } catch (error) {
      problems.push(`${name} ${(error as Error).message}, but is "${text}".`)
      return parse(fallback) as ReturnType<(typeof settings)[K]['parse']>
    }
  }
  const environment = read('NODE_ENV')
  const [host, port] = [read('HOST'), read('PORT')]
  const { queue, problem } = readQueueSettings(source, { isProduction: environment === 'production' })
  const { ops, problems: opsProblems } = readOpsSettings(source)
  const url = read('PUBLIC_URL') || localUrl(host, port)
  const dataDir = resolve(read('DATA_DIR'))
  const env: Env = {
    environment,
    host,
    port,
    publicUrl: url,
    secureCookies: url.startsWith('https:'),
    dataDir,
    databaseUrl: read('DATABASE_URL') || `file:${join(dataDir, 'quill.db')}`,
    signUp: read('SIGN_UP') || (environment === 'production' ? 'invited' : 'open'),
    masterKeys: read('MASTER_KEYS'),
    smtpUrl: read('SMTP_URL'),
    mailFrom: read('MAIL_FROM'),
    github: {
      clientId: read('GITHUB_CLIENT_ID'),
      clientSecret: read('GITHUB_CLIENT_SECRET'),
      url: read('GITHUB_URL'),
      apiUrl: read('GITHUB_API_URL'),
    },
    google: {
      clientId: read('GOOGLE_CLIENT_ID'),
      clientSecret: read('GOOGLE_CLIENT_SECRET'),
      issuer: read('GOOGLE_ISSUER'),
    },
    trustedProxies: read('TRUSTED_PROXIES'),
    requestsPerMinute: read('REQUESTS_PER_MINUTE'),
    corsOrigins: read('CORS_ORIGINS'),
    allowLoopbackFetch: read('ALLOW_LOOPBACK_FETCH'),
    logLevel: read('LOG_LEVEL') || (environment === 'development' ? 'warn' : 'info'),
    queue: queue ?? { backend: 'inline' },
    ops,
    workerConcurrency: read('WORKER_CONCURRENCY'),
    jobLeaseMs: read('JOB_LEASE_MS'),
    synchronous: read('SQLITE_SYNCHRONOUS'),
    warnings: misspeltSettings(
      source,
      settingList.map(({ name }) => name),
    ),
  }
  problems.push(...opsProblems)
  if (ops.metricsPort && ops.metricsPort === port)
    problems.push(
      `METRICS_PORT is ${port}, which is PORT itself: give it another one, or leave it out and set METRICS_TOKEN.`,
    )
  if (problem && needsQueue) problems.push(problem)
  for (const name of ['GITHUB', 'GOOGLE'] as const)
    if (!source[`${name}_CLIENT_ID`]?.trim() !== !source[`${name}_CLIENT_SECRET`]?.trim())
      problems.push(`${name}_CLIENT_ID and ${name}_CLIENT_SECRET must be set both, or neither.`)
  if (env.allowLoopbackFetch && environment === 'production')
    problems.push(
      'ALLOW_LOOPBACK_FETCH is for development: in production users could reach your own network.',
    )
  problems.push(...complaints(env))
  if (problems.length) throw new ConfigError(problems)
  return env
}

/** Creates DATA_DIR when it is missing. Throws ConfigError when it cannot be made or written to. */
export function prepareDataDir(dataDir: string) {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError([`DATA_DIR must be a folder Quill can write to, but ${dataDir} is not (${code}).`])
  }
}

/**
 * Refuses a `.env` file with a line that the runtime would silently skip: anything but `NAME=value`,
 * comments and blank lines. Throws ConfigError naming the lines.
 */
export function checkDotEnv(folder: string) {
  const file = join(folder, '.env')
  if (!existsSync(file)) return
  const problems = readLines(file).flatMap((line, index) =>
    /^\s*(#|$|(export\s+)?[A-Za-z_]\w*\s*=)/.test(line)
      ? []
      : [`.env, line ${index + 1}: expected NAME=value.`],
  )
  if (problems.length) throw new ConfigError(problems)
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)
  } catch (error) {
    throw new ConfigError([`.env cannot be read (${(error as NodeJS.ErrnoException).code}).`])
  }
}

function setting<T>(fallback: string, meaning: string, parse: (text: string) => T) {
  return { fallback, meaning, parse }
}
