import type { Db } from '#db/connect.ts'
import { peek } from '#db/inspect.ts'
import type { Env } from '#src/env.ts'
import { isLoopback, localUrl } from '#src/loopback.ts'
import { openAlarms } from '#src/ops/alarm-list.ts'
import { problemOfWebhook } from '#src/ops/alarm-webhook.ts'
import { SILENT_MS } from '#src/ops/presence.ts'
import { isoTime } from '#src/time.ts'
import type { Finding } from './finding.ts'

/** Who works, what rests, what died and what is wrong, as a database of this version knows it. */
export function examineWork(env: Env, now = Date.now()): Promise<Finding[]> {
  return peek(env.databaseUrl, async (db) => {
    const [[alive, slots, waiting, dead, pausedSince]] = (await db.rows(WORK, [now - SILENT_MS, now])) as [
      [number, number, number, number, number | null],
    ]
    return [
      examineWorkers({ alive, slots, waiting }),
      ...examinePause(pausedSince),
      examineDeadLetters(dead),
      ...(await examineAlarms(db)),
    ]
  })
}

const WORK = `SELECT
  (SELECT count(*) FROM consumers WHERE seen_at >= ?1),
  (SELECT coalesce(sum(slots), 0) FROM consumers WHERE seen_at >= ?1),
  (SELECT count(*) FROM jobs WHERE state = 'queued' AND (due_at <= ?2 OR dispatched_at IS NOT NULL)),
  (SELECT count(*) FROM jobs WHERE state = 'dead'),
  (SELECT since FROM queue_pauses WHERE queue = 'jobs')`

/** None is no fault before a start, though jobs may wait for it. */
function examineWorkers({ alive, slots, waiting }: Record<'alive' | 'slots' | 'waiting', number>): Finding {
  const what = 'Workers'
  if (alive > 0) return { what, detail: `${alive}, of ${slots} slots` }
  if (waiting === 0) return { what, detail: 'none runs, and no job waits' }
  return { what, warning: `none runs, and ${waiting} jobs wait: start \`quill serve\` or \`quill worker\`` }
}

function examineDeadLetters(dead: number): Finding {
  const what = 'Dead letters'
  if (dead === 0) return { what, detail: 'none' }
  return { what, warning: `${dead}: retry or discard them on the page of jobs, Dead letters` }
}

function examinePause(since: number | null): Finding[] {
  if (since === null) return []
  return [{ what: 'Pause', problem: `no job begins since ${isoTime(since)}. Run \`quill queue resume\`.` }]
}

async function examineAlarms(db: Db): Promise<Finding[]> {
  const what = 'Alarm'
  const open = await openAlarms(db)
  if (open.length === 0) return [{ what: 'Alarms', detail: 'none' }]
  return open.map(({ message, raisedAt }) => ({ what, warning: `${message} Since ${isoTime(raisedAt)}.` }))
}

/** Who is told of alarms, and whether that reaches them. */
export async function examineTelling(env: Env): Promise<Finding> {
  const what = 'Who is told of alarms'
  const { operators, alarmWebhookUrl } = env.ops
  if (alarmWebhookUrl)
    return {
      what,
      problem: await problemOfWebhook(env),
      detail: `a webhook at ${URL.parse(alarmWebhookUrl)?.host}`,
    }
  if (operators.length === 0) {
    const nobody = 'nobody: set OPERATORS or ALARM_WEBHOOK_URL'
    return env.environment === 'production' ? { what, warning: nobody } : { what, detail: nobody }
  }
  const to = operators.join(', ')
  if (env.smtpUrl) return { what, detail: `${to}, by mail` }
  return { what, warning: `${to}, but mails only lie in the folder \`mail\` of DATA_DIR: set SMTP_URL` }
}

/** Where metrics are answered, and to whom. */
export async function examineMetrics({ host, port, ops }: Env): Promise<Finding> {
  const what = 'Metrics'
  const { metricsPort, metricsToken } = ops
  const to = metricsToken ? 'to whoever holds METRICS_TOKEN' : 'to everybody who reaches it'
  if (metricsPort === undefined)
    return { what, detail: metricsToken ? `${localUrl(host, port)}/metrics, ${to}` : 'not answered' }
  const detail = `${metricsPort === 0 ? 'on any free port' : `${localUrl(host, metricsPort)}/metrics`}, ${to}`
  if (!(await isFree(host, metricsPort)) && !(await isQuill(host, metricsPort)))
    return { what, problem: `METRICS_PORT ${metricsPort} is taken. Stop what listens there, or set another.` }
  return metricsToken || isLoopback(host) ? { what, detail } : { what, warning: detail }
}

async function isFree(hostname: string, port: number): Promise<boolean> {
  try {
    await Bun.serve({ hostname, port, reusePort: false, fetch: () => new Response() }).stop(true)
    return true
  } catch {
    return false
  }
}

/** Whether what answers there are metrics of ours, or a refusal for want of the token. */
async function isQuill(host: string, port: number): Promise<boolean> {
  const url = `${localUrl(host, port)}/metrics`
  const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
  if (!answer) return false
  return answer.status === 401 || (await answer.text()).includes('quill_build_info')
}
