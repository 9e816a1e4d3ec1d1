import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '#db/connect.ts'
import { ConfigError, readEnv } from '#src/env.ts'
import { AppError } from '#src/errors.ts'
import { kindDefaults } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { alarmMetrics } from '#src/ops/alarms.ts'
import { createRegistry, gauge } from '#src/ops/metric-registry.ts'
import { observatoryRoutes } from '#src/ops/observatory.ts'
import { createProcessMetrics } from '#src/ops/process-metrics.ts'
import { readSituation } from '#src/ops/situation.ts'
import { situationMetrics } from '#src/ops/situation-metrics.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { startConsumer } from '#worker/consume.ts'
import { until } from '../harness.ts'
import { CONSUMER, quill, serve, start, temporaryFolder } from '../processes/processes.ts'
import { addJobs, openDatabase } from '../queue/queued.ts'
import { cases, rulesTest } from './rules.ts'

const PROMTOOL = Bun.which(process.env.PROMTOOL ?? 'promtool')
const RULES = join(import.meta.dir, '../../ops/quill.rules.yml')
const TOKEN = 'a token of the tests'
const log = createLog('silent')

/** The value of a series in the text of `/metrics`. */
const sampleOf = (text: string, series: string) => {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

async function promtool(args: string[], input = '') {
  const child = Bun.spawn([PROMTOOL!, ...args], {
    stdin: new TextEncoder().encode(input),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code, output: out + err }
}

test('a histogram counts every observation in each bucket that it is not above', () => {
  const registry = createRegistry()
  const waits = registry.histogram('w', 'Waits.', [0.1, 1])
  for (const seconds of [0.05, 0.1, 0.5, 7]) waits.observe({ kind: 'a' }, seconds)
  const text = registry.text()
  expect(text).toStartWith('# HELP w Waits.\n# TYPE w histogram\n')
  expect(sampleOf(text, 'w_bucket{kind="a",le="0.1"}')).toBe(2)
  expect(sampleOf(text, 'w_bucket{kind="a",le="1"}')).toBe(3)
  expect(sampleOf(text, 'w_bucket{kind="a",le="+Inf"}')).toBe(4)
  expect(sampleOf(text, 'w_count{kind="a"}')).toBe(4)
  expect(sampleOf(text, 'w_sum{kind="a"}')).toBeCloseTo(7.65)
})

test('what stands in a label cannot end it', () => {
  expect(gauge('g', 'G.', [[{ kind: 'a"} 1\nevil\\' }, 1]])).toEndWith('g{kind="a\\"} 1\\nevil\\\\"} 1\n')
})

test('every attempt at a job is told by its kind: waits, durations, retries, deaths', async () => {
  const { db, close } = await openDatabase()
  const kinds = { good: kindDefaults, bad: { ...kindDefaults, failuresMax: 2, backoffMs: [0, 0] as const } }
  const metrics = createProcessMetrics()
  const queue = inlineQueue(db, { kinds })
  const consumer = startConsumer({
    db,
    queue,
    log,
    concurrency: 2,
    leaseMs: 5_000,
    kinds,
    observer: metrics.jobs,
    handlers: {
      good: async () => ({ output: {} }),
      bad: async () => {
        throw new Error('It is bad.')
      },
      hopeless: async () => {
        throw new AppError('invalid_request', 'It will never do.')
      },
    },
  })
  await addJobs(db, 3, { kind: 'good' }, kinds)
  await addJobs(db, 1, { kind: 'bad' }, kinds)
  await addJobs(db, 1, { kind: 'hopeless' }, kinds)
  await queue.send([])
  await until(
    'all have ended',
    async () => !(await db.rows('SELECT 1 FROM jobs WHERE due_at IS NOT NULL', [])).length,
  )
  await consumer.stop()
  const text = metrics.text()
  const counted = (series: string) => sampleOf(text, series) ?? 0
  expect(counted('quill_job_wait_seconds_count{kind="good"}')).toBe(3)
  expect(counted('quill_job_duration_seconds_count{kind="good",outcome="succeeded"}')).toBe(3)
  expect(counted('quill_job_retries_total{kind="bad"}')).toBe(1)
  expect(counted('quill_job_deaths_total{kind="bad"}')).toBe(1)
  expect(counted('quill_job_wait_seconds_count{kind="bad"}')).toBe(1)
  expect(counted('quill_job_deaths_total{kind="hopeless"}')).toBe(1)
  close()
})

test('a client that makes up methods makes no series', () => {
  const metrics = createProcessMetrics()
  for (let index = 0; index < 100; index++) metrics.request(`M${index}`, 405, 1)
  expect(sampleOf(metrics.text(), 'quill_http_requests_total{method="other",status="405"}')).toBe(100)
  expect(metrics.text()).not.toContain('M7')
})

test('the situation is told as it is: depth, age, what runs, what died, who works', async () => {
  const { db, close } = await openDatabase()
  const queue = inlineQueue(db)
  const [first, second, third] = await addJobs(db, 3, { kind: 'a' })
  await addJobs(db, 2, { kind: 'b', projectId: 'prj_b' })
  const now = Date.now()
  const set = (id: string | undefined, change: string) =>
    db.rows(`UPDATE jobs SET ${change} WHERE id = '${id}'`, [])
  await set(first, `due_at = ${now - 60_000}`)
  await set(second, `state = 'running', ready = 0`)
  await set(third, `state = 'dead', ready = 0, due_at = NULL`)
  for (const [id, ageMs] of Object.entries({ alive: 0, silent: 31_000, replaced: 31_000 }))
    await db.rows('INSERT INTO consumers (id, started_at, seen_at, slots, running) VALUES (?, 1, ?, ?, 0)', [
      id,
      now - ageMs,
      id === 'replaced' ? 0 : 4,
    ])
  const situation = await readSituation(db, queue, now)
  expect(situation).toMatchObject({
    running: 1,
    deadLetters: 1,
    consumers: { alive: 1, slots: 4, silent: 1 },
  })
  const text = situationMetrics(situation)
  expect(sampleOf(text, 'quill_queue_depth')).toBe(3)
  expect(sampleOf(text, 'quill_jobs_waiting{kind="a"}')).toBe(1)
  expect(sampleOf(text, 'quill_jobs_waiting{kind="b"}')).toBe(2)
  expect(sampleOf(text, 'quill_jobs_oldest_age_seconds{kind="a"}')).toBe(60)
  expect(sampleOf(text, 'quill_outbox_lag_seconds')).toBeUndefined()
  expect(sampleOf(situationMetrics({ ...situation, outboxLagMs: 2_500 }), 'quill_outbox_lag_seconds')).toBe(
    2.5,
  )
  close()
})

test('a queue that does not answer is told of, and hides nothing else', async () => {
  const { db, close } = connect(':memory:')
  const queue = { ...inlineQueue(db), depth: async () => Promise.reject(new Error('It is away.')) }
  const text = situationMetrics(await readSituation(db, queue))
  expect(sampleOf(text, 'quill_queue_up')).toBe(0)
  expect(sampleOf(text, 'quill_queue_depth')).toBeUndefined()
  expect(sampleOf(text, 'quill_jobs_running')).toBe(0)
  close()
})

test('nobody but who holds the token is told', async () => {
  const { db, close } = connect(':memory:')
  const env = readEnv({ NODE_ENV: 'test', METRICS_TOKEN: TOKEN })
  const routes = observatoryRoutes({ db, queue: inlineQueue(db), log, env, metrics: createProcessMetrics() })
  const ask = async (path: string, authorization?: string) =>
    (
      await routes[path]!(
        new Request(`http://localhost${path}`, { headers: authorization ? { authorization } : {} }),
      )
    ).status
  for (const path of ['/metrics', '/internal/scale']) {
    expect(await ask(path)).toBe(401)
    for (const wrong of ['Bearer', 'Bearer ', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN])
      expect(await ask(path, wrong)).toBe(403)
    expect(await ask(path, `Bearer ${TOKEN}`)).toBe(200)
  }
  close()
  expect(await ask('/metrics', `Bearer ${TOKEN}`)).toBe(503)
})

test('a token that can be guessed and a port that is none stop the start, by name', () => {
  const problems = [
    'METRICS_TOKEN must have 16 characters at least.',
    'METRICS_PORT must be a whole number from 0 to 65535.',
  ]
  expect(() => readEnv({ NODE_ENV: 'test', METRICS_TOKEN: 'short', METRICS_PORT: 'x' })).toThrow(
    new ConfigError(problems),
  )
})

test('a port of metrics that is PORT itself stops the start', () => {
  expect(() => readEnv({ NODE_ENV: 'test', PORT: '3000', METRICS_PORT: '3000' })).toThrow(/is PORT itself/)
  for (const apart of [
    { PORT: '3000' },
    { PORT: '0', METRICS_PORT: '0' },
    { PORT: '0', METRICS_PORT: '3000' },
  ])
    readEnv({ NODE_ENV: 'test', ...apart })
})

test('a port of metrics that is taken is named in plain words', async () => {
  using folder = temporaryFolder()
  using taken = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { code, output } = await quill(folder, ['worker'], { METRICS_PORT: String(taken.port) })
  expect({ code, output }).toEqual({
    code: 1,
    output: `METRICS_PORT ${taken.port} on 127.0.0.1 is taken. Stop what listens there, or set METRICS_PORT to another one.\n`,
  })
}, 30_000)

test('a server answers on its own port to who has the token, a worker on the port that it is given', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'serve', { METRICS_TOKEN: TOKEN })
  await using _server = server
  const headers = { authorization: `Bearer ${TOKEN}` }
  expect((await fetch(`${origin}/metrics`)).status).toBe(401)
  await fetch(`${origin}/health/live`)
  const scale = await (await fetch(`${origin}/internal/scale`, { headers })).json()
  expect(scale).toMatchObject({ consumers: 1, slots: 4 })
  const text = await (await fetch(`${origin}/metrics`, { headers })).text()
  expect(sampleOf(text, 'quill_http_requests_total{method="GET",status="200"}')).toBeGreaterThan(0)

  await using worker = start(folder, [CONSUMER, '--inline'], { METRICS_PORT: '0' })
  const [, address] = await worker.line(/Metrics at (\S+)/)
  const answer = await fetch(address!)
  expect(sampleOf(await answer.text(), 'quill_consumers')).toBe(2)
}, 30_000)

