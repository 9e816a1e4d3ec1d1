import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { setUp } from '#scripts/cloudflare-setup.ts'
import { createLog } from '#src/log.ts'
import { cloudflareQueue } from '#src/queue/cloudflare.ts'
import { readQueueSettings } from '#src/queue-settings.ts'
import { type Started, start, temporaryFolder } from '../processes/processes.ts'
import { pull } from './queue-contract.ts'

const LEASE_MS = 600_000
const FAKE = join(import.meta.dir, '../fakes/cloudflare-queues-serve.ts')

/** What the fake's process printed: the settings that lead to it, and where it is controlled. */
async function settingsOf(fake: Started): Promise<Record<string, string>> {
  await fake.line(/^CONTROL_URL=.*\n/m)
  return Object.fromEntries(
    [...fake.output().matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  )
}

test('what a killed and restarted service held is delivered: nothing acknowledged is lost, nothing done returns', async () => {
  using folder = temporaryFolder()
  const state = ['--state', folder.file('queues.db')]
  await using before = start(folder, [FAKE, ...state])
  const printed = await settingsOf(before)
  expect(await setUp([], printed, () => {})).toBe(0)
  const { queue: settings } = readQueueSettings(printed, { isProduction: true })
  if (settings?.backend !== 'cloudflare') throw new Error('the fake printed no settings of Cloudflare')
  const clock = { now: Date.now, sleep: async () => {} }
  const queue = cloudflareQueue({ ...settings, log: createLog('silent'), leaseMs: LEASE_MS, clock })
  const ids = Array.from({ length: 150 }, (_, index) => `job_${index}`)
  await queue.send(ids)
  const taken = await pull(queue, 50)
  const done = taken.slice(0, 30)
  await queue.settle({ acknowledged: done })
  before.signal('SIGKILL')
  await before.exited
  await expect(queue.send(['job_150'])).rejects.toThrow('gave no answer')
  await using after = start(folder, [FAKE, ...state, '--port', new URL(settings.queueUrl!).port])
  const { CONTROL_URL } = await settingsOf(after)
  await queue.send(['job_150'])
  const rest = [...(await pull(queue, 100)), ...(await pull(queue, 100))]
  expect(rest).toHaveLength(101)
  await queue.settle({ acknowledged: rest })
  await fetch(`${CONTROL_URL}/advance`, { method: 'POST', body: String(LEASE_MS) })
  const late = await pull(queue, 100)
  expect(late).toHaveLength(20)
  const delivered = [...done, ...rest, ...late].map(({ jobId }) => jobId)
  expect(new Set(delivered)).toEqual(new Set([...ids, 'job_150']))
  await queue.close()
})
