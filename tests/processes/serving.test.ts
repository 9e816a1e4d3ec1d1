import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { until } from '../harness.ts'
import { readFrames } from '../jobs/listening.ts'
import { talk } from '../material.ts'
import {
  CONSUMER,
  clientFor,
  MAIN,
  quill,
  serve,
  start,
  startRun,
  temporaryFolder,
  untilSucceeded,
} from './processes.ts'

test('one command serves API, interface and worker; SIGTERM ends it with 0, a listener notwithstanding', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'serve')
  await using _server = server
  expect(await (await fetch(`${origin}/health/ready`)).json()).toEqual({ status: 'ok' })
  const page = await fetch(origin)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
  expect((await fetch(`${origin}/api/v1/nothing`)).status).toBe(404)

  const call = await clientFor(folder, origin)
  const { runId } = await startRun(call, talk)
  await untilSucceeded(call, runId)
  const stream = await listenTo(folder, origin)
  server.signal('SIGTERM')
  expect(await server.exited).toBe(0)
  const events = await stream.events(Number.POSITIVE_INFINITY)
  expect(events).toContainEqual(
    expect.objectContaining({ event: 'run.updated', data: expect.objectContaining({ state: 'succeeded' }) }),
  )
}, 30_000)

test('a server without a worker and two workers beside it share a run', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'api')
  await using _server = server
  expect(server.output()).toContain('No worker runs here')
  await using first = start(folder, [CONSUMER, '--inline'])
  await using second = start(folder, [CONSUMER, '--inline', '--concurrency', '2'])
  await Promise.all([first.line(/takes jobs/), second.line(/takes jobs/)])
  const call = await clientFor(folder, origin)
  const runs = await Promise.all(Array.from({ length: 3 }, () => startRun(call, talk, { sections: 8 })))
  const stream = await listenTo(folder, origin)
  for (const { runId } of runs) {
    const run = await untilSucceeded(call, runId)
    const steps = run.jobs.map((job: { kind: string; key?: string }) => `${job.kind} ${job.key ?? ''}`)
    expect(new Set(steps).size).toBe(steps.length)
    expect(run.jobs.every((job: { attempts: number }) => job.attempts === 1)).toBe(true)
  }
  // What another process wrote is told here too.
  expect((await stream.events(1))[0]!.id).toBeGreaterThan(0)
  await stream.close()
  for (const process of [first, second, server]) {
    process.signal('SIGTERM')
    expect(await process.exited).toBe(0)
    expect(process.output()).not.toMatch(/error/i)
  }
}, 30_000)

test('who waits for a job when the signal comes gets it as it is, at once', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'api')
  await using _server = server
  const { output: key } = await quill(folder, [
    'key',
    'create',
    '--project',
    'Team',
    '--scopes',
    'pipelines:run,jobs:read',
  ])
  const headers = {
    authorization: `Bearer ${key.trim()}`,
    'content-type': 'application/json',
    'idempotency-key': 'one',
    prefer: 'wait=60',
  }
  const body = JSON.stringify({ title: 'T', markdown: 'M' })
  const waiting = fetch(`${origin}/api/v1/steps/seo.generate`, { method: 'POST', headers, body })
  await until('the job is there', async () => {
    const jobs = (await (await fetch(`${origin}/api/v1/jobs`, { headers })).json()) as { items: unknown[] }
    return jobs.items.length
  })
  server.signal('SIGTERM')
  const [answer, code] = await Promise.all([waiting, server.exited])
  expect({ status: answer.status, code }).toEqual({ status: 202, code: 0 })
  expect(await answer.json()).toMatchObject({ job: { state: 'queued' } })
}, 30_000)

test('SIGTERM hands back what a worker cannot finish in time, for the next one to take at once', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'api')
  await using _server = server
  const call = await clientFor(folder, origin)
  const { runId } = await startRun(call, talk, { sections: 8 })
  const first = start(folder, [CONSUMER, '--inline', '--concurrency', '1'])
  await using _first = first
  await until('something is done', async () => {
    const { body } = await call('GET', `/api/v1/runs/${runId}`)
    return body.jobs.some((job: { state: string }) => job.state === 'succeeded')
  })
  first.signal('SIGTERM')
  expect(await first.exited).toBe(0)
  const { body } = await call('GET', '/api/v1/jobs?state=running')
  expect(body.items).toEqual([])
  await using second = start(folder, [CONSUMER, '--inline'])
  await untilSucceeded(call, runId)
  expect(second.output()).not.toMatch(/error/i)
}, 30_000)

