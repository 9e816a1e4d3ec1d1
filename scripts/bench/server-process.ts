import { join } from 'node:path'

/** What is measured is the work of a request, not how many of them one key is allowed. */
const UNLIMITED = { REQUESTS_PER_MINUTE: '1000000000' }

const root = join(import.meta.dir, '../..')

export type ServerProcess = { port: number; pid: number; stop(): Promise<void> }

/** Starts a server as a process of its own on a free port, and reads the port off its first line with an address. */
export async function startServer(
  args: string[],
  env: Record<string, string>,
  command = [process.execPath],
): Promise<ServerProcess> {
  const child = Bun.spawn([...command, ...args], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      QUEUE: 'inline',
      LOG_LEVEL: 'error',
      PORT: '0',
      ...UNLIMITED,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += chunk
    const port = Number(/http:\/\/[^:\s]+:(\d+)/.exec(output)?.[1])
    if (port) return { port, pid: child.pid, stop: () => stop(child) }
  }
  throw new Error(`The server ended before it was ready: ${output}`)
}

async function stop(child: Bun.Subprocess) {
  child.kill('SIGTERM')
  await child.exited
}
