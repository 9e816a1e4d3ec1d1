import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '#src/errors.ts'
import type { Log } from '#src/log.ts'
import type { Sender } from './address.ts'
import { checkMail, type Mail, type Mailer } from './mail.ts'
import type { SmtpServer } from './smtp-url.ts'

const ATTEMPTS_MAX = 3
const ATTEMPT_MS = 10_000
/** Before the second attempt; four times as long before each further one. */
const PAUSE_MS = 500
const REPLY_MAX = 200

type Limits = { attemptMs?: number; pauseMs?: number }
type Options = Limits & { log: Log /** Certificates to trust instead of the system's own. */; ca?: string }

/** What nodemailer tells of a failure; `permanent` and `responseCode` where the server answered. */
type Failure = Error & {
  code?: string
  originalCode?: string
  command?: string
  responseCode?: number
  permanent?: boolean
}

/**
 * Sends over SMTP: one connection a mail, each attempt within `attemptMs` from the first to the last byte.
 * What may pass (4yz replies of RFC 5321, connections that fail) is tried three times with growing pauses,
 * and every attempt carries the same Message-ID. The log tells why a mail was not sent; what is thrown names
 * neither server nor password.
 */
export function smtpMailer(server: SmtpServer, from: Sender, { log, ...options }: Options): Mailer {
  const { attemptMs = ATTEMPT_MS, pauseMs = PAUSE_MS, ca } = options
  return {
    async send(mail) {
      checkMail(mail)
      const transport = await openTransport(server, attemptMs, ca)
      const sent = withHead(mail, from)
      for (let count = 1; ; count++) {
        const signal = AbortSignal.timeout(attemptMs)
        const failure = await transport.sendMail({ ...sent, signal }).then(
          () => undefined,
          (error: Failure) => error,
        )
        if (!failure) return
        const isLast = count === ATTEMPTS_MAX || !mayPass(failure)
        const about = { host: server.host, attempt: count, ...describe(failure, server) }
        if (isLast) log.error(about, 'mail not sent')
        else log.warn(about, 'mail not sent yet')
        if (isLast) throw refusal(failure)
        await pause(pauseMs * 4 ** (count - 1) * (0.75 + Math.random() / 2))
      }
    },
  }
}

/** Why the server cannot be reached or does not let Quill in; undefined when it does. Sends nothing. */
export async function problemOfSmtp(server: SmtpServer): Promise<string | undefined> {
  const transport = await openTransport(server, ATTEMPT_MS)
  return transport.verify().then(
    () => undefined,
    (error: Failure) => {
      const reply = [error.code, error.responseCode].filter(Boolean).join(' ')
      return `${server.host} does not take mails from here (${reply}). Check SMTP_URL.`
    },
  )
}

/** What speaks SMTP; loaded with the first mail, so that no start waits for it. */
async function openTransport({ host, port, encryption, auth }: SmtpServer, attemptMs: number, ca?: string) {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    host,
    port,
    secure: encryption === 'tls',
    requireTLS: encryption === 'starttls',
    ignoreTLS: encryption === 'none',
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca ? { ca } : {}) },
    // Without `forceAuth` a mail goes out unauthenticated where the server offers no authentication.
    ...(auth ? { auth, forceAuth: true } : {}),
    connectionTimeout: attemptMs,
    greetingTimeout: attemptMs,
    socketTimeout: attemptMs,
    dnsTimeout: attemptMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/** The mail with what stays the same in every attempt. RFC 3834 asks programs to say that they are one. */
function withHead({ to, subject, text, html }: Mail, from: Sender) {
  return {
    from,
    to: { name: '', address: to },
    subject,
    text,
    html,
    date: new Date(),
    messageId: `<${crypto.randomUUID()}@${from.address.split('@')[1]}>`,
    headers: { 'auto-submitted': 'auto-generated' },
  }
}

function mayPass({ code, originalCode, permanent }: Failure): boolean {
  if (permanent !== undefined) return !permanent
  // A socket fails with a system error; a certificate that does not hold has a name of another form.
  if (code === 'ESOCKET') return /^E[A-Z]+$/.test(originalCode ?? 'E')
  return ['ECONNECTION', 'ETIMEDOUT', 'EDNS', 'EABORT'].includes(code ?? '')
}

/** What the log may hold: during authentication a server may repeat what it was told. */
function describe({ code, originalCode, command, responseCode, message }: Failure, { auth }: SmtpServer) {
  const reason = code === 'EAUTH' ? 'authentication failed' : code === 'EABORT' ? 'it took too long' : message
  const told = auth ? reason.replaceAll(auth.pass, '[redacted]') : reason
  return { code: originalCode ?? code, command, responseCode, reason: told.slice(0, REPLY_MAX) }
}

function refusal(failure: Failure): AppError {
  if (mayPass(failure))
    return new AppError(
      'unavailable',
      'The mail server does not take mails at the moment. Try again in a few minutes.',
    )
  if (failure.command === 'RCPT TO')
    return new AppError('invalid_request', 'The mail server refused this address. Check how it is spelled.')
  return new AppError(
    'unavailable',
    'The mail could not be sent. Whoever runs this Quill finds the reason in its log.',
  )
}
