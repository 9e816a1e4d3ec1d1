import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { until } from '../harness.ts'
import { talk } from '../material.ts'
import {
  CONSUMER,
  clientFor,
  type Folder,
  type Started,
  serve,
  start,
  startRun,
  temporaryFolder,
  untilSucceeded,
} from './processes.ts'

const KILLS = 10
const SECTIONS = 40
const LEASE = { JOB_LEASE_MS: '500' }

test('a worker killed ten times in the middle of a run loses nothing, and no step is done twice', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'api', LEASE)
  await using _server = server
  const call = await clientFor(folder, origin)
  const { runId, documentId } = await startRun(call, longTalk(), { sections: SECTIONS, words: 6_000 })
  using database = new Database(folder.file('data/quill.db'), { readonly: true })

  for (let kill = 0; kill < KILLS; kill++) {
    const done = succeeded(database)
    await using worker = start(folder, [CONSUMER, '--inline', '--concurrency', '2'], LEASE)
    await worker.line(/takes jobs/)
    // In the middle: it is at work, on its first job or after it has finished some.
    await until('it is at work', () => isAtWork(database, worker) && succeeded(database) >= done + (kill % 3))
    worker.signal('SIGKILL')
    await worker.exited
  }
  const before = (await call('GET', `/api/v1/runs/${runId}`)).body
  expect(before.state).toBe('running')

  await using worker = start(folder, [CONSUMER, '--inline'], LEASE)
  const run = await untilSucceeded(call, runId)
  expect(worker.output()).not.toMatch(/error/i)
  const steps = run.jobs.map((job: { kind: string; key?: string }) => `${job.kind} ${job.key ?? ''}`)
  expect(new Set(steps).size).toBe(steps.length)
  expect(run.jobs.every((job: { state: string }) => job.state === 'succeeded')).toBe(true)
  // Some had to be begun again, which the test would not be worth without.
  expect(run.jobs.some((job: { attempts: number }) => job.attempts > 1)).toBe(true)

  const versions = (await call('GET', `/api/v1/documents/${documentId}/versions`)).body.items
  expect(versions).toHaveLength(1)
  const version = (await call('GET', `/api/v1/documents/${documentId}/versions/1`)).body
  expect(version.sections).toHaveLength(
    run.jobs.filter((job: { kind: string }) => job.kind === 'section.write').length,
  )
  expect(succeededEvents(database)).toEqual(
    Object.fromEntries(run.jobs.map((job: { id: string }) => [job.id, 1])),
  )
  expect(database.query('PRAGMA integrity_check').values()).toEqual([['ok']])
}, 60_000)

test('a worker that is stopped past its lease and goes on changes nothing that another did meanwhile', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'api', LEASE)
  await using _server = server
  const call = await clientFor(folder, origin)
  const { runId } = await startRun(call, longTalk(), { sections: 12, words: 3_000 })
  using database = new Database(folder.file('data/quill.db'), { readonly: true })
  await using stalled = start(folder, [CONSUMER, '--inline'], LEASE)
  await until('it stands still at work', () => isAtWork(database, stalled) && standsStill(folder, stalled))
  try {
    await using heir = start(folder, [CONSUMER, '--inline'], LEASE)
    await untilSucceeded(call, runId)
    expect(heir.output()).not.toMatch(/error/i)
  } finally {
    process.kill(stalled.pid, 'SIGCONT')
  }
  // It is told of what it lost, and goes on with other work.
  const next = await startRun(call, talk)
  await untilSucceeded(call, next.runId)
  const run = await untilSucceeded(call, runId)
  expect(succeededEvents(database, runId)).toEqual(
    Object.fromEntries(run.jobs.map((job: { id: string }) => [job.id, 1])),
  )
  stalled.signal('SIGTERM')
  expect(await stalled.exited).toBe(0)
  expect(stalled.output()).not.toMatch(/error/i)
}, 60_000)

/** Some 14,000 words: long enough for a worker to be met at work. */
const longTalk = () =>
  Array.from({ length: 7 }, (_, part) => talk.replaceAll('## ', `## Part ${part}: `)).join('\n\n')

const succeeded = (database: Database): number =>
  database.query<{ n: number }, []>("SELECT count(*) AS n FROM jobs WHERE state = 'succeeded'").get()!.n

const isAtWork = (database: Database, { pid }: Started): boolean =>
  database.query("SELECT 1 FROM jobs WHERE state = 'running' AND worker LIKE ?").get(`${pid}-%`) !== null

/** Stops a process, unless it is just writing: it would keep everybody else from that. */
function standsStill(folder: Folder, { pid }: Started): boolean {
  process.kill(pid, 'SIGSTOP')
  using writer = new Database(folder.file('data/quill.db'))
  try {
    writer.run('BEGIN IMMEDIATE')
    writer.run('ROLLBACK')
    return true
  } catch {
    process.kill(pid, 'SIGCONT')
    return false
  }
}

/** How often each job was told to have succeeded. */
function succeededEvents(database: Database, runId?: string): Record<string, number> {
  const rows = database
    .query<{ id: string; n: number }, [string]>(
      `SELECT data ->> 'id' AS id, count(*) AS n FROM events
       WHERE type = 'job.updated' AND data ->> 'state' = 'succeeded' AND data ->> 'runId' LIKE ? GROUP BY 1`,
    )
    .all(runId ?? '%')
  return Object.fromEntries(rows.map(({ id, n }) => [id, n]))
}
