import { describe, expect, test } from 'bun:test'
import { createServer, type Socket } from 'node:net'
import pino from 'pino'
import type { AppError } from '#src/errors.ts'
import type { Mail } from '#src/mail/mail.ts'
import { smtpMailer } from '#src/mail/smtp.ts'
import { readSmtpUrl } from '#src/mail/smtp-url.ts'
import { fakeSmtpServer, LOCALHOST_PEM } from '#tests/fakes/smtp-server.ts'

const FROM = { name: 'Quill für alle', address: 'quill@example.com' }
const PASSWORD = 'p@ss word:50%'
const MAIL = { to: 'anna@example.org', subject: 'Confirm', text: 'Hello.\n' }
const USER = `quill:${encodeURIComponent(PASSWORD)}@`

type Using = { log?: string[]; ca?: string; attemptMs?: number }

/** A mailer that waits for nothing between attempts and trusts the fake's certificate. */
const mailerTo = (url: string, { log = [], ca = LOCALHOST_PEM, attemptMs }: Using = {}) =>
  smtpMailer(readSmtpUrl(url), FROM, {
    log: pino({ level: 'debug' }, { write: (line: string) => log.push(line) }),
    pauseMs: 0,
    attemptMs,
    ca,
  })

const failureOf = (sending: Promise<void>) =>
  sending.then(
    () => undefined,
    (error: AppError) => error,
  )

describe.concurrent('what was said arrives', () => {
  test('a mail arrives with both texts, names and subject in any script, and says that a program wrote it', async () => {
    await using server = await fakeSmtpServer()
    const mail: Mail = {
      to: 'anna@example.org',
      subject: 'Einladung zu “Grüße 東京 👩‍🚀” – '.concat('länger '.repeat(20)).trim(),
      text: `Liebe Anna,\n\n.ein Punkt am Anfang\nFrom hier\n${'ein langer Absatz '.repeat(80).trim()}\nhttps://example.com/?a=b=c\n`,
      html: '<p>Liebe Anna, Grüße aus <b>東京</b></p>\n',
    }
    await mailerTo(`smtp://127.0.0.1:${server.port}`).send(mail)
    const [{ from, to, mail: read }] = server.received as [(typeof server.received)[0]]
    expect({ from, to }).toEqual({ from: FROM.address, to: [mail.to] })
    expect(read.from).toMatchObject(FROM)
    expect(read.to).toMatchObject([{ address: mail.to }])
    expect(read.subject).toBe(mail.subject)
    expect([read.text!.trimEnd(), read.html!.trimEnd()]).toEqual([mail.text.trimEnd(), mail.html!.trimEnd()])
    expect(read.messageId).toMatch(/^<[\w-]+@example\.com>$/)
    expect(read.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated')
  })
})

describe.concurrent('nothing is said before the line is safe', () => {
  test('with STARTTLS, password and mail go over TLS', async () => {
    await using server = await fakeSmtpServer({ security: 'starttls', password: PASSWORD })
    await mailerTo(`smtp://${USER}localhost:${server.port}?starttls=on`).send(MAIL)
    expect(server.received).toMatchObject([{ secure: true, user: 'quill' }])
  })

  test('with smtps, password and mail go over TLS', async () => {
    await using server = await fakeSmtpServer({ security: 'tls', password: PASSWORD })
    await mailerTo(`smtps://${USER}localhost:${server.port}`).send(MAIL)
    expect(server.received).toMatchObject([{ secure: true, user: 'quill' }])
  })

  const unsafe: [string, { security: 'none' | 'starttls' | 'tls'; url: string; ca?: string }][] = [
    ['a server that offers no STARTTLS', { security: 'none', url: 'smtp://HOST?starttls=on' }],
    ['a certificate nobody vouches for', { security: 'starttls', url: 'smtp://HOST?starttls=on', ca: '' }],
    ['a certificate nobody vouches for, with smtps', { security: 'tls', url: 'smtps://HOST', ca: '' }],
    ['a certificate of another name', { security: 'starttls', url: 'smtp://127.0.0.1:PORT?starttls=on' }],
    ['a certificate of another name, with smtps', { security: 'tls', url: 'smtps://127.0.0.1:PORT' }],
  ]
  for (const [what, { security, url, ca }] of unsafe)
    test(`${what} is told no password and no mail, and not asked again`, async () => {
      await using server = await fakeSmtpServer({ security, password: PASSWORD })
      const log: string[] = []
      const address = url
        .replace('HOST', 'localhost:PORT')
        .replace('PORT', `${server.port}`)
        .replace('//', `//${USER}`)
      const failure = await failureOf(mailerTo(address, { log, ca }).send(MAIL))
      expect(failure).toMatchObject({ kind: 'unavailable' })
      expect(server.received).toEqual([])
      expect(server.connections.flatMap(({ passwords }) => passwords)).toEqual([])
      expect(log.length).toBe(1)
    })

  test('a mail that should be sent with a password is not sent without', async () => {
    await using server = await fakeSmtpServer()
    const failure = await failureOf(mailerTo(`smtp://${USER}127.0.0.1:${server.port}`).send(MAIL))
    expect(failure).toMatchObject({ kind: 'unavailable' })
    expect(server.received).toEqual([])
  })
})

describe.concurrent('what may pass is tried again', () => {
  for (const at of ['connect', 'sender', 'recipient', 'data'] as const)
    test(`a mail that is put off at "${at}" is sent again, as the same mail`, async () => {
      await using server = await fakeSmtpServer({ replies: [{ at, code: 451 }] })
      await mailerTo(`smtp://127.0.0.1:${server.port}`).send(MAIL)
      expect(server.connections.length).toBe(2)
      expect(server.received.length).toBe(1)
    })

  test('every attempt carries the same Message-ID, so that a mail that arrives twice is known to be one', async () => {
    await using server = await fakeSmtpServer({ replies: [{ at: 'data', code: 451 }] })
    const mailer = mailerTo(`smtp://127.0.0.1:${server.port}`)
    await mailer.send(MAIL)
    await mailer.send(MAIL)
    const [refused, again, another] = server.offered.map(({ mail }) => mail.messageId)
    expect(again).toBe(refused)
    expect(another).not.toBe(again)
  })

  test('a server that goes on putting off is asked three times, and the caller is told to come back', async () => {
    const replies = Array.from({ length: 9 }, () => ({ at: 'sender' as const, code: 421 }))
    await using server = await fakeSmtpServer({ replies })
    const failure = await failureOf(mailerTo(`smtp://127.0.0.1:${server.port}`).send(MAIL))
    expect(failure).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/Try again/) })
    expect(server.connections.length).toBe(3)
  })

  test('a server that is not there is asked three times', async () => {
    const { port } = await fakeSmtpServer().then(async (server) => {
      await server[Symbol.asyncDispose]()
      return server
    })
    const log: string[] = []
    const failure = await failureOf(mailerTo(`smtp://127.0.0.1:${port}`, { log }).send(MAIL))
    expect(failure).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/Try again/) })
    expect(log.map((line) => JSON.parse(line).code)).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED'])
  })
})

