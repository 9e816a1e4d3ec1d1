import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Secret } from './secret.ts'

/** Every setting: its default, what it means, and how its text becomes a value. The README's table is made of it. */
const settings = {
  NODE_ENV: setting(
    Bun.isStandaloneExecutable ? 'production' : 'development',
    'What this installation is for: `development` (the demo needs no sign-in), `test` or `production`, the default of the binary.',
    environmentName,
  ),
  HOST: setting('127.0.0.1', 'The address to listen on; `0.0.0.0` for every network.', nonEmpty),
  PORT: setting('3000', 'The port to listen on; `0` takes any free one.', wholeNumber(0, 65_535)),
  DATA_DIR: setting('./data', 'Where everything is kept; created when it is missing.', nonEmpty),
  DATABASE_URL: setting('', 'The database, `file:<path>`. Default: `quill.db` in DATA_DIR.', databaseUrl),
  MASTER_KEYS: setting(
    '',
    'The keys that encrypt stored secrets, `<id>:<base64 of 32 bytes>`, separated by commas: the first encrypts, all decrypt. Default: the file `master.keys` in DATA_DIR, made when it is needed.',
    secretText,
  ),
  LOG_LEVEL: setting(
    '',
    'How much to log: `debug`, `info`, `warn`, `error`, `silent`. Default: `warn` in development, `info` otherwise.',
    logLevel,
  ),
  USE_INLINE_QUEUE: setting(
    'true',
    'Keep the job queue in the database. The only queue of this version.',
    onlyTrue,
  ),
  WORKER_CONCURRENCY: setting('4', 'How many jobs one worker performs at a time.', wholeNumber(1, 64)),
  JOB_LEASE_MS: setting(
    '15000',
    'How long the jobs of a worker that died stay its own, in milliseconds.',
    wholeNumber(500, 600_000),
  ),
} as const

export type Environment = 'development' | 'test' | 'production'
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export type Env = {
  environment: Environment
  host: string
  port: number
  dataDir: string
  databaseUrl: string
  masterKeys: Secret | undefined
  logLevel: LogLevel
  workerConcurrency: number
  jobLeaseMs: number
}

/** Thrown when the configuration cannot be used; `problems` holds one line for each thing to mend. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  constructor(readonly problems: string[]) {
    super(problems.join('\n'))
  }
}

/** Name, default and meaning of every setting, in the order of the documentation. */
export const settingList = Object.entries(settings).map(([name, { fallback, meaning }]) => ({
  name,
  fallback,
  meaning,
}))

/**
 * Reads and checks the whole environment at once.
 * Throws ConfigError with every problem, each naming the setting and what it must be.
 */
export function readEnv(source: Record<string, string | undefined>): Env {
  const problems: string[] = []
  const read = <K extends keyof typeof settings>(name: K): ReturnType<(typeof settings)[K]['parse']> => {
    const { fallback, parse } = settings[name]
    const text = source[name]?.trim() || fallback
    try {
      return parse(text) as ReturnType<(typeof settings)[K]['parse']>
    } catch (error) {
      problems.push(
        `${name} ${(error as Error).message}, but is "${text}"; \`quill doctor\` checks all settings.`,
      )
      return undefined as never
    }
  }
  const environment = read('NODE_ENV')
  const dataDir = resolve(read('DATA_DIR'))
  const env: Env = {
    environment,
    host: read('HOST'),
    port: read('PORT'),
    dataDir,
    databaseUrl: read('DATABASE_URL') || `file:${join(dataDir, 'quill.db')}`,
    masterKeys: read('MASTER_KEYS'),
    logLevel: read('LOG_LEVEL') || (environment === 'development' ? 'warn' : 'info'),
    workerConcurrency: read('WORKER_CONCURRENCY'),
    jobLeaseMs: read('JOB_LEASE_MS'),
  }
  read('USE_INLINE_QUEUE')
  if (problems.length) throw new ConfigError(problems)
  return env
}

/** Creates DATA_DIR when it is missing. Throws ConfigError when it cannot be made or written to. */
export function prepareDataDir(dataDir: string) {
  try {
    mkdirSync(dataDir, { recursive: true })
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

function wholeNumber(min: number, max: number) {
  return (text: string) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new Error(`must be a whole number from ${min} to ${max}`)
    return value
  }
}

function oneOf<T extends string>(...allowed: T[]) {
  return (text: string): T => {
    if (!allowed.includes(text as T)) throw new Error(`must be one of ${allowed.filter(Boolean).join(', ')}`)
    return text as T
  }
}

function environmentName(text: string): Environment {
  return oneOf<Environment>('development', 'test', 'production')(text)
}

function logLevel(text: string): LogLevel | '' {
  return oneOf<LogLevel | ''>('debug', 'info', 'warn', 'error', 'silent', '')(text)
}

function onlyTrue(text: string): 'true' {
  return oneOf('true')(text)
}

/** Refuses nothing, because a refusal repeats the text: whoever uses the secret checks it. */
function secretText(text: string): Secret | undefined {
  return text ? new Secret(text) : undefined
}

function nonEmpty(text: string): string {
  if (!text) throw new Error('must not be empty')
  return text
}

function databaseUrl(text: string): string {
  if (text && !text.startsWith('file:')) throw new Error('must start with `file:`')
  return text
}
