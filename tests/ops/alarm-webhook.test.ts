import { expect, test } from 'bun:test'
import { problemsOf, readEnv } from '#src/env.ts'
import { problemOfWebhook } from '#src/ops/alarm-webhook.ts'
import { complaintsOfServices } from '#src/services.ts'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

const settings = (url: string, more: Record<string, string> = {}) => ({
  NODE_ENV: 'test',
  ALARM_WEBHOOK_URL: url,
  ALARM_WEBHOOK_SECRET: SECRET,
  ...more,
})

test('an address to which nothing would ever be posted stops the start, and says why', () => {
  const complaints = (url: string, more?: Record<string, string>) =>
    problemsOf(() => readEnv(settings(url, more), { complaints: complaintsOfServices }))
  for (const url of [
    'http://127.0.0.1:9000/a',
    'http://localhost/a',
    'https://10.1.2.3/a',
    'https://[fd00::1]/a',
  ])
    expect(complaints(url)).toEqual([
      expect.stringMatching(/^ALARM_WEBHOOK_URL .*not on the public internet/),
    ])
  expect(complaints('https://hooks.example.com:9000/a')).toEqual([
    expect.stringMatching(/^ALARM_WEBHOOK_URL: Port 9000 .*80, 443, 8080, 8443/),
  ])
  expect(complaints('https://hooks.example.com:8443/a')).toEqual([])
  expect(complaints('http://127.0.0.1:9000/a', { ALLOW_LOOPBACK_FETCH: 'true' })).toEqual([])
})

test('a name that leads into an inner network is found out by looking it up', async () => {
  const env = readEnv(settings('https://hooks.example.com/a'))
  expect(await problemOfWebhook(env, async () => ['10.0.0.7'])).toMatch(
    /^ALARM_WEBHOOK_URL: hooks.example.com is not a site on the public internet/,
  )
  expect(await problemOfWebhook(env, async () => ['93.184.216.34'])).toBeUndefined()
  expect(await problemOfWebhook(readEnv({ NODE_ENV: 'test' }))).toBeUndefined()
})
