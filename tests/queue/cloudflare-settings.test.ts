import { describe, expect, test } from 'bun:test'
import { readQueueSettings } from '#src/queue-settings.ts'

const complete = {
  USE_INLINE_QUEUE: 'false',
  CF_ACCOUNT_ID: '0123456789abcdef0123456789abcdef',
  CF_API_TOKEN: 'a-token-that-nobody-may-see',
  CF_QUEUE_NAME: 'quill-jobs',
}

const production = { isProduction: true }
const development = { isProduction: false }

const problemOf = (source: Record<string, string>) => readQueueSettings(source, production).problem ?? ''

describe('which queue the settings choose', () => {
  test('in development the database, without a word', () => {
    for (const source of [{}, { USE_INLINE_QUEUE: 'true' }, { QUEUE: 'inline' }])
      expect(readQueueSettings(source, development)).toEqual({ queue: { backend: 'inline' } })
  })

  test('in production Cloudflare, or the database where that is said', () => {
    expect(readQueueSettings({ QUEUE: 'inline' }, production)).toEqual({ queue: { backend: 'inline' } })
    for (const source of [
      complete,
      { ...complete, USE_INLINE_QUEUE: '' },
      { ...complete, QUEUE: 'cloudflare' },
    ])
      expect(readQueueSettings(source, production).queue).toMatchObject({
        backend: 'cloudflare',
        accountId: complete.CF_ACCOUNT_ID,
        queueName: 'quill-jobs',
      })
  })

  test('each setting that is missing is named, all in one text, with permission, section and way out', () => {
    const nothing = problemOf({})
    for (const part of [
      'CF_ACCOUNT_ID is missing',
      'CF_API_TOKEN is missing',
      'CF_QUEUE_NAME is missing',
      'Account › Queues › Edit',
      'docs/DEPLOYMENT.md#cloudflare-queues',
      'QUEUE=inline',
    ])
      expect(nothing).toContain(part)
    for (const name of ['CF_ACCOUNT_ID', 'CF_API_TOKEN', 'CF_QUEUE_NAME'] as const) {
      const problem = problemOf({ ...complete, [name]: '' })
      expect(problem.match(/CF_\w+ is missing/g)).toEqual([`${name} is missing`])
    }
  })

  test('the first line says who chose Cloudflare, and whether something is missing, wrong or both', () => {
    const first = (source: Record<string, string>) => problemOf(source).split('\n')[0]
    const wrong = { ...complete, CF_ACCOUNT_ID: 'mine' }
    expect(first({})).toBe(
      'No setting says where jobs wait, which in production means Cloudflare Queues, of whose settings some are missing:',
    )
    expect(first({ ...wrong, USE_INLINE_QUEUE: '', QUEUE: 'cloudflare' })).toBe(
      'QUEUE=cloudflare asks for Cloudflare Queues, of whose settings some are wrong:',
    )
    expect(first({ ...wrong, CF_API_TOKEN: '' })).toBe(
      'USE_INLINE_QUEUE=false asks for Cloudflare Queues, of whose settings some are missing or wrong:',
    )
    expect(problemOf(wrong)).toContain('set QUEUE=inline and leave USE_INLINE_QUEUE out')
  })

  test('what contradicts, and what is for development alone, is refused', () => {
    expect(problemOf({ QUEUE: 'cloudflare', USE_INLINE_QUEUE: 'true' })).toContain('contradict')
    expect(problemOf({ QUEUE: 'inline', USE_INLINE_QUEUE: 'false' })).toContain('contradict')
    expect(problemOf({ USE_INLINE_QUEUE: 'true' })).toContain('QUEUE=inline')
    expect(problemOf({ QUEUE: 'redis' })).toContain('inline or cloudflare')
    expect(problemOf({ USE_INLINE_QUEUE: 'yes' })).toContain('true or false')
  })

  test('what is wrong is named without being repeated', () => {
    const wrong = {
      CF_ACCOUNT_ID: 'my account',
      CF_API_TOKEN: 'Bearer not a token',
      CF_QUEUE_NAME: 'Quill Jobs',
      CF_QUEUE_DLQ: '-',
      CF_QUEUE_URL: 'http://example.com/accounts/0123456789abcdef0123456789abcdef/queues/a/messages',
      CF_QUEUE_ID: 'quill-jobs',
    }
    const problem = problemOf({ ...complete, ...wrong })
    for (const [name, text] of Object.entries(wrong)) {
      expect(problem).toContain(`${name} is wrong`)
      expect(problem).not.toContain(`"${text}"`)
    }
    expect(problem).not.toContain('not a token')
    expect(problemOf({ ...complete, CF_QUEUE_DLQ: 'quill-jobs' })).toContain('another queue')
  })

  test('the token cannot be seen in what was read', () => {
    const { queue } = readQueueSettings(complete, production)
    expect(`${Bun.inspect(queue)}${JSON.stringify(queue)}`).not.toContain(complete.CF_API_TOKEN)
  })
})
