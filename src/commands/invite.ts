import { links } from '#src/accounts/links.ts'
import { operator } from '#src/audit/audit.ts'
import { checkDotEnv, readEnv } from '#src/env.ts'
import { createLog } from '#src/log.ts'
import { openMailer } from '#src/mail/mailer.ts'
import { invitation } from '#src/mail/messages.ts'
import { INVITATION_DAYS, invite } from '#src/projects/invitations.ts'
import { operatorProject } from '#src/projects/operator-project.ts'
import { type Role, roleMeanings, roles } from '#src/projects/permissions.ts'
import { withDatabase } from '#src/services.ts'
import { readArgs, readEmail, readName, UsageError } from './command.ts'
import { printLink } from './print-link.ts'

export const usage = [
  'Usage: quill invite EMAIL --project NAME|ID [--role ROLE]',
  '',
  'Invites somebody into a project, which is created when it is missing, and prints the link: this one time.',
  'Once somebody is a member of it, its id (prj_…) says which one is meant: a name may be taken twice.',
  `It works once, for this address, for ${INVITATION_DAYS} days; a mail goes out where SMTP_URL is set.`,
  'Roles (owner unless told):',
  ...roles.map((role) => `  ${role.padEnd(9)} ${roleMeanings[role]}`),
].join('\n')

export async function run(args: string[]): Promise<number> {
  const options = { project: { type: 'string' }, role: { type: 'string' } } as const
  const { values, positionals } = readArgs({ args, options, allowPositionals: true }, usage)
  const email = readEmail(positionals, usage)
  const name = readName('--project', values.project, usage)
  const role = readRole(values.role ?? 'owner')
  checkDotEnv(process.cwd())
  const env = readEnv(process.env, { needsQueue: false })
  const { mailer } = openMailer(env, createLog(env.logLevel))
  await withDatabase(env, async ({ db }) => {
    const project = await operatorProject(db, name)
    const asked = { projectId: project.id, email, role, decides: roles }
    const { token, expiresAt } = await invite(db, asked, operator)
    const link = links(env).invitation(token)
    printLink(env, link)
    const inviter = 'Whoever runs this Quill'
    const message = invitation({ inviter, project: project.name, role, link, expiresAt })
    if (env.smtpUrl) await mailer.send({ to: email, ...message }).catch(tellNotSent)
  })
  return 0
}

/** The log has the reason; the invitation holds without the mail. */
const tellNotSent = () => void process.stderr.write('The mail was not sent; pass on the link above.\n')

function readRole(text: string): Role {
  const role = roles.find((name) => name === text)
  if (!role) throw new UsageError(`--role must be one of ${roles.join(', ')}.\n\n${usage}`)
  return role
}
