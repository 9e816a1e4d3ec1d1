import { timingSafeEqual } from 'node:crypto'
import type { Server } from 'bun'
import type { Db } from '#db/connect.ts'
import { ConfigError, type Env } from '#src/env.ts'
import type { Log } from '#src/log.ts'
import type { Queue } from '#src/queue/queue.ts'
import type { Secret } from '#src/secret.ts'
import { openAlarms } from './alarm-list.ts'
import { alarmMetrics } from './alarms.ts'
import type { ProcessMetrics } from './process-metrics.ts'
import { readSituation } from './situation.ts'
import { scaleSignal, situationMetrics } from './situation-metrics.ts'

const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8'
const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

type Handler = (request: Request) => Promise<Response>
type Deps = { db: Db; queue: Queue; log: Log; env: Env; metrics: ProcessMetrics }

/**
 * What a monitoring system asks, `/metrics` in the text format of Prometheus and `/internal/scale` for an
 * autoscaler. No part of the API: nobody but who holds the token, where there is one, gets an answer.
 */
export function observatoryRoutes({ db, queue, log, env, metrics }: Deps): Record<string, Handler> {
  const unavailable = (error: unknown) => {
    log.error({ err: error }, 'how the jobs fare could not be looked at')
    return new Response(null, { status: 503, headers: HEADERS })
  }
  const guarded =
    (answer: () => Promise<Response>): Handler =>
    async (request) =>
      isAllowed(request, env.ops.metricsToken) ? answer().catch(unavailable) : refused(request)
  return {
    '/metrics': guarded(async () => {
      const text = [
        situationMetrics(await readSituation(db, queue)),
        alarmMetrics(await openAlarms(db)),
        metrics.text(),
      ].join('')
      return new Response(text, { headers: { ...HEADERS, 'content-type': TEXT_FORMAT } })
    }),
    '/internal/scale': guarded(async () =>
      Response.json(scaleSignal(await readSituation(db, queue)), { headers: HEADERS }),
    ),
  }
}

/** Answers them on METRICS_PORT, when it is set. Throws ConfigError when it cannot be had. */
export function openObservatory(deps: Deps): Server<undefined> | undefined {
  const { host, ops } = deps.env
  if (ops.metricsPort === undefined) return undefined
  try {
    return Bun.serve({
      hostname: host,
      port: ops.metricsPort,
      routes: observatoryRoutes(deps),
      reusePort: false,
      development: false,
      fetch: () => new Response(null, { status: 404 }),
    })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const setting = `METRICS_PORT ${ops.metricsPort} on ${host}`
    throw new ConfigError([
      code === 'EADDRINUSE'
        ? `${setting} is taken. Stop what listens there, or set METRICS_PORT to another one.`
        : `${setting} cannot be listened on: ${message.replace(/[.?!]$/, '')}.`,
    ])
  }
}

function isAllowed(request: Request, token: Secret | undefined): boolean {
  if (!token) return true
  const sent = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
  return timingSafeEqual(digest(sent), digest(token.reveal()))
}

/** Of one length, whatever is compared. */
const digest = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest()

const refused = (request: Request) =>
  new Response(null, {
    status: request.headers.has('authorization') ? 403 : 401,
    headers: { ...HEADERS, 'www-authenticate': 'Bearer' },
  })
