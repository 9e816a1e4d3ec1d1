import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Acknowledged } from '../chaos/clients.ts'
import { brokenAtRest } from '../chaos/invariants.ts'
import { until } from '../harness.ts'
import { talk } from '../material.ts'
import {
  type Client,
  CONSUMER,
  clientFor,
  type Folder,
  serve,
  start,
  temporaryFolder,
} from '../processes/processes.ts'

const DISK_MIB = 12
const LEASE = { JOB_LEASE_MS: '500' }
/** Of a text long enough for a worker to be met at work. */
const SECTIONS = 40
const DOCUMENTS = 30
const canMount = mayMount()

if (!canMount) console.warn('The test of a disk that is full is SKIPPED: no file system may be mounted here.')

test.skipIf(!canMount)(
  'a disk that is full: requests are refused with 503, no promise is broken, and all goes on once there is room',
  async () => {
    using folder = temporaryFolder()
    using disk = smallDisk(folder)
    await using processes = new AsyncDisposableStack()
    const { server, origin } = await serve(folder, 'api', LEASE)
    processes.use(server)
    const call = await clientFor(folder, origin)
    const worker = processes.use(start(folder, [CONSUMER, '--inline'], LEASE))
    await worker.line(/takes jobs/)
    const documents = await makeDocuments(call)
    const [first] = await askForRuns(call, documents.slice(0, 1))
    using database = new Database(folder.file('data/quill.db'), { readonly: true })
    await until('it is at work', () => count(database, "state = 'succeeded'") > 0)

    const asked = await askForRuns(call, documents.slice(1), disk.fill)
    expect(asked.at(-1)).toMatchObject({
      status: 503,
      body: { code: 'unavailable', detail: expect.stringContaining('disk') },
    })
    await worker.line(/disk is full/)
    expect(count(database, "state IN ('queued', 'running')")).toBeGreaterThan(0)

    disk.makeRoom()
    await until('all is done', () => count(database, "state IN ('queued', 'running')") === 0)
    const promised = [first!, ...asked].filter(({ status }) => status === 202).map(asPromised)
    expect(brokenAtRest(database, promised)).toEqual([])
    // What was refused is not there.
    const runs = database.query<{ id: string }, []>('SELECT id FROM runs').all()
    expect(runs.map(({ id }) => id).toSorted()).toEqual(promised.map(({ runId }) => runId!).toSorted())
    const [again] = await askForRuns(call, documents.slice(-1))
    expect(again!.status).toBe(202)
    for (const { signal } of [server, worker]) signal('SIGTERM')
    expect(await Promise.all([server.exited, worker.exited])).toEqual([0, 0])
  },
  60_000,
)

type Disk = Disposable & { fill(): void; makeRoom(): void }

/** A disk of DISK_MIB where the processes of a folder keep what they have. */
function smallDisk(folder: Folder): Disk {
  const place = folder.file('data')
  const ballast = join(place, 'ballast')
  mkdirSync(place, { mode: 0o700 })
  const unmount = () => void Bun.spawnSync(['umount', '--lazy', place])
  mount(place)
  process.once('exit', unmount)
  return {
    fill() {
      for (let bytes = 2 ** 20; bytes >= 1; bytes /= 2)
        try {
          while (true) appendFileSync(ballast, Buffer.alloc(bytes))
        } catch {
          // It takes no more of this size.
        }
    },
    makeRoom: () => rmSync(ballast),
    [Symbol.dispose]() {
      process.off('exit', unmount)
      unmount()
    },
  }
}

function mount(place: string): boolean {
  return Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', place]).success
}

function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  using folder = temporaryFolder()
  return mount(folder.path) && Bun.spawnSync(['umount', folder.path]).success
}

type Answer = Awaited<ReturnType<Client>>

/** Documents of one source, which make so many runs possible while nothing else can be written. */
async function makeDocuments(call: Client): Promise<string[]> {
  const text = Array.from({ length: 7 }, (_, part) => talk.replaceAll('## ', `## Part ${part}: `)).join(
    '\n\n',
  )
  const source = await call('POST', '/api/v1/sources', { kind: 'text', text })
  const ids: string[] = []
  while (ids.length < DOCUMENTS)
    ids.push((await call('POST', '/api/v1/documents', { sourceIds: [source.body.id] })).body.id)
  return ids
}

/** Asks for a run of each document, until one is refused. */
async function askForRuns(call: Client, documents: string[], before = () => {}): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const documentId of documents) {
    if ((answers.at(-1)?.status ?? 202) !== 202) break
    before()
    const options = { sections: SECTIONS, words: 6_000 }
    answers.push(await call('POST', '/api/v1/pipelines/generate_blog', { documentId, options }))
  }
  return answers
}

const asPromised = ({ body: { job, run } }: Answer): Acknowledged => ({
  key: job.id,
  wanted: 'run',
  jobId: job.id,
  runId: run.id,
  cancelled: 'no',
})

const count = (database: Database, where: string): number =>
  database.query<{ n: number }, []>(`SELECT count(*) AS n FROM jobs WHERE ${where}`).get()!.n
