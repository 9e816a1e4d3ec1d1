import { createHmac } from 'node:crypto'
import type { Env } from '#src/env.ts'
import { writeLetter } from '#src/mail/letter.ts'
import type { Mailer } from '#src/mail/mail.ts'
import type { Secret } from '#src/secret.ts'
import { type Alarm, presentAlarm } from './alarm-list.ts'

const WEBHOOK_MS_MAX = 10_000

type Deps = { env: Env; mailer: Mailer; fetch: typeof fetch }

/**
 * Tells those who run the installation that an alarm was raised, or that it cleared: by a webhook when there is one,
 * else by mail; nobody when neither is set. Throws when it could tell none of them.
 */
export const operatorsTeller =
  ({ env, mailer, fetch }: Deps) =>
  async (alarm: Alarm): Promise<void> => {
    const { alarmWebhookUrl: url, alarmWebhookSecret: secret, operators } = env.ops
    if (url && secret) return postWebhook(alarm, { url, secret, fetch })
    const mail = alarmMail(alarm, env.publicUrl)
    const sent = await Promise.allSettled(operators.map((to) => mailer.send({ to, ...mail })))
    // A second try would tell those again whom the first one reached.
    if (sent.some(({ status }) => status === 'fulfilled')) return
    for (const each of sent) if (each.status === 'rejected') throw each.reason
  }

function alarmMail(alarm: Alarm, publicUrl: string) {
  const { message, advice = '', raisedAt, clearedAt } = presentAlarm(alarm)
  const { host } = new URL(publicUrl)
  const paragraphs = clearedAt
    ? ['This is over:', message, `Noticed at ${raisedAt}, right again at ${clearedAt}.`]
    : [message, advice, `Noticed at ${raisedAt}. It clears by itself when it is right again.`]
  return writeLetter({
    subject: `Quill at ${host}: ${clearedAt ? 'over: ' : ''}${message}`,
    paragraphs: [...paragraphs, { label: 'See the alarms', href: `${publicUrl}/jobs/alarms` }],
  })
}

/** Signed as Standard Webhooks 1.0 has it: https://www.standardwebhooks.com. Each of its messages has its own id. */
async function postWebhook(
  alarm: Alarm,
  { url, secret, fetch }: { url: string; secret: Secret; fetch: Deps['fetch'] },
): Promise<void> {
  const { name, ...rest } = presentAlarm(alarm)
  const event =
    rest.clearedAt === undefined
      ? { id: alarm.id, type: 'alarm.raised', timestamp: rest.raisedAt }
      : { id: `${alarm.id}_cleared`, type: 'alarm.cleared', timestamp: rest.clearedAt }
  const { id, ...head } = event
  const body = JSON.stringify({ ...head, data: { alarm: name, ...rest } })
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