test('what is wrong with the installation is said in one line, with exit code 1', async () => {
  using folder = temporaryFolder()
  using occupied = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  writeFileSync(folder.file('a-file'), '')
  const failures = await Promise.all([
    quill(folder, ['serve'], { PORT: String(occupied.port) }),
    quill(folder, ['serve'], { DATA_DIR: folder.file('a-file/data') }),
    quill(folder, ['serve'], { PORT: 'many' }),
    quill(folder, ['serve'], { DATABASE_URL: 'mysql://host' }),
    quill(folder, ['serve'], { DATABASE_URL: `file:${folder.path}` }),
    quill(folder, ['serve'], { HOST: '203.0.113.1' }),
    quill(folder, ['worker'], { DATA_DIR: folder.file('a-file') }),
    quill(folder, ['worker', '--concurrency', '0']),
  ])
  const names = [
    /^PORT \d+ .* is taken/,
    /^DATA_DIR/,
    /^PORT/,
    /^DATABASE_URL/,
    /^DATABASE_URL/,
    /^HOST/,
    /^DATA_DIR/,
    /^WORKER_CONC/,
  ]
  for (const [index, { code, output }] of failures.entries()) {
    expect({ output, code, lines: output.trim().split('\n').length }).toEqual({ output, code: 1, lines: 1 })
    expect(output).toMatch(names[index]!)
  }
}, 30_000)

test('every line of a broken .env is named, and nothing is started', async () => {
  using folder = temporaryFolder()
  writeFileSync(folder.file('.env'), 'PORT=0\n\n# fine\nthis is no setting\nexport LOG_LEVEL=error\n=x\n')
  for (const args of [
    [MAIN, 'serve'],
    [MAIN, 'doctor'],
    [CONSUMER, '--inline'],
  ]) {
    await using command = start(folder, args)
    expect(await command.exited).toBe(1)
    expect(command.output()).toMatch(/\.env, line 4: .*\n.*\.env, line 6: /)
  }
}, 30_000)

test('a second server on the same port does not share it', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'api')
  await using _server = server
  const second = await quill(folder, ['api'], { PORT: new URL(origin).port })
  expect(second.code).toBe(1)
  expect(second.output).toContain('is taken')
}, 30_000)

test('over the wire too, a body over the limit is a problem that names the limit', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'api')
  await using _server = server
  const post = async (init: RequestInit) => {
    const answer = await fetch(`${origin}/api/v1/sources`, { method: 'POST', ...init })
    return { status: answer.status, body: (await answer.json()) as { code: string; detail: string } }
  }
  const { output } = await quill(folder, ['key', 'create', '--project', 'Team', '--scopes', 'sources:write'])
  const json = { 'content-type': 'application/json', authorization: `Bearer ${output.trim()}` }
  for (const size of [5, 11, 40]) {
    const { status, body } = await post({ headers: json, body: 'x'.repeat(size * 1024 * 1024) })
    expect({ size, status, code: body.code }).toEqual({ size, status: 413, code: 'body_too_large' })
    expect(body.detail).toContain('4194304')
  }
  const cancel = await fetch(`${origin}/api/v1/runs/run_x/cancel`, { method: 'POST' })
  expect(cancel.status).toBe(401)
  expect((await fetch(`${origin}/health/live`, { method: 'HEAD' })).status).toBe(200)
}, 30_000)

async function listenTo(folder: Parameters<typeof quill>[0], origin: string) {
  const { output } = await quill(folder, ['key', 'create', '--project', 'Team', '--scopes', 'events:read'])
  const headers = { authorization: `Bearer ${output.trim()}`, 'last-event-id': '0' }
  const stream = readFrames(await fetch(`${origin}/api/v1/events`, { headers }))
  await stream.next()
  return stream
}
