import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '#src/env.ts'
import { createLog } from '#src/log.ts'
import { readSender } from '#src/mail/address.ts'
import { openMailer } from '#src/mail/mailer.ts'
import { readSmtpUrl } from '#src/mail/smtp-url.ts'
import { Secret } from '#src/secret.ts'
import { fakeSmtpServer } from '#tests/fakes/smtp-server.ts'

const MAIL = { to: 'anna@example.org', subject: 'Confirm', text: 'Hello.\n' }
const log = createLog('silent')
const dataDir = mkdtempSync(join(tmpdir(), 'quill-mailer-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

describe('where mails go', () => {
  test('without SMTP_URL they go into a folder, which can be read', async () => {
    const { mailer, mailFolder } = openMailer({ dataDir }, log)
    await mailer.send(MAIL)
    expect((await mailFolder!.list()).length).toBe(1)
    expect(readdirSync(join(dataDir, 'mail')).length).toBe(1)
  })

  test('with SMTP_URL they go to the mail server and are kept nowhere', async () => {
    await using server = await fakeSmtpServer()
    const smtpUrl = new Secret(`smtp://127.0.0.1:${server.port}`)
    const opened = openMailer({ smtpUrl, mailFrom: 'Quill <q@example.com>', dataDir: '/nowhere' }, log)
    expect(opened.mailFolder).toBeUndefined()
    await opened.mailer.send(MAIL)
    expect(server.received).toMatchObject([{ from: 'q@example.com', to: [MAIL.to] }])
  })
})

describe('settings are checked at the start', () => {
  const open = (smtpUrl: string, mailFrom = 'q@example.com') =>
    openMailer({ smtpUrl: new Secret(smtpUrl), mailFrom, dataDir }, log)

  test('a server needs a sender, and a sender is one address', () => {
    expect(() => open('smtp://mail.example', '')).toThrow(ConfigError)
    for (const from of ['Quill', 'q@x, r@y', '"Q" <q@x>', 'Q <q@x> <r@y>', 'Q\nBcc: r@y <q@x>', 'q@x <r@y>z'])
      expect({ from, read: readSender(from) }).toEqual({ from, read: undefined })
    expect(readSender('Quill für Ana <q@x.example>')).toEqual({
      name: 'Quill für Ana',
      address: 'q@x.example',
    })
    expect(readSender('<q@x.example>')).toEqual({ name: '', address: 'q@x.example' })
  })

  test('an address of a server that cannot be used is refused without being repeated', () => {
    const wrong = [
      ...[
        'mail.example',
        'http://u:hunter2@mail.example',
        'smtp://',
        'smtp://u:hunter2@',
        'smtp:u:hunter2@mail',
      ],
      ...[
        'smtp://u:hunter2#@mail.example',
        'smtp://u:hunter2/x@mail.example',
        'smtp://u:1/hunter2@mail.example',
      ],
      ...['smtp://u@mail.example', 'smtp://:hunter2@mail.example', 'smtp://u:hunter2%@mail.example'],
      ...['smtp://u:hunter2@mail.example/path', 'smtp://u:hunter2@mail.example?x=1'],
      ...['smtp://u:hunter2@mail.example?starttls=maybe', 'smtps://u:hunter2@mail.example?starttls=off'],
    ]
    for (const url of wrong) {
      const problem = problemOf(() => open(url))
      expect({ url, problem }).toEqual({ url, problem: expect.stringContaining('SMTP_URL') })
      expect(problem).not.toContain('hunter2')
    }
  })

  test('what the address does not say is taken the safe way', () => {
    const cases: [string, ReturnType<typeof readSmtpUrl>][] = [
      ['smtp://mail.example', { host: 'mail.example', port: 587, encryption: 'starttls' }],
      ['smtps://mail.example', { host: 'mail.example', port: 465, encryption: 'tls' }],
      ['smtps://localhost', { host: 'localhost', port: 465, encryption: 'tls' }],
      ['smtp://mail.example:25/?starttls=off', { host: 'mail.example', port: 25, encryption: 'none' }],
      ['smtp://localhost:1025', { host: 'localhost', port: 1025, encryption: 'none' }],
      ['smtp://[::1]:1025', { host: '::1', port: 1025, encryption: 'none' }],
      ['smtp://127.0.0.1?starttls=on', { host: '127.0.0.1', port: 587, encryption: 'starttls' }],
      [
        'smtp://a%40b:p%3A%2F%23%25%20w@mail.example',
        { host: 'mail.example', port: 587, encryption: 'starttls', auth: { user: 'a@b', pass: 'p:/#% w' } },
      ],
    ]
    for (const [url, server] of cases) expect({ url, server: readSmtpUrl(url) }).toEqual({ url, server })
  })
})

function problemOf(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    return (error as ConfigError).problems.join('\n')
  }
}
