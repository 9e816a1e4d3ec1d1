import { existsSync, rmdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Inspection, inspect, peek } from '#db/inspect.ts'
import { checkDotEnv, type Env, prepareDataDir, problemsOf, readEnv } from '#src/env.ts'
import { localUrl } from '#src/loopback.ts'
import { examineQueue } from '#src/queue/backends.ts'
import { pauseInDatabase } from '#src/queue/pauses.ts'
import { complaintsOfServices } from '#src/services.ts'
import { VERSION } from '#src/version.ts'
import { readArgs } from './command.ts'
import { examineAddress, examineKeys, examineMail, examineSignIn } from './examine-access.ts'
import { examineMetrics, examineTelling, examineWork } from './examine-operations.ts'
import { attempt, type Finding } from './finding.ts'

export const usage =
  'Usage: quill doctor\n\nChecks configuration and every connection, and says how to mend what is wrong.'

export async function run(args: string[]): Promise<number> {
  readArgs({ args, options: {} }, usage)
  const findings = await examine()
  for (const finding of findings) process.stdout.write(`${lineOf(finding)}\n`)
  const problems = findings.filter((finding) => finding.problem).length
  process.stdout.write(problems ? `${problems} to mend.\n` : `Quill ${VERSION} can run here.\n`)
  return problems ? 1 : 0
}

function lineOf({ what, problem, warning, detail }: Finding): string {
  const text = problem ?? warning ?? detail
  return `${problem ? '✗' : warning ? '!' : '✓'} ${what}${text ? `: ${text}` : ''}`
}

async function examine(): Promise<Finding[]> {
  const [configuration, env] = await attempt('Configuration', () => {
    checkDotEnv(process.cwd())
    return readEnv(process.env)
  })
  if (!env) return examineSettings()
  const [folder, prepared] = await attempt('Data folder', () => {
    tryDataDir(env.dataDir)
    return env.dataDir
  })
  const [database, inspection] = prepared ? await examineDatabase(env) : [[]]
  const writer = { what: 'Writer', detail: 'offline, built in: no key needed' }
  const isCurrent = inspection?.integrity === 'ok' && inspection.pending.length === 0
  const [queue, work, keys, signIn, mail, telling, metrics, port] = await Promise.all([
    examineQueue(env.queue),
    isCurrent ? examineWork(env) : [],
    prepared ? examineKeys(env, { database: inspection?.integrity === 'ok' }) : [],
    examineSignIn(env),
    examineMail(env),
    examineTelling(env),
    examineMetrics(env),
    examinePort(env),
  ])
  const paused =
    inspection && (await isPaused(env)) ? ', paused: `quill queue resume` lets jobs begin again' : ''
  const backend = { what: 'Queue', detail: env.queue.backend + paused }
  return [
    ...configuration,
    ...env.warnings.map((warning) => ({ what: 'Configuration', warning })),
    ...folder,
    ...database,
    backend,
    ...queue,
    ...work,
    writer,
    ...keys,
    ...signIn,
    ...mail,
    telling,
    metrics,
    examineAddress(env),
    port,
  ]
}

/** Everything that is wrong with the settings: what they are for cannot be looked at. */
function examineSettings(): Finding[] {
  const problems = [
    ...problemsOf(() => checkDotEnv(process.cwd())),
    ...problemsOf(() => readEnv(process.env, { complaints: complaintsOfServices })),
  ]
  return problems.map((problem) => ({ what: 'Configuration', problem }))
}

/** Throws what a start would say of DATA_DIR. A folder that is missing is made for it, and taken away again. */
function tryDataDir(dataDir: string) {
  const missing: string[] = []
  for (let folder = dataDir; !existsSync(folder); folder = dirname(folder)) missing.push(folder)
  try {
    prepareDataDir(dataDir)
  } finally {
    for (const folder of missing.filter(existsSync)) rmdirSync(folder)
  }
}

async function examineDatabase({ databaseUrl }: Env): Promise<[Finding[], Inspection?]> {
  const what = 'Database'
  const [findings, database] = await attempt(what, () => inspect(databaseUrl))
  const unreadable = findings[0]?.problem
  if (unreadable)
    return [[{ what, problem: `${databaseUrl}: ${unreadable}. Restore a backup, or move the file away.` }]]
  if (!database) return [[{ what, detail: `${databaseUrl}, made at the first start` }]]
  const damaged = `it is damaged (${database.integrity}). Restore the latest backup of ${databaseUrl}.`
  const update = database.pending.length
    ? `, ${database.pending.join(', ')} to be applied at the next start`
    : ''
  const problem = database.integrity === 'ok' ? undefined : damaged
  const jobs = { what: 'Jobs', detail: `${database.jobs} waiting or running` }
  return [[{ what, problem, detail: databaseUrl + update }, jobs], database]
}

/** Whether jobs rest, as the database says; of one from before there was a pause there is nothing to say. */
const isPaused = ({ databaseUrl }: Env): Promise<boolean> =>
  peek(databaseUrl, (db) => pauseInDatabase(db, Date.now).isPaused()).catch(() => false)

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
      ? { what, detail: 'a Quill answers here; `serve` needs another PORT if it is not this one' }
      : { what, problem: 'taken. Stop what listens there, or set PORT.' }
  }
}
