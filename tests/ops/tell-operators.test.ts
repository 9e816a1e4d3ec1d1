import { expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { ConfigError, readEnv } from '#src/env.ts'
import { AppError } from '#src/errors.ts'
import type { Mail } from '#src/mail/mail.ts'
import type { Alarm } from '#src/ops/alarm-list.ts'
import { ADVICE } from '#src/ops/conditions.ts'
import { operatorsTeller } from '#src/ops/tell-operators.ts'

const MINUTE_MS = 60_000
const KEY = Buffer.alloc(32, 7)
const SECRET = `whsec_${KEY.toString('base64')}`
const ALARM: Alarm = {
  id: 'alm_1',
  name: 'job_late',
  subject: 'seo.generate',
  message: 'Jobs are late.',
  raisedAt: Date.UTC(2026, 10, 22),
  toldAt: null,
  clearedAt: null,
  clearToldAt: null,
}

function teller(
  settings: Record<string, string>,
  answer: () => Response = () => new Response(),
  accept: (mail: Mail) => void = () => {},
) {
  const mails: Mail[] = []
  const requests: { url: string; init: RequestInit }[] = []
  const send = async (url: string, init: RequestInit) => {
    requests.push({ url, init })
    return answer()
  }
  const tell = operatorsTeller({
    env: readEnv({ NODE_ENV: 'test', ...settings }),
    mailer: {
      async send(mail) {
        accept(mail)
        mails.push(mail)
      },
    },
    fetch: Object.assign(send, { preconnect() {} }) as unknown as typeof fetch,
  })
  return { tell, mails, requests }
}

const webhook = { ALARM_WEBHOOK_URL: 'https://hooks.example.com/quill', ALARM_WEBHOOK_SECRET: SECRET }

test('the webhook is signed over its id, time and body, and says what the alarm says', async () => {
  const { tell, mails, requests } = teller({ ...webhook, OPERATORS: 'ada@example.com' })
  await tell(ALARM)
  const { url, init } = requests[0]!
  const headers = new Headers(init.headers)
  const signed = `${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${init.body}`
  expect(url).toBe(webhook.ALARM_WEBHOOK_URL)
  expect(headers.get('webhook-id')).toBe('alm_1')
  expect(headers.get('webhook-signature')).toBe(
    `v1,${createHmac('sha256', KEY).update(signed).digest('base64')}`,
  )
  expect(JSON.parse(String(init.body))).toEqual({
    type: 'alarm.raised',
    timestamp: '2026-11-22T00:00:00.000Z',
    data: {
      id: 'alm_1',
      alarm: 'job_late',
      subject: 'seo.generate',
      message: 'Jobs are late.',
      advice: ADVICE.job_late,
      raisedAt: '2026-11-22T00:00:00.000Z',
    },
  })
  expect(mails).toEqual([])
})

test('that an alarm cleared is a message of its own, with an id of its own, about the same incident', async () => {
  const over = { ...ALARM, clearedAt: ALARM.raisedAt + MINUTE_MS }
  const { tell, requests } = teller(webhook)
  await tell(over)
  const { headers, body } = requests[0]!.init
  const id = new Headers(headers).get('webhook-id')!
  const seconds = new Headers(headers).get('webhook-timestamp')
  expect(id).toBe('alm_1_cleared')
  expect(new Headers(headers).get('webhook-signature')).toBe(
    `v1,${createHmac('sha256', KEY).update(`${id}.${seconds}.${body}`).digest('base64')}`,
  )
  expect(JSON.parse(String(body))).toMatchObject({
    type: 'alarm.cleared',
    timestamp: '2026-11-22T00:01:00.000Z',
    data: { id: 'alm_1', alarm: 'job_late', clearedAt: '2026-11-22T00:01:00.000Z' },
  })
  const byMail = teller({ OPERATORS: 'ada@example.com', PUBLIC_URL: 'https://blog.example.com' })
  await byMail.tell(over)
  expect(byMail.mails).toMatchObject([{ subject: 'Quill at blog.example.com: over: Jobs are late.' }])
  expect(byMail.mails[0]!.text).toContain('right again at 2026-11-22T00:01:00.000Z')
})

test('a webhook that refuses counts as not told', async () => {
  await expect(teller(webhook, () => new Response(null, { status: 500 })).tell(ALARM)).rejects.toThrow('500')
  const refused = () => {
    throw new AppError('address_refused', 'No.')
  }
  await expect(teller(webhook, refused).tell(ALARM)).rejects.toThrow('No.')
})

test('without a webhook operators get a mail that says where, what, what to do and leads there', async () => {
  const { tell, mails } = teller({ OPERATORS: 'ada@example.com', PUBLIC_URL: 'https://blog.example.com' })
  await tell(ALARM)
  expect(mails).toMatchObject([
    { to: 'ada@example.com', subject: 'Quill at blog.example.com: Jobs are late.' },
  ])
  for (const part of ['Jobs are late.', ADVICE.job_late, 'https://blog.example.com/jobs/alarms'])
    expect(mails[0]!.text).toContain(part)
})

test('without a webhook and without operators nobody is told', async () => {
  const nobody = teller({})
  await nobody.tell(ALARM)
  expect([nobody.mails, nobody.requests]).toEqual([[], []])
})

test('an operator whose mail is refused lets the others be told, and not be told again', async () => {
  const settings = { OPERATORS: 'gone@example.com,ada@example.com' }
  const refuse = (mail: Mail) => {
    if (mail.to.startsWith('gone')) throw new Error('No such mailbox.')
  }
  const one = teller(settings, undefined, refuse)
  await one.tell(ALARM)
  expect(one.mails.map(({ to }) => to)).toEqual(['ada@example.com'])
  const none = teller({ OPERATORS: 'gone@example.com' }, undefined, refuse)
  await expect(none.tell(ALARM)).rejects.toThrow('No such mailbox.')
})

test('half a webhook, or a key that is none, stops the start without repeating the key', () => {
  const read = (settings: Record<string, string>) => () => readEnv({ NODE_ENV: 'test', ...settings })
  expect(read({ ALARM_WEBHOOK_URL: webhook.ALARM_WEBHOOK_URL })).toThrow(
    new ConfigError(['ALARM_WEBHOOK_URL and ALARM_WEBHOOK_SECRET must be set both, or neither.']),
  )
  for (const wrong of ['secret', 'whsec_', 'whsec_c2hvcnQ=', `${SECRET}!`])
    expect(read({ ...webhook, ALARM_WEBHOOK_SECRET: wrong })).toThrow(
      new ConfigError(['ALARM_WEBHOOK_SECRET must be `whsec_` and the base64 of 24 to 64 bytes.']),
    )
})

test('an operator whose address is none is named, with what is wrong with it', () => {
  const faults = {
    ada: 'has no @',
    'a@b@c.org': 'more than one @',
    '@example.com': 'nothing on one side',
    'ada@localhost': 'no domain with a dot',
    'a@b.c': 'two letters at least after the last dot',
    'a b@example.com': 'does not have',
  }
  for (const [address, fault] of Object.entries(faults))
    expect(() => readEnv({ NODE_ENV: 'test', OPERATORS: `${address},,` })).toThrow(
      new RegExp(`^OPERATORS .*"${address}" .*${fault}`),
    )
})
