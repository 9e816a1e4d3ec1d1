import { createHmac } from 'node:crypto'
import type { Env } from '#src/env.ts'
import { writeLetter } from '#src/mail/letter.ts'
import type { Mailer } from '#src/mail/mail.ts'
import type { Secret } from '#src/secret.ts'
import { isoTime } from '#src/time.ts'
import type { Alarm } from './alarms.ts'

const WEBHOOK_MS_MAX = 10_000

type Deps = { env: Env; mailer: Mailer; fetch: typeof fetch }

/**
 * Tells those who run the installation of an alarm: by a webhook when there is one, else by mail; nobody when
 * neither is set. Throws when it could not.
 */
export const operatorsTeller =
  ({ env, mailer, fetch }: Deps) =>
  async (alarm: Alarm): Promise<void> => {
    const { alarmWebhookUrl: url, alarmWebhookSecret: secret, operators } = env.ops
    if (url && secret) return postWebhook(alarm, { url, secret, fetch })
    const mail = alarmMail(alarm, env.publicUrl)
    for (const to of operators) await mailer.send({ to, ...mail })
  }

const alarmMail = ({ name, message, raisedAt }: Alarm, publicUrl: string) =>
  writeLetter({
    subject: `Quill: alarm ${name}`,
    paragraphs: [
      message,
      `Noticed at ${isoTime(raisedAt)}. It clears by itself when it is right again.`,
      { label: 'Open Quill', href: publicUrl },
    ],
  })

/** Signed as Standard Webhooks 1.0 has it: https://www.standardwebhooks.com. */
async function postWebhook(
  { id, name, subject, message, raisedAt }: Alarm,
  { url, secret, fetch }: { url: string; secret: Secret; fetch: Deps['fetch'] },
): Promise<void> {
  const timestamp = isoTime(raisedAt)
  const data = { id, alarm: name, ...(subject ? { subject } : {}), message }
  const body = JSON.stringify({ type: 'alarm.raised', timestamp, data })
  const seconds = Math.floor(Date.now() / 1_000)
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(WEBHOOK_MS_MAX),
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': `v1,${signature(`${id}.${seconds}.${body}`, secret)}`,
    },
    body,
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`The webhook for alarms answered ${response.status}.`)
}

const signature = (signed: string, secret: Secret): string => {
  const key = Buffer.from(secret.reveal().slice('whsec_'.length), 'base64')
  return createHmac('sha256', key).update(signed).digest('base64')
}
