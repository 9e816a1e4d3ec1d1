import { join } from 'node:path'
import { connect } from '#db/connect.ts'
import { setUp } from '#scripts/cloudflare-setup.ts'
import { createApiKey } from '#src/projects/api-keys.ts'
import { permissionNames } from '#src/projects/permissions.ts'
import { ensureProject } from '#src/projects/projects.ts'
import type { QueueName } from '#src/queue/queue.ts'
import type { Fault } from '../fakes/cloudflare-queues-faults.ts'
import { type Folder, type Started, start } from '../processes/processes.ts'
import type { Tree } from './tree.ts'

/** As short as the settings allow: a pause is longer, and what a dead worker held goes on soon. */
export const LEASE_MS = 500
/** Each project may start 120 jobs in a minute. */
const PROJECTS = 100
const CONCURRENCY = 4
const STOP_MS = 20_000
const FAKE = join(import.meta.dir, '../fakes/cloudflare-queues-serve.ts')

/** What goes wrong at Cloudflare all the time. */
const FAULTS: Fault[] = [
  { kind: 'lost-answer', chance: 0.05 },
  { kind: 'refused', chance: 0.02 },
  { kind: 'bad-gateway', chance: 0.02 },
  { kind: 'unsuccessful', chance: 0.02 },
  { kind: 'duplicate', chance: 0.05 },
  { kind: 'reorder', chance: 0.2 },
  { kind: 'slow', chance: 0.05, ms: 100 },
]

export type Role = 'api' | 'worker 1' | 'worker 2' | 'queue'

export type Estate = AsyncDisposable & {
  roles: Role[]
  /** Where the processes keep what they have, and stand. */
  folder: string
  databaseFile: string
  keys: string[]
  /** Where the API answers now. */
  origin(): string
  pid(role: Role): number
  /** Kills a process and starts it again, once more when it is `killedAgainMs` old. Resolves when it is at work. */
  restart(role: Role, killedAgainMs?: number): Promise<void>
  /** Moves the clock of the queue outside, if there is one, and lets nothing go wrong there from now on. */
  calm(): Promise<void>
  advance(ms: number): Promise<void>
  /** Ends all by SIGTERM. */
  stop(): Promise<void>
  /** What no process may do: end by itself, or not end when it is asked to. */
  complaints: string[]
}

