import { links } from '#src/accounts/links.ts'
import { operator } from '#src/audit/audit.ts'
import { isEmailAddress } from '#src/email-address.ts'
import { checkDotEnv, prepareDataDir, readEnv } from '#src/env.ts'
import { createLog } from '#src/log.ts'
import { openMailer } from '#src/mail/mailer.ts'
import { invitation } from '#src/mail/messages.ts'
import { INVITATION_DAYS, invite } from '#src/projects/invitations.ts'
import { type Role, roleMeanings, roleNames } from '#src/projects/permissions.ts'
import { ensureProject } from '#src/projects/projects.ts'
import { openDatabase } from '#src/services.ts'
import { readArgs, readName, UsageError } from './command.ts'

export const usage = [
  'Usage: quill invite EMAIL --project NAME [--role ROLE]',
  '',
  'Invites somebody into a project, which is created when it is missing, and prints the link: this one time.',
  `It works once, for this address, for ${INVITATION_DAYS} days; a mail goes out where SMTP_URL is set.`,
  'Roles (owner unless told):',
  ...roleNames.map((role) => `  ${role.padEnd(9)} ${roleMeanings[role]}`),
].join('\n')

export async function run(args: string[]): Promise<number> {
  const options = { project: { type: 'string' }, role: { type: 'string' } } as const
  const { values, positionals } = readArgs({ args, options, allowPositionals: true }, usage)
  const email = positionals[0]?.toLowerCase() ?? ''
  if (positionals.length !== 1 || !isEmailAddress(email)) throw new UsageError(usage)
  const name = readName('--project', values.project, usage)
  const role = readRole(values.role ?? 'owner')
  checkDotEnv(process.cwd())
  const env = readEnv(process.env, { needsQueue: false })
  prepareDataDir(env.dataDir)
  const { mailer } = openMailer(env, createLog(env.logLevel))
  const { db, close } = openDatabase(env)
  try {
    const projectId = await ensureProject(db, name)
    const { token, expiresAt } = await invite(db, { projectId, email, role }, operator)
    const link = links(env).invitation(token)
    process.stdout.write(`${link}\n`)
    const message = invitation({ inviter: 'Whoever runs this Quill', project: name, role, link, expiresAt })
    if (env.smtpUrl) await mailer.send({ to: email, ...message })
  } finally {
    close()
  }
  return 0
}

function readRole(text: string): Role {
  const role = roleNames.find((name) => name === text)
  if (!role) throw new UsageError(`--role must be one of ${roleNames.join(', ')}.\n\n${usage}`)
  return role
}
