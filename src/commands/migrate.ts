import { checkDotEnv, readEnv } from '#src/env.ts'
import { withDatabase } from '#src/services.ts'
import { readArgs } from './command.ts'

export const usage =
  'Usage: quill migrate\n\nBrings the database up to date; starting any process does the same.'

export async function run(args: string[]): Promise<number> {
  readArgs({ args, options: {} }, usage)
  checkDotEnv(process.cwd())
  const env = readEnv(process.env, { needsQueue: false })
  const applied = await withDatabase(env, (opened) => opened.applied)
  process.stdout.write(applied.length ? `Applied ${applied.join(', ')}.\n` : 'The database is up to date.\n')
  return 0
}
