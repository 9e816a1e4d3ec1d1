// Makes the queues that Quill needs at Cloudflare, and changes nothing that is as it should be.
import { parseArgs } from 'node:util'
import { DELIVERY_LEASE_MS } from '#src/queue/cloudflare.ts'
import { queueAddress } from '#src/queue/cloudflare-address.ts'
import { cloudflareApi } from '#src/queue/cloudflare-api.ts'
import { CloudflareError } from '#src/queue/cloudflare-errors.ts'
import { provision } from '#src/queue/cloudflare-provision.ts'
import { readQueueSettings } from '#src/queue-settings.ts'

const USAGE = `Usage: bun scripts/cloudflare-setup.ts [--dry-run]

Creates the queue CF_QUEUE_NAME, the dead letter queue CF_QUEUE_DLQ (<name>-dead unless set) and an http_pull consumer
for each, through Cloudflare's API. What is there is left alone, or changed when its settings differ. Needs
CF_ACCOUNT_ID, CF_API_TOKEN (Account › Queues › Edit) and CF_QUEUE_NAME; .env is read.

  --dry-run  say what would be done, and do nothing`

const EXIT_FAILED = 1
const EXIT_USAGE = 2

/** Returns the exit code. */
export async function setUp(
  args: string[],
  env: Record<string, string | undefined>,
  write: (line: string) => void,
): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { 'dry-run': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    strict: false,
  })
  const unknown = [...positionals, ...Object.keys(values)].filter(
    (name) => name !== 'dry-run' && name !== 'help',
  )
  if (unknown.length || values.help) {
    write(USAGE)
    return values.help ? 0 : EXIT_USAGE
  }
  const { queue, problem } = readQueueSettings(
    { ...env, QUEUE: 'cloudflare', USE_INLINE_QUEUE: '' },
    { isProduction: false },
  )
  if (queue?.backend !== 'cloudflare') {
    write(problem ?? USAGE)
    return EXIT_FAILED
  }
  const { queueName, deadLetterName = `${queueName}-dead` } = queue
  const api = cloudflareApi({ queuesUrl: queueAddress(queue).queuesUrl, token: queue.token })
  const dryRun = values['dry-run'] === true
  const plan = { queueName, deadLetterName, leaseMs: DELIVERY_LEASE_MS }
  const steps = await provision(api, plan, { dryRun })
  for (const { what, did } of steps) write(`${did.padEnd(12)}  ${what}`)
  if (!queue.deadLetterName) write(`Now set CF_QUEUE_DLQ=${deadLetterName}`)
  return 0
}

if (import.meta.main)
  setUp(process.argv.slice(2), process.env, (line) => process.stdout.write(`${line}\n`)).then(
    (code) => process.exit(code),
    (error: Error) => {
      process.stderr.write(`${error instanceof CloudflareError ? error.message : error.stack}\n`)
      process.exit(EXIT_FAILED)
    },
  )
