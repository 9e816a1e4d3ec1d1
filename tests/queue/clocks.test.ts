import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import type { Acknowledged } from '../chaos/clients.ts'
import { brokenAtRest } from '../chaos/invariants.ts'
import { until } from '../harness.ts'
import { talk } from '../material.ts'
import {
  type Client,
  CONSUMER,
  clientFor,
  type Folder,
  type Started,
  serve,
  start,
  startRun,
  temporaryFolder,
} from '../processes/processes.ts'

/** What shows a process another time: Debian's package `faketime`. */
const LIBRARY = libraryOfFaketime()
const LEASE_MS = 500
const CLOCKS = ['-1h', '+0', '+2d'] as const
const RUNS = 2
/** Less than what a job is given up after; one that is taken over by each of the clocks in turn needs a few. */
const ATTEMPTS_MAX = 12
/** Of a text long enough for a worker to be met at work. */
const SECTIONS = 40
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

if (!LIBRARY)
  console.warn('The tests of processes whose clock is wrong are SKIPPED: there is no faketime on the path.')

test.skipIf(!LIBRARY)(
  'processes an hour behind and two days ahead lose nothing beside one that goes right, and do nothing twice',
  async () => {
    using folder = temporaryFolder()
    await using processes = new AsyncDisposableStack()
    const clocks = CLOCKS.map((clock, index) => clockIn(folder, `clock ${index}`, clock))
    const apis = await Promise.all(clocks.map((clock) => apiAt(clock, { folder, processes })))
    const promised = (await Promise.all(apis.map(askForRuns))).flat()
    for (const clock of clocks) processes.use(await consumerAt(clock, folder))
    using database = new Database(folder.file('data/quill.db'), { readonly: true })
    await until('all is done', () => unfinished(database) === 0)
    expect(promised).toHaveLength(CLOCKS.length * RUNS)
    expect(brokenAtRest(database, promised)).toEqual([])
    // Nobody died: a job is taken from another clock, but not again and again.
    expect(count(database, 'SELECT max(attempts) AS n FROM jobs')).toBeLessThan(ATTEMPTS_MAX)
    for (const aheadMs of [-HOUR_MS, 0, 2 * DAY_MS])
      expect(sweepsNear(database, Date.now() + aheadMs)).toBeGreaterThan(0)
  },
  60_000,
)

test.skipIf(!LIBRARY)(
  'clocks that jump back an hour and ahead two days while all are at work lose nothing, and do nothing twice',
  async () => {
    using folder = temporaryFolder()
    await using processes = new AsyncDisposableStack()
    const clock = clockIn(folder, 'clock', '+0')
    const call = await apiAt(clock, { folder, processes })
    const promised = await askForRuns(call)
    const workers = [await consumerAt(clock, folder), await consumerAt(clock, folder)]
    for (const worker of workers) processes.use(worker)
    using database = new Database(folder.file('data/quill.db'), { readonly: true })
    for (const jump of ['-1h', '+2d', '-1h', '+0']) {
      const done = succeeded(database)
      clock.set(jump)
      promised.push(...(await askForRuns(call)))
      await until('they go on', () => succeeded(database) > done)
    }
    await until('all is done', () => unfinished(database) === 0)
    expect(brokenAtRest(database, promised)).toEqual([])
    expect(count(database, 'SELECT max(attempts) AS n FROM jobs')).toBeLessThan(ATTEMPTS_MAX)
    for (const worker of workers) worker.signal('SIGTERM')
    expect(await Promise.all(workers.map(({ exited }) => exited))).toEqual([0, 0])
  },
  60_000,
)

