import { existsSync } from 'node:fs'
import { inspect } from '#db/inspect.ts'
import { identityProviders } from '#src/accounts/identity-providers.ts'
import { ConfigError, checkDotEnv, type Env, prepareDataDir, readEnv } from '#src/env.ts'
import { localUrl } from '#src/loopback.ts'
import { problemOfSmtp } from '#src/mail/smtp.ts'
import { readSmtpUrl } from '#src/mail/smtp-url.ts'
import { examineQueue } from '#src/queue/backends.ts'
import { openKeyRing } from '#src/secrets/key-ring.ts'
import { VERSION } from '#src/version.ts'
import { readArgs } from './command.ts'

export const usage =
  'Usage: quill doctor\n\nChecks configuration and every connection, and says how to mend what is wrong.'

type Finding = { what: string; problem?: string; detail?: string }

export async function run(args: string[]): Promise<number> {
  readArgs({ args, options: {} }, usage)
  const findings = await examine()
  for (const { what, problem, detail } of findings)
    process.stdout.write(
      `${problem ? '✗' : '✓'} ${what}${problem || detail ? `: ${problem ?? detail}` : ''}\n`,
    )
  const problems = findings.filter((finding) => finding.problem).length
  process.stdout.write(problems ? `${problems} to mend.\n` : `Quill ${VERSION} can run here.\n`)
  return problems ? 1 : 0
}

async function examine(): Promise<Finding[]> {
  const [configuration, env] = attempt('Configuration', () => {
    checkDotEnv(process.cwd())
    return readEnv(process.env)
  })
  if (!env) return configuration
  const [folder, prepared] = attempt('Data folder', () => {
    if (existsSync(env.dataDir)) prepareDataDir(env.dataDir)
    return env.dataDir
  })
  const database = prepared ? examineDatabase(env) : []
  const writer = { what: 'Writer', detail: 'offline, built in: no key needed' }
  const queue = [{ what: 'Queue', detail: env.queue.backend }, ...(await examineQueue(env.queue))]
  return [
    ...configuration,
    ...folder,
    ...database,
    ...queue,
    writer,
    ...(prepared ? examineKeys(env) : []),
    ...examineSignIn(env),
    await examineMail(env),
    await examinePort(env),
  ]
}

function examineKeys(env: Env): Finding[] {
  const [problems, ring] = attempt('Master keys', () => {
    const { source, all } = openKeyRing(env)
    return { source, count: all().length }
  })
  if (!ring) return problems
  const detail = ring.count ? `${ring.source}, ${ring.count}` : `${ring.source}, made at the first start`
  return [{ what: 'Master keys', detail }]
}

function examineSignIn(env: Env): Finding[] {
  const [problems, providers] = attempt('Sign-in', () => identityProviders(env))
  if (!providers) return problems
  const who = env.signUp === 'open' ? 'open to everybody' : 'by invitation'
  return [{ what: 'Sign-in', detail: `${['password', ...providers.names].join(', ')}; new accounts ${who}` }]
}

async function examineMail(env: Env): Promise<Finding> {
  if (!env.smtpUrl)
    return { what: 'Mail', detail: 'kept in the folder `mail` of DATA_DIR; set SMTP_URL to send it' }
  const [problems, server] = attempt('Mail', () => readSmtpUrl(env.smtpUrl!.reveal()))
  if (!server) return problems[0]!
  return { what: 'Mail', problem: await problemOfSmtp(server), detail: `by ${server.host}` }
}

function examineDatabase({ databaseUrl }: Env): Finding[] {
  const [findings, database] = attempt('Database', () => inspect(databaseUrl))
  const unreadable = findings[0]?.problem
  if (unreadable)
    return [
      {
        what: 'Database',
        problem: `${databaseUrl}: ${unreadable}. Restore a backup, or move the file away.`,
      },
    ]
  if (!database) return [{ what: 'Database', detail: `${databaseUrl}, made at the first start` }]
  const damaged = `it is damaged (${database.integrity}). Restore the latest backup of ${databaseUrl}.`
  const update = database.pending.length
    ? `, ${database.pending.join(', ')} to be applied at the next start`
    : ''
  return [
    {
      what: 'Database',
      problem: database.integrity === 'ok' ? undefined : damaged,
      detail: databaseUrl + update,
    },
    { what: 'Jobs', detail: `${database.jobs} waiting or running` },
  ]
}

async function examinePort({ host, port }: Env): Promise<Finding> {
  const what = `Port ${port} on ${host}`
  try {
    const server = Bun.serve({ hostname: host, port, fetch: () => new Response() })
    await server.stop(true)
    return { what, detail: 'free' }
  } catch {
    const isQuill = await fetch(`${localUrl(host, port)}/health/live`, { signal: AbortSignal.timeout(1_000) })
      .then((answer) => answer.ok)
      .catch(() => false)
    return isQuill
      ? { what, detail: 'Quill runs here' }
      : { what, problem: 'taken. Stop what listens there, or set PORT.' }
  }
}

/** What `check` returned, with a finding for each thing it complained of. */
function attempt<T>(what: string, check: () => T): [Finding[], T | undefined] {
  try {
    return [[{ what }], check()]
  } catch (error) {
    const problems = error instanceof ConfigError ? error.problems : [(error as Error).message]
    return [problems.map((problem) => ({ what, problem })), undefined]
  }
}
