import { sql } from 'drizzle-orm'
import { ConfigError, checkDotEnv, type Env, prepareDataDir, readEnv } from '../env.ts'
import { localUrl } from '../loopback.ts'
import { openDatabase } from '../services.ts'
import { VERSION } from '../version.ts'
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
    prepareDataDir(env.dataDir)
    return env.dataDir
  })
  const database = prepared ? await examineDatabase(env) : []
  return [...configuration, ...folder, ...database, await examinePort(env)]
}

async function examineDatabase(env: Env): Promise<Finding[]> {
  const [findings, connection] = attempt('Database', () => openDatabase(env))
  if (!connection) return findings
  const integrity = await connection.db.get<[string]>(sql`PRAGMA integrity_check(1)`)
  const waiting = await connection.db.get<[number]>(sql`SELECT count(*) FROM jobs WHERE due_at IS NOT NULL`)
  connection.close()
  const problem =
    integrity[0] === 'ok'
      ? undefined
      : `it is damaged (${integrity[0]}). Restore the latest backup of ${env.databaseUrl}.`
  return [
    { what: 'Database', problem, detail: env.databaseUrl },
    { what: 'Queue', detail: `inline, ${waiting[0]} jobs waiting or running` },
    { what: 'Writer', detail: 'offline, built in: no key needed' },
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
    const problems = error instanceof ConfigError ? error.problems : [String(error)]
    return [problems.map((problem) => ({ what, problem })), undefined]
  }
}
