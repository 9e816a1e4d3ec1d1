import { join } from 'node:path'
import { ConfigError } from '#src/env.ts'
import type { Log } from '#src/log.ts'
import type { Secret } from '#src/secret.ts'
import { readSender } from './address.ts'
import { type MailFolder, mailFolder } from './folder.ts'
import type { Mailer } from './mail.ts'
import { smtpMailer } from './smtp.ts'
import { readSmtpUrl } from './smtp-url.ts'

const FOLDER = 'mail'
const FOLDER_SENDER = { name: 'Quill', address: 'quill@localhost' }

export type MailSettings = { smtpUrl?: Secret; mailFrom?: string; dataDir: string }

/**
 * How mails leave this installation: over SMTP when `smtpUrl` says where, else into the folder `mail` in
 * `dataDir`, where they can be read back. Throws ConfigError, which never repeats the address of the server.
 */
export function openMailer(
  { smtpUrl, mailFrom, dataDir }: MailSettings,
  log: Log,
): { mailer: Mailer; mailFolder?: MailFolder } {
  const from = mailFrom ? readSender(mailFrom) : undefined
  if (mailFrom && !from)
    throw new ConfigError([
      'MAIL_FROM must be an address, `quill@example.com` or `Quill <quill@example.com>`.',
    ])
  if (!smtpUrl) {
    const folder = mailFolder(join(dataDir, FOLDER), from ?? FOLDER_SENDER)
    return { mailer: folder, mailFolder: folder }
  }
  if (!from) throw new ConfigError(['MAIL_FROM must be set when SMTP_URL is: it is who the mails come from.'])
  return { mailer: smtpMailer(readSmtpUrl(smtpUrl.reveal()), from, { log }) }
}
