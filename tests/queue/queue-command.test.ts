import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { cloudflareApi } from '#src/queue/cloudflare-api.ts'
import { provision } from '#src/queue/cloudflare-provision.ts'
import { startCloudflareQueues } from '#tests/fakes/cloudflare-queues.ts'
import { type Folder, quill, temporaryFolder } from '../processes/processes.ts'
import { queuesUrlOf, settingsOf } from './cloudflare.ts'

/** Pauses and resumes as an operator would, and gives what was said. */
async function pauseAndResume(folder: Folder, env: Record<string, string> = {}) {
  const said: string[] = []
  for (const verb of ['status', 'pause', 'pause', 'status', 'resume', 'resume']) {
    const { code, output } = await quill(folder, ['queue', verb], env)
    expect({ verb, code, output }).toMatchObject({ code: 0 })
    said.push(output)
  }
  return said
}

const saying = (name: string) => [
  `The queue (${name}) is open`,
  `The queue (${name}) is paused`,
  `The queue (${name}) was paused already`,
  `The queue (${name}) is paused. \`quill queue resume\``,
  `The queue (${name}) is open again`,
  `The queue (${name}) was not paused`,
]

test('`queue` pauses and resumes the table as a queue, says what waits, and `doctor` says that it is paused', async () => {
  using folder = temporaryFolder()
  await quill(folder, ['migrate'])
  addWaiting(folder)
  const said = await pauseAndResume(folder)
  for (const [index, start] of saying('inline').entries()) expect(said[index]).toStartWith(start)
  for (const text of said) expect(text).toEndWith('\n1 job waits, 0 jobs run.\n')
  expect((await quill(folder, ['doctor'])).output).not.toContain('paused')
  await quill(folder, ['queue', 'pause'])
  expect((await quill(folder, ['doctor'])).output).toContain('Queue: inline, paused: `quill queue resume`')
}, 60_000)

test('`queue` pauses and resumes a queue of Cloudflare itself, and says in a line why it cannot', async () => {
  using folder = temporaryFolder()
  const fake = await startCloudflareQueues()
  try {
    const { token, queueName, deadLetterName, queueUrl, accountId } = settingsOf(fake)
    const api = cloudflareApi({ queuesUrl: queuesUrlOf(fake), token })
    await provision(api, { queueName, deadLetterName, leaseMs: 60_000 })
    const env = {
      QUEUE: 'cloudflare',
      CF_ACCOUNT_ID: accountId,
      CF_API_TOKEN: token.reveal(),
      CF_QUEUE_NAME: queueName,
      CF_QUEUE_DLQ: deadLetterName,
      CF_QUEUE_URL: queueUrl,
    }
    const said = await pauseAndResume(folder, env)
    for (const [index, start] of saying('cloudflare').entries()) expect(said[index]).toStartWith(start)
    const refused = await quill(folder, ['queue', 'pause'], { ...env, CF_API_TOKEN: 'x'.repeat(40) })
    expect(refused.code).toBe(1)
    expect(refused.output).toContain('The queue could not be asked to pause. Cloudflare answered')
    expect(refused.output).not.toContain('    at ')
  } finally {
    await fake.stop()
  }
}, 60_000)

test('`queue` with anything else explains itself', async () => {
  using folder = temporaryFolder()
  for (const args of [[], ['stop'], ['pause', 'now']]) {
    const { code, output } = await quill(folder, ['queue', ...args])
    expect({ code, output }).toMatchObject({ code: 2 })
    expect(output).toContain('Usage: quill queue status | pause | resume')
  }
}, 30_000)

function addWaiting(folder: Folder) {
  using database = new Database(folder.file('data/quill.db'))
  database.run(`INSERT INTO projects (id, name, created_at) VALUES ('prj_1', 'Team', 0)`)
  database.run(`INSERT INTO jobs (id, project_id, kind, state, due_at, ready, input, created_by, created_at)
    VALUES ('job_1', 'prj_1', 'seo.generate', 'queued', 1, 1, '{}', 'test', 1)`)
}
