import { ConfigError, checkDotEnv, readEnv } from '#src/env.ts'
import { isLoopback, LOOPBACK_HOSTS } from '#src/loopback.ts'
import { complaintsOfServices } from '#src/services.ts'
import { readArgs } from './command.ts'
import { serve } from './serve.ts'

export const usage = [
  'Usage: quill demo',
  '',
  'Serves with a ready Demo project that anybody who reaches the page may open; on this machine only.',
].join('\n')

export async function run(args: string[]): Promise<number> {
  readArgs({ args, options: {} }, usage)
  checkDotEnv(process.cwd())
  const settings = { ...process.env, QUEUE: 'inline', USE_INLINE_QUEUE: '' }
  const env = readEnv(settings, { complaints: complaintsOfServices })
  if (!isLoopback(env.host))
    throw new ConfigError([
      `HOST must be ${LOOPBACK_HOSTS.join(' or ')} for the demo, but is "${env.host}": it has no sign-in.`,
    ])
  return serve(env, { demo: true, worker: true })
}