describe.concurrent('what will not pass is not tried again', () => {
  for (const at of ['connect', 'sender', 'data'] as const)
    test(`a refusal at "${at}" is final`, async () => {
      await using server = await fakeSmtpServer({ replies: [{ at, code: 554 }] })
      const failure = await failureOf(mailerTo(`smtp://127.0.0.1:${server.port}`).send(MAIL))
      expect(failure).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/log/) })
      expect(server.connections.length).toBe(1)
    })

  test('an address that the server refuses is the fault of who gave it', async () => {
    await using server = await fakeSmtpServer({ replies: [{ at: 'recipient', code: 550 }] })
    const failure = await failureOf(mailerTo(`smtp://127.0.0.1:${server.port}`).send(MAIL))
    expect(failure).toMatchObject({ kind: 'invalid_request', message: expect.stringMatching(/address/) })
    expect(server.connections.length).toBe(1)
  })

  test('a wrong password is told once, and stands neither in the log nor in the error', async () => {
    await using server = await fakeSmtpServer({ security: 'starttls', password: 'another' })
    const log: string[] = []
    const url = `smtp://${USER}localhost:${server.port}?starttls=on`
    const failure = await failureOf(mailerTo(url, { log }).send(MAIL))
    expect(failure).toMatchObject({ kind: 'unavailable' })
    expect(server.connections).toEqual([{ passwords: [PASSWORD] }])
    expect(log.length).toBe(1)
    for (const text of [...log, failure!.message, Bun.inspect(failure)])
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), btoa(`\0quill\0${PASSWORD}`)])
        expect(text).not.toContain(secret)
  })
})

describe.concurrent('a server cannot hold a mail up for ever', () => {
  test('one that falls silent is left, and asked again', async () => {
    const moments = ['connect', 'sender', 'data'] as const
    await Promise.all(
      moments.map(async (at) => {
        await using server = await fakeSmtpServer({ replies: [{ at, code: 'hang' }] })
        await mailerTo(`smtp://127.0.0.1:${server.port}`, { attemptMs: 1_000 }).send(MAIL)
        expect({ at, received: server.received.length }).toEqual({ at, received: 1 })
      }),
    )
  })

  test('one that keeps talking without an end is left as well', async () => {
    const sockets: Socket[] = []
    const talker = createServer((socket) => {
      sockets.push(socket.on('error', () => {}))
      const talking = setInterval(() => socket.write('220-and another thing\r\n'), 5)
      socket.on('close', () => clearInterval(talking))
    })
    const port = await new Promise<number>((resolve) =>
      talker.listen(0, '127.0.0.1', () => resolve((talker.address() as { port: number }).port)),
    )
    const failure = await failureOf(mailerTo(`smtp://127.0.0.1:${port}`, { attemptMs: 50 }).send(MAIL))
    expect(failure).toMatchObject({ kind: 'unavailable' })
    expect(sockets.length).toBe(3)
    await new Promise((resolve) => talker.close(resolve))
  })
})
