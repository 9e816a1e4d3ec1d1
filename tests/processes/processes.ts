import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../harness.ts'

const ROOT = join(import.meta.dir, '..', '..')
export const MAIN = join(ROOT, 'src', 'main.ts')
export const CONSUMER = join(ROOT, 'worker', 'consumer.ts')

export type Started = AsyncDisposable & {
  pid: number
  /** Standard output and error so far. */
  output(): string
  /** Waits for a line of the output, and gives what the groups of the pattern matched. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  signal(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void
  exited: Promise<number>
}

export type Folder = Disposable & { path: string; file(name: string): string }

/** A folder of its own that goes when the test ends. */
export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'quill-test-'))
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** Starts Bun on a script in a folder, with nothing of the caller's settings. */
export function start(folder: Folder, args: string[], env: Record<string, string> = {}): Started {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: folder.path,
    env: {
      PATH: process.env.PATH,
      HOME: folder.path,
      NODE_ENV: 'test',
      PORT: '0',
      LOG_LEVEL: 'error',
      ...env,
    },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let output = ''
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) output += decoder.decode(chunk, { stream: true })
  }
  const collected = Promise.all([collect(child.stdout), collect(child.stderr)])
  const exited = Promise.all([child.exited, collected]).then(([code]) => code)
  return {
    pid: child.pid,
    output: () => output,
    line: (pattern) =>
      until(`the process says ${pattern}; so far: ${output}`, () => {
        const match = pattern.exec(output)
        if (!match && child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${output}`)
        return match
      }),
    signal: (signal) => child.kill(signal),
    exited,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Runs a command of `quill` to its end. */
export async function quill(folder: Folder, args: string[], env: Record<string, string> = {}) {
  await using command = start(folder, [MAIN, ...args], env)
  const code = await command.exited
  return { code, output: command.output() }
}

/** Starts a server and waits for the address it announces. */
export async function serve(folder: Folder, command: 'serve' | 'api', env: Record<string, string> = {}) {
  const server = start(folder, [MAIN, command], env)
  const [, origin] = await server.line(/ready at (http:\/\/\S+)\//)
  return { server, origin: origin! }
}

/** Makes a key of the project Team, and gives a client of the API that uses it. */
export async function clientFor(folder: Folder, origin: string) {
  const { output } = await quill(folder, ['key', 'create', '--project', 'Team', '--scopes', ALL_SCOPES])
  const key = output.trim()
  return async (method: string, path: string, body?: object) => {
    const response = await fetch(origin + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
    })
    // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what a test finds out
    return { status: response.status, body: (await response.json()) as any }
  }
}

export type Client = Awaited<ReturnType<typeof clientFor>>

const ALL_SCOPES =
  'sources:read,sources:write,documents:read,documents:write,pipelines:run,jobs:read,jobs:write,events:read'

/** Starts a run on a text of its own. */
export async function startRun(call: Client, text: string, options: object = {}) {
  const source = await call('POST', '/api/v1/sources', { kind: 'text', text })
  const document = await call('POST', '/api/v1/documents', { sourceIds: [source.body.id] })
  const run = await call('POST', '/api/v1/pipelines/generate_blog', { documentId: document.body.id, options })
  if (run.status !== 202) throw new Error(JSON.stringify(run.body))
  return { runId: run.body.run.id as string, documentId: document.body.id as string }
}

export const untilSucceeded = (call: Client, runId: string) =>
  until(`the run ${runId} succeeds`, async () => {
    const { body } = await call('GET', `/api/v1/runs/${runId}`)
    if (body.state === 'failed') throw new Error(JSON.stringify(body.error))
    return body.state === 'succeeded' ? body : undefined
  })
