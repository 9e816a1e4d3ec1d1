import { checkDotEnv, type Env, readEnv } from '#src/env.ts'
import { jobKinds } from '#src/jobs/kinds.ts'
import { watchAlarms } from '#src/ops/alarms.ts'
import { openObservatory } from '#src/ops/observatory.ts'
import { createProcessMetrics } from '#src/ops/process-metrics.ts'
import { complaintsOfServices, openServices, requireQueue } from '#src/services.ts'
import { startConsumer } from '#worker/consume.ts'
import { handlers } from '#worker/jobs/registry.ts'
import { scheduledHandlers } from '#worker/schedules/handlers.ts'
import { startSchedules } from '#worker/schedules.ts'
import { readArgs, UsageError, untilSignalled } from './command.ts'

export const usage = [
  'Usage: quill worker [--inline] [--concurrency N] [--kinds a,b]',
  '',
  'Performs jobs until it is told to stop; then running jobs get their grace and the rest is handed back.',
  '  --inline         take jobs from the database, whatever the settings say',
  '  --concurrency N  how many at a time; default WORKER_CONCURRENCY',
  `  --kinds a,b      only these kinds of jobs, of ${Object.keys(jobKinds).join(', ')}`,
].join('\n')

export async function run(args: string[]): Promise<number> {
  const options = {
    inline: { type: 'boolean' },
    concurrency: { type: 'string' },
    kinds: { type: 'string' },
  } as const
  const { values } = readArgs({ args, options }, usage)
  const only = readKinds(values.kinds)
  checkDotEnv(process.cwd())
  const settings = {
    ...process.env,
    ...(values.inline ? { QUEUE: 'inline', USE_INLINE_QUEUE: '' } : {}),
    ...(values.concurrency ? { WORKER_CONCURRENCY: values.concurrency } : {}),
  }
  const env = readEnv(settings, { complaints: complaintsOfServices })
  const services = openServices(env, { demo: false })
  const { db, queue, log } = services
  await requireQueue(services)
  const metrics = createProcessMetrics()
  const observatory = openObservatory({ db, queue, log, env, metrics })
  const consumer = startConsumer({
    db,
    queue,
    log,
    concurrency: env.workerConcurrency,
    leaseMs: env.jobLeaseMs,
    only,
    handlers: { ...handlers, ...scheduledHandlers(services) },
    observer: observatory && metrics.jobs,
  })
  const schedules = startSchedules({ db, queue, log })
  const alarms = watchAlarms(services)
  process.stdout.write(`The worker takes jobs from ${whereJobsWait(env)}\n`)
  if (observatory) process.stdout.write(`  Metrics at ${observatory.url.href}metrics\n`)
  await untilSignalled()
  await Promise.all([consumer.stop(), schedules.stop(), alarms.stop()])
  await observatory?.stop(true)
  services.close()
  return 0
}

/** The kinds that are named, or undefined for all of them. Throws UsageError for one that there is not. */
function readKinds(text: string | undefined): string[] | undefined {
  const names = text?.split(',').map((name) => name.trim())
  const unknown = names?.find((name) => !(name in jobKinds))
  if (unknown !== undefined) throw new UsageError(`There is no kind of job "${unknown}".\n\n${usage}`)
  return names
}

function whereJobsWait({ queue, databaseUrl }: Env): string {
  return queue.backend === 'inline' ? databaseUrl : `the queue "${queue.queueName}" at Cloudflare`
}
