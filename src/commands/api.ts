import { checkDotEnv, readEnv } from '#src/env.ts'
import { complaintsOfServices } from '#src/services.ts'
import { readArgs } from './command.ts'
import { isOpenDemo, serve } from './serve.ts'

export const usage = 'Usage: quill api\n\nAPI and interface without a worker; start one with `quill worker`.'

export async function run(args: string[]): Promise<number> {
  readArgs({ args, options: {} }, usage)
  checkDotEnv(process.cwd())
  const env = readEnv(process.env, { complaints: complaintsOfServices })
  return serve(env, { demo: isOpenDemo(env), worker: false })
}