test.skipIf(!LIBRARY)(
  'what a killed worker held goes on, whatever its clock said: ten minutes later at most',
  async () => {
    using folder = temporaryFolder()
    await using processes = new AsyncDisposableStack()
    const right = clockIn(folder, 'right', '+0')
    const call = await apiAt(right, { folder, processes })
    const promised = [await askForRun(call, longTalk, { sections: SECTIONS, words: 6_000 })]
    using database = new Database(folder.file('data/quill.db'), { readonly: true })
    const ahead = processes.use(await consumerAt(clockIn(folder, 'ahead', '+2d'), folder))
    await until('it is at work', () => isAtWork(database, ahead))
    ahead.signal('SIGKILL')
    await ahead.exited
    const heldUntil = count(database, "SELECT max(due_at) AS n FROM jobs WHERE state = 'running'")
    expect(heldUntil).toBeGreaterThan(Date.now() + DAY_MS)
    processes.use(await consumerAt(right, folder))
    // It has looked around, and does what is not held.
    await until('it goes on', () => sweepsNear(database, Date.now()) > 0)
    expect(unfinished(database)).toBeGreaterThan(0)
    right.set('+11m')
    await until('all is done', () => unfinished(database) === 0)
    expect(brokenAtRest(database, promised)).toEqual([])
  },
  60_000,
)

const longTalk = Array.from({ length: 7 }, (_, part) => talk.replaceAll('## ', `## Part ${part}: `)).join(
  '\n\n',
)

type Clock = { env: Record<string, string>; set(offset: string): void }
type Estate = { folder: Folder; processes: AsyncDisposableStack }

/** Starts the API in a process that sees a clock. */
async function apiAt(clock: Clock, { folder, processes }: Estate): Promise<Client> {
  const { server, origin } = await serve(folder, 'api', clock.env)
  processes.use(server)
  return clientFor(folder, origin)
}

const askForRuns = (call: Client): Promise<Acknowledged[]> =>
  Promise.all(Array.from({ length: RUNS }, () => askForRun(call, talk)))

async function askForRun(call: Client, text: string, options: object = {}): Promise<Acknowledged> {
  const { runId } = await startRun(call, text, options)
  const { body } = await call('GET', `/api/v1/runs/${runId}`)
  return { key: runId, wanted: 'run', jobId: body.jobs[0].id, runId, cancelled: 'no' }
}

async function consumerAt(clock: Clock, folder: Folder): Promise<Started> {
  const consumer = start(folder, [CONSUMER, '--inline'], clock.env)
  await consumer.line(/takes jobs/)
  return consumer
}

/** A clock that processes see, and that can be set while they run. */
function clockIn(folder: Folder, name: string, offset: string): Clock {
  const file = folder.file(name)
  const set = (to: string) => writeFileSync(file, to)
  set(offset)
  return {
    set,
    env: {
      JOB_LEASE_MS: String(LEASE_MS),
      LD_PRELOAD: LIBRARY!,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // Time that is measured goes on as it does when a clock is set.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
  }
}

const unfinished = (database: Database): number =>
  count(database, "SELECT count(*) AS n FROM jobs WHERE state IN ('queued', 'running')")

const isAtWork = (database: Database, { pid }: Started): boolean =>
  count(database, `SELECT count(*) AS n FROM jobs WHERE state = 'running' AND worker LIKE '${pid}-%'`) > 0

const succeeded = (database: Database): number =>
  count(database, "SELECT count(*) AS n FROM jobs WHERE state = 'succeeded'")

/** How many sweeps, of which there is one in five minutes, were done for the time before `at`. */
const sweepsNear = (database: Database, at: number): number =>
  count(
    database,
    `SELECT count(*) AS n FROM jobs WHERE kind = 'jobs.sweep' AND state = 'succeeded'
     AND input ->> 'tick' BETWEEN ${at - 10 * MINUTE_MS} AND ${at}`,
  )

const count = (database: Database, sql: string): number => database.query<{ n: number }, []>(sql).get()!.n

/** Where the library is, by the word of the command that would load it. */
function libraryOfFaketime(): string | undefined {
  if (!Bun.which('faketime')) return undefined
  const { stdout } = Bun.spawnSync(['faketime', '-f', '+0', 'printenv', 'LD_PRELOAD'])
  return stdout.toString().trim() || undefined
}
