// The fake of Cloudflare Queues as a process of its own: for development, and to be killed and started again.
//   bun tests/fakes/cloudflare-queues-serve.ts [--port N] [--control-port N] [--state FILE] [--seed N]
// Prints the settings that lead to it, one a line, then CONTROL_URL, which takes faults and gives figures. Queues are
// made with `bun scripts/cloudflare-setup.ts`, as at Cloudflare.
import { parseArgs } from 'node:util'
import { startCloudflareQueues } from './cloudflare-queues.ts'
import { readFault } from './cloudflare-queues-faults.ts'

const QUEUE_NAME = 'quill-jobs'
const DEAD_LETTER_NAME = 'quill-dead'

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    'control-port': { type: 'string' },
    state: { type: 'string' },
    seed: { type: 'string' },
  },
})
const fake = await startCloudflareQueues({
  port: Number(values.port ?? 0),
  stateFile: values.state,
  seed: Number(values.seed ?? 1),
})

const control = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(values['control-port'] ?? 0),
  routes: {
    '/inject': { POST: async (request) => inject(await request.text()) },
    '/heal': { POST: () => done(fake.heal) },
    '/advance': { POST: async (request) => advance(await request.text()) },
    '/figures': {
      GET: () =>
        Response.json({
          waiting: fake.depth(QUEUE_NAME),
          dead: fake.depth(DEAD_LETTER_NAME),
          requests: fake.requests.length,
          billed: fake.billed,
        }),
    },
  },
})

const settings = {
  QUEUE: 'cloudflare',
  // Told too, so that what .env says of it cannot contradict.
  USE_INLINE_QUEUE: '',
  CF_ACCOUNT_ID: fake.accountId,
  CF_API_TOKEN: fake.token,
  CF_QUEUE_NAME: QUEUE_NAME,
  CF_QUEUE_DLQ: DEAD_LETTER_NAME,
  CF_QUEUE_URL: `${fake.url}/accounts/${fake.accountId}/queues/${QUEUE_NAME}/messages`,
  CONTROL_URL: control.url.href.replace(/\/$/, ''),
}
process.stdout.write(
  `${Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`,
)

function inject(text: string): Response {
  const fault = readFault(jsonOf(text))
  return typeof fault === 'string' ? refused(fault) : done(() => fake.inject(fault))
}

function advance(text: string): Response {
  const ms = text.trim() ? Number(text) : Number.NaN
  if (!Number.isFinite(ms) || ms < 0) return refused('How far is a number of milliseconds from 0.')
  return done(() => fake.advance(ms))
}

/** Nothing for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function done(act: () => void): Response {
  act()
  return new Response(null, { status: 204 })
}

const refused = (why: string) => new Response(`${why}\n`, { status: 400 })
