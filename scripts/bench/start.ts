// How soon the binary answers on an existing database, and what it weighs at rest.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { figure, median, printFigures } from './figures.ts'

const STARTS = 9
const IDLE_MS = 3_000

const binary = join(import.meta.dir, '../../dist/quill')
if (!existsSync(binary)) throw new Error('Build the binary first: bun run build')

const folder = mkdtempSync(join(tmpdir(), 'quill-bench-'))
await start()
const readyMs: number[] = []
const rssMb: number[] = []
for (let round = 0; round < STARTS; round++) {
  const { ms, mb } = await start()
  readyMs.push(ms)
  rssMb.push(mb)
}
rmSync(folder, { recursive: true })

printFigures([
  figure(`from start to the first 200 of /health/ready, median of ${STARTS}`, median(readyMs), 'ms'),
  figure(`resident memory after ${IDLE_MS / 1000} s at rest, median`, median(rssMb), 'MB'),
])

async function start() {
  const port = await freePort()
  const started = performance.now()
  const child = Bun.spawn([binary, 'serve'], {
    cwd: folder,
    env: { PORT: String(port), DATA_DIR: folder, LOG_LEVEL: 'error', QUEUE: 'inline' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  while (child.exitCode === null && !(await isReady(port))) await Bun.sleep(1)
  const ms = performance.now() - started
  await Bun.sleep(IDLE_MS)
  const mb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
  child.kill('SIGTERM')
  await child.exited
  return { ms, mb }
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  )
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  const { port } = server
  await server.stop(true)
  return port!
}
