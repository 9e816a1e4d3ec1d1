import type { Sender } from './address.ts'
import type { Mail } from './mail.ts'

/** A mail as it was kept. `links` are those that stand on a line of their own. */
export type KeptMail = { to: string; subject: string; date: Date; text: string; links: string[] }

/** A mail as a file that mail programs open: RFC 5322 with UTF-8 heads (RFC 6532), texts left readable. */
export function writeEml({ to, subject, text, html }: Mail, from: Sender, date: Date): string {
  const boundary = crypto.randomUUID()
  const head = [
    `From: ${from.name ? `"${from.name}" ` : ''}<${from.address}>`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
  ]
  const body = html
    ? [
        `Content-Type: multipart/alternative; boundary="${boundary}"`,
        '',
        `--${boundary}`,
        ...part('plain', text),
        `--${boundary}`,
        ...part('html', html),
        `--${boundary}--`,
        '',
      ]
    : part('plain', text)
  return [...head, ...body].join('\r\n')
}

/** Reads back what `writeEml` wrote. */
export function readEml(file: string): KeptMail {
  const [head, body] = splitHead(file)
  const boundary = /boundary="([^"]+)"$/m.exec(head)?.[1]
  const plain = boundary ? splitHead(body.split(`--${boundary}\r\n`)[1]!.slice(0, -2))[1] : body
  const text = plain.replaceAll('\r\n', '\n')
  return {
    to: field(head, 'To'),
    subject: field(head, 'Subject'),
    date: new Date(field(head, 'Date')),
    text,
    links: text.match(/^https?:\/\/\S+$/gm) ?? [],
  }
}

function part(subtype: 'plain' | 'html', text: string): string[] {
  return [
    `Content-Type: text/${subtype}; charset=utf-8`,
    'Content-Transfer-Encoding: 8bit',
    '',
    ...text.split(/\r\n|\r|\n/),
  ]
}

function splitHead(text: string): [head: string, body: string] {
  const end = text.indexOf('\r\n\r\n')
  return [text.slice(0, end).replaceAll('\r\n', '\n'), text.slice(end + 4)]
}

function field(head: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(head)?.[1] ?? ''
}
