import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const START_MS = 10_000
const END_MS = 5_000
const LOOK_MS = 10
const LOG_LINES = 10
const READY = 'eady to accept connections'

/** A server of the system's that listens on a loopback port until it is stopped. */
export type Service = { port: number; stop(): Promise<void> }

export type Program = {
  /** What ends it at once, without a thought for its folder. */
  signal: 'SIGQUIT' | 'SIGKILL'
  /** Who it runs as where this process is root. */
  user?: string
  /** Is run to its end before it. */
  prepare?(folder: string): string[]
  serve(folder: string, port: number): string[]
}

type Running = { child: Bun.Subprocess; folder: string; signal: Program['signal'] }

const running = new Set<Running>()
process.on('exit', () => {
  for (const started of running) end(started)
})

/** @throws Error that says what to install */
export function installed(program: string, debianPackage: string, folders: string[] = []): string {
  const path = Bun.which(program, { PATH: [...folders, process.env.PATH].join(':') })
  if (!path) throw new Error(`${program} is missing (apt-get install ${debianPackage})`)
  return path
}

/**
 * Starts a server on a free port, in a temporary folder that is removed when it is stopped. It ends with this process,
 * however that ends; and this process with it, where it does not get ready or ends by itself.
 */
export async function startService({ signal, user, prepare, serve }: Program): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), 'quill-bench-service-'))
  const under = ['setpriv', '--pdeathsig', signal.slice('SIG'.length)]
  if (user && process.getuid?.() === 0) {
    under.push('--reuid', user, '--regid', user, '--clear-groups')
    Bun.spawnSync(['chown', user, folder])
  }
  const logFile = join(folder, 'log')
  const log = openSync(logFile, 'a')
  if (prepare) Bun.spawnSync([...under, ...prepare(folder)], { stdio: ['ignore', log, log] })
  const port = freePort()
  // Detached, so that an interrupt at the terminal reaches the bench alone, which then ends its services.
  const child = Bun.spawn([...under, ...serve(folder, port)], { stdio: ['ignore', log, log], detached: true })
  closeSync(log)
  const started = { child, folder, signal }
  running.add(started)
  void child.exited.then(() => running.has(started) && giveUp(logFile))
  const deadline = performance.now() + START_MS
  while (!readFileSync(logFile, 'utf8').includes(READY)) {
    if (performance.now() > deadline) giveUp(logFile)
    await Bun.sleep(LOOK_MS)
  }
  return {
    port,
    async stop() {
      running.delete(started)
      end(started)
      await child.exited
    },
  }
}

function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  listener.stop(true)
  return listener.port
}

function giveUp(logFile: string): never {
  const last = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES)
  console.error(['A service of the bench did not start, or ended by itself:', ...last].join('\n'))
  process.exit(1)
}

/** Needs no turn of the event loop: it must work while the process exits. */
function end({ child, folder, signal }: Running) {
  child.kill(signal)
  const deadline = performance.now() + END_MS
  while (lives(child.pid) && performance.now() < deadline) Bun.sleepSync(LOOK_MS)
  rmSync(folder, { recursive: true, force: true })
}

/** One that has ended, but was not waited for yet, has no command line any more. */
function lives(pid: number): boolean {
  const commandLine = `/proc/${pid}/cmdline`
  return existsSync(commandLine) && readFileSync(commandLine).length > 0
}