/** The API, two workers and, for Cloudflare, the fake of it, as processes that run `tree`. */
export async function openEstate(
  tree: Tree,
  { backend, folder, seed }: { backend: QueueName; folder: Folder; seed: number },
): Promise<Estate> {
  const databaseFile = folder.file('quill.db')
  const keys = await makeProjects(databaseFile)
  const running = new Map<Role, Started>()
  const complaints: string[] = []
  const killed = new Set<Started>()
  let calm = false
  let aheadMs = 0
  let fakeSettings: Record<string, string> = {}
  let env: Record<string, string> = {
    DATA_DIR: folder.path,
    DATABASE_URL: `file:${databaseFile}`,
    JOB_LEASE_MS: String(LEASE_MS),
    WORKER_CONCURRENCY: String(CONCURRENCY),
    REQUESTS_PER_MINUTE: '1000000000',
  }
  // A signal ends this process by process.exit, when there is no time to wait for anybody's end.
  process.prependListener('exit', killAll)
  if (backend === 'cloudflare') {
    await begin('queue')
    if ((await setUp([], fakeSettings, () => {})) !== 0) throw new Error('The queues could not be made.')
    const { CONTROL_URL, ...settings } = fakeSettings
    env = { ...env, ...settings }
    await injectFaults()
  }
  const estate: Estate = {
    roles:
      backend === 'cloudflare' ? ['api', 'worker 1', 'worker 2', 'queue'] : ['api', 'worker 1', 'worker 2'],
    folder: folder.path,
    databaseFile,
    keys,
    origin: () => origin,
    pid: (role) => running.get(role)!.pid,
    async restart(role, killedAgainMs) {
      await end(role, 'SIGKILL')
      if (killedAgainMs !== undefined) {
        launch(role)
        await Bun.sleep(killedAgainMs)
        await end(role, 'SIGKILL')
      }
      await begin(role)
    },
    async calm() {
      calm = true
      await control('/heal')
    },
    advance(ms) {
      aheadMs += ms
      return control('/advance', String(ms))
    },
    async stop() {
      await Promise.all((['api', 'worker 1', 'worker 2'] as const).map((role) => end(role, 'SIGTERM')))
    },
    complaints,
    async [Symbol.asyncDispose]() {
      process.off('exit', killAll)
      killAll()
      await Promise.all([...running.values()].map((started) => started[Symbol.asyncDispose]()))
    },
  }
  let origin = ''
  try {
    await Promise.all((['api', 'worker 1', 'worker 2'] as const).map(begin))
    return estate
  } catch (error) {
    await estate[Symbol.asyncDispose]()
    throw error
  }

  function killAll() {
    for (const started of running.values()) {
      killed.add(started)
      started.signal('SIGKILL')
    }
  }

  async function begin(role: Role) {
    const started = launch(role)
    if (role === 'api') origin = (await started.line(/ready at (http:\/\/\S+)\//))[1]!
    else if (role === 'queue') await readFake(started)
    else await started.line(/takes jobs/)
  }

  function launch(role: Role): Started {
    const started = start(folder, commandOf(role), env)
    running.set(role, started)
    void started.exited.then((code) => {
      if (!killed.has(started))
        complaints.push(`the ${role} ended by itself with ${code}: ${started.output()}`)
    })
    return started
  }

  async function end(role: Role, signal: 'SIGKILL' | 'SIGTERM') {
    const started = running.get(role)!
    killed.add(started)
    started.signal(signal)
    const late = setTimeout(() => {
      complaints.push(`the ${role} did not end within ${STOP_MS} ms of ${signal}`)
      started.signal('SIGKILL')
    }, STOP_MS)
    const code = await started.exited
    clearTimeout(late)
    if (signal === 'SIGTERM' && code !== 0)
      complaints.push(`the ${role} ended with ${code} when it was asked to: ${started.output()}`)
  }

  function commandOf(role: Role): string[] {
    if (role === 'api') return [tree.path('src/main.ts'), 'api']
    if (role !== 'queue') return [tree.path('worker/consumer.ts')]
    const port = fakeSettings.CF_QUEUE_URL ? new URL(fakeSettings.CF_QUEUE_URL).port : '0'
    return [FAKE, '--state', folder.file('queues.db'), '--seed', String(seed), '--port', port]
  }

  async function readFake(started: Started) {
    await started.line(/^CONTROL_URL=.*\n/m)
    const lines = started.output().matchAll(/^(\w+)=(.*)$/gm)
    fakeSettings = Object.fromEntries([...lines].map(([, name, value]) => [name, value]))
    if (aheadMs) await control('/advance', String(aheadMs))
    if (env.CF_QUEUE_URL && !calm) await injectFaults()
  }

  async function injectFaults() {
    for (const fault of FAULTS) await control('/inject', JSON.stringify(fault))
  }

  async function control(path: string, body = '') {
    // While it is dead it cannot be told; it is told again when it is back.
    if (fakeSettings.CONTROL_URL)
      await fetch(fakeSettings.CONTROL_URL + path, { method: 'POST', body }).catch(() => {})
  }
}

/** A database with projects, and a key of each. */
async function makeProjects(file: string): Promise<string[]> {
  const { db, close } = connect(`file:${file}`)
  try {
    const keys: string[] = []
    for (let index = 0; index < PROJECTS; index++) {
      const projectId = await ensureProject(db, `Project ${index}`)
      keys.push(await createApiKey(db, { projectId, name: 'chaos', scopes: permissionNames }))
    }
    return keys
  } finally {
    close()
  }
}
