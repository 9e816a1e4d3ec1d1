import { createApp } from '#src/app.ts'
import { checkDotEnv, type Env, readEnv } from '#src/env.ts'
import { isLoopback } from '#src/loopback.ts'
import { watchAlarms } from '#src/ops/alarms.ts'
import { observatoryRoutes, openObservatory } from '#src/ops/observatory.ts'
import { createProcessMetrics } from '#src/ops/process-metrics.ts'
import { drain, listen } from '#src/server.ts'
import {
  complaintsOfServices,
  type Listening,
  openAccess,
  openServices,
  requireQueue,
} from '#src/services.ts'
import { GRACE_MS, startConsumer } from '#worker/consume.ts'
import { handlers } from '#worker/jobs/registry.ts'
import { scheduledHandlers } from '#worker/schedules/handlers.ts'
import { startSchedules } from '#worker/schedules.ts'
import { readArgs, untilSignalled } from './command.ts'

export const usage =
  'Usage: quill serve\n\nAPI, interface and worker in one process. Settings come from the environment.'

export async function run(args: string[]): Promise<number> {
  readArgs({ args, options: {} }, usage)
  checkDotEnv(process.cwd())
  const env = readEnv(process.env, { complaints: complaintsOfServices })
  return serve(env, { demo: isOpenDemo(env), worker: true })
}

/** In development the demo needs no sign-in, as long as nobody but this machine can reach it. */
export const isOpenDemo = (env: Env) => env.environment === 'development' && isLoopback(env.host)

/** Serves until a signal comes, then drains: running requests and jobs first, the database last. */
export async function serve(env: Env, { demo, worker }: { demo: boolean; worker: boolean }): Promise<number> {
  const services = openServices(env, { demo })
  const { db, queue, log, hub } = services
  const listening: Listening = {}
  const metrics = createProcessMetrics()
  const observed = { db, queue, log, env, metrics }
  const isObserved = env.ops.metricsToken !== undefined || env.ops.metricsPort !== undefined
  const besides = {
    routes: env.ops.metricsToken ? observatoryRoutes(observed) : {},
    observe: isObserved ? metrics.request : undefined,
  }
  const server = await requireQueue(services)
    .then(() => openAccess(services, { listening, shared: !worker }))
    .then((deps) => listen(createApp(deps), env, besides))
    .catch((error) => {
      services.close()
      throw error
    })
  listening.server = server
  const observatory = openObservatory(observed)
  const consumer = worker
    ? startConsumer({
        db,
        queue,
        log,
        concurrency: env.workerConcurrency,
        leaseMs: env.jobLeaseMs,
        committed: hub.wake,
        handlers: { ...handlers, ...scheduledHandlers(services) },
        observer: isObserved ? metrics.jobs : undefined,
      })
    : undefined
  const schedules = worker ? startSchedules({ db, queue, log }) : undefined
  const alarms = watchAlarms(services)
  process.stdout.write(`${greeting(server.url, { demo, worker, metrics: observatory?.url })}\n`)
  await untilSignalled()
  services.end()
  await Promise.all([drain(server, GRACE_MS), consumer?.stop(), schedules?.stop(), alarms.stop()])
  await observatory?.stop(true)
  await services.post.idle()
  services.close()
  return 0
}

type Greeted = { demo: boolean; worker: boolean; metrics: URL | undefined }

function greeting(url: URL, { demo, worker, metrics }: Greeted): string {
  return [
    `Quill is ready at ${url.href}`,
    `  API documentation  ${url.href}docs`,
    ...(metrics ? [`  Metrics at ${metrics.href}metrics`] : []),
    ...(demo ? ['  Open the page and continue to the Demo project: no account, no key.'] : []),
    ...(worker ? [] : ['  No worker runs here: start one with `quill worker`.']),
  ].join('\n')
}
