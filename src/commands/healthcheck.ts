import { readEnv } from '#src/env.ts'
import { localUrl } from '#src/loopback.ts'
import { readArgs } from './command.ts'

const TIMEOUT_MS = 3_000

export const usage =
  'Usage: quill healthcheck\n\nAsks the server at HOST and PORT whether it is ready: exit code 0 or 1.'

export async function run(args: string[]): Promise<number> {
  readArgs({ args, options: {} }, usage)
  const { host, port } = readEnv(process.env, { needsQueue: false })
  const url = `${localUrl(host, port)}/health/ready`
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: Error) => error)
  const problem =
    answer instanceof Error ? 'nothing answers there' : answer.ok ? undefined : `it answered ${answer.status}`
  process.stdout.write(problem ? `Not ready: ${url}: ${problem}\n` : 'Ready.\n')
  return problem ? 1 : 0
}
