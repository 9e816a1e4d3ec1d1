import { join } from 'node:path'
import { ConfigError, problemsOf } from '#src/env.ts'
import type { Log } from '#src/log.ts'
import type { Secret } from '#src/secret.ts'
import { readSender, type Sender } from './address.ts'
import { type MailFolder, mailFolder } from './folder.ts'
import type { Mailer } from './mail.ts'
import { smtpMailer } from './smtp.ts'
import { readSmtpUrl, type SmtpServer } from './smtp-url.ts'

const FOLDER = 'mail'
const FOLDER_SENDER = { name: 'Quill', address: 'quill@localhost' }

const MAIL_FROM_SHAPE = 'MAIL_FROM must be an address, `quill@example.com` or `Quill <quill@example.com>`.'
const MAIL_FROM_MISSING = 'MAIL_FROM must be set when SMTP_URL is: it is who the mails come from.'

export type MailSettings = { smtpUrl?: Secret; mailFrom?: string; dataDir: string }

/**
 * How mails leave this installation: over SMTP when `smtpUrl` says where, else into the folder `mail` in
 * `dataDir`, where they can be read back. Throws ConfigError, which never repeats the address of the server.
 */
export function openMailer(
  { smtpUrl, mailFrom, dataDir }: MailSettings,
  log: Log,
): { mailer: Mailer; mailFolder?: MailFolder } {
  const { from, server } = readMailSettings({ smtpUrl, mailFrom })
  if (server) return { mailer: smtpMailer(server, from!, { log }) }
  const folder = mailFolder(join(dataDir, FOLDER), from ?? FOLDER_SENDER)
  return { mailer: folder, mailFolder: folder }
}

/**
 * The sender, which is there whenever a server is, and the server that mails go to, if any. Throws ConfigError
 * with every problem.
 */
export function readMailSettings({ smtpUrl, mailFrom }: Omit<MailSettings, 'dataDir'>): {
  from?: Sender
  server?: SmtpServer
} {
  const from = mailFrom ? readSender(mailFrom) : undefined
  let server: SmtpServer | undefined
  const problems = problemsOf(() => {
    server = smtpUrl && readSmtpUrl(smtpUrl.reveal())
  })
  if (mailFrom && !from) problems.push(MAIL_FROM_SHAPE)
  if (smtpUrl && !mailFrom) problems.push(MAIL_FROM_MISSING)
  if (problems.length) throw new ConfigError(problems)
  return { from, server }
}
