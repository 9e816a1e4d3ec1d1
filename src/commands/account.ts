import { RESET_LINK_MINUTES } from '#src/accounts/limits.ts'
import { links } from '#src/accounts/links.ts'
import { resetByOperator } from '#src/accounts/reset-by-operator.ts'
import { checkDotEnv, readEnv } from '#src/env.ts'
import { twoFactorChanged } from '#src/mail/messages.ts'
import { openAccess, openServices } from '#src/services.ts'
import { readArgs, readEmail, UsageError } from './command.ts'
import { printLink } from './print-link.ts'

export const usage = [
  'Usage: quill account reset EMAIL [--two-factor]',
  '',
  'Lets somebody back in who has lost the password: prints a link to set a new one, and ends their sessions.',
  `It works once, for ${RESET_LINK_MINUTES} minutes, and is mailed to nobody.`,
  '  --two-factor  turn two-factor sign-in off, for who has lost the phone and the recovery codes, too',
].join('\n')

export async function run(args: string[]): Promise<number> {
  const options = { 'two-factor': { type: 'boolean', default: false } } as const
  const { values, positionals } = readArgs({ args, options, allowPositionals: true }, usage)
  const [verb, ...rest] = positionals
  if (verb !== 'reset') throw new UsageError(usage)
  const email = readEmail(rest, usage)
  const twoFactor = values['two-factor']
  checkDotEnv(process.cwd())
  const env = readEnv(process.env, { needsQueue: false })
  const services = openServices(env, { demo: false })
  try {
    const deps = await openAccess(services, { listening: {}, shared: true })
    printLink(env, await resetByOperator(deps, { email, twoFactor }))
    if (twoFactor)
      deps.post.send(email, twoFactorChanged({ on: false, at: Date.now(), link: links(env).forgotten() }))
    await deps.post.idle()
  } finally {
    services.close()
  }
  return 0
}