test('nothing is answered where nobody asked for it', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'serve')
  await using _server = server
  for (const path of ['/metrics', '/internal/scale'])
    expect(await (await fetch(`${origin}${path}`)).text()).not.toMatch(/quill_|wanted/)
}, 30_000)

test('every alert has a case, and speaks of metrics that there are', async () => {
  const rules = await Bun.file(RULES).text()
  expect([...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name)).toEqual(
    cases.map(({ alert }) => alert),
  )
  const { db, close } = connect(':memory:')
  const situation = await readSituation(db, inlineQueue(db))
  const metrics = createProcessMetrics()
  const text = situationMetrics({ ...situation, outboxLagMs: 0 }) + alarmMetrics([]) + metrics.text()
  const used = new Set([...rules.matchAll(/quill_[a-z_]+/g)].map(([name]) => name.replace(/_count$/, '')))
  for (const name of used) expect(text).toContain(`# TYPE ${name} `)
  close()
})

test.skipIf(!PROMTOOL)('promtool finds no fault with the rules, each of which fires and clears', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quill-rules-'))
  const file = join(folder, 'rules.test.json')
  writeFileSync(file, rulesTest(RULES))
  expect(await promtool(['check', 'rules', RULES])).toMatchObject({ code: 0 })
  const { code, output } = await promtool(['test', 'rules', file])
  expect({ code, output }).toMatchObject({ code: 0 })
  rmSync(folder, { recursive: true })
})

test.skipIf(!PROMTOOL)('promtool finds no fault with the metrics', async () => {
  const { db, close } = await openDatabase()
  await addJobs(db, 2)
  const metrics = createProcessMetrics()
  metrics.jobs.began('a', 5)
  for (const outcome of ['succeeded', 'retried', 'dead', 'lost'] as const) metrics.jobs.ended('a', outcome, 5)
  metrics.request('GET', 200, 1)
  const situation = { ...(await readSituation(db, inlineQueue(db))), outboxLagMs: 1 }
  const { code, output } = await promtool(['check', 'metrics'], situationMetrics(situation) + metrics.text())
  expect({ code, output }).toEqual({ code: 0, output: '' })
  close()
})
