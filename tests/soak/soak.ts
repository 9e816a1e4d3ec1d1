import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type Db, type Write } from '#db/connect.ts'
import { setUp } from '#scripts/cloudflare-setup.ts'
import { enqueue, newJob } from '#src/jobs/new-job.ts'
import { ensureProject } from '#src/projects/projects.ts'
import { openBell } from '#src/queue/bell.ts'
import type { QueueName } from '#src/queue/queue.ts'
import { addSource } from '#src/sources/add-source.ts'
import { importText } from '#src/sources/registry.ts'
import { talk } from '../material.ts'
import { CONSUMER, type Folder, type Started, start, temporaryFolder } from '../processes/processes.ts'

const THIRDS = 3
/** How many jobs wait at most: what is written down for later is the database's to hold, not the worker's. */
const WAITING_MAX = 500
const LOOK_MS = 10
/** Without any progress for so long it will never end. */
const STUCK_MS = 60_000
const FAKE = join(import.meta.dir, '../fakes/cloudflare-queues-serve.ts')

/** What the memory of the last third may be above that of the second: the garbage of a runtime comes and goes. */
export const GROWTH_MIB_MAX = 32
/** Connections are kept for as many calls as are on their way at a time: pull, settle, send and look for the dead. */
export const SOCKETS_GROWTH_MAX = 4

/** How many jobs of either sort a worker performs. */
export type Soak = { backend: QueueName; small: number; long: number; say?(line: string): void }

/** What a worker held in a third of its work: memory in MiB at every look, and what was open at its end. */
export type Held = { memoryMib: number[]; files: number; sockets: number }

/** Has a worker of its own perform jobs, and says what it held in the first, second and last third of them. */
export async function soak({ backend, small, long, say = () => {} }: Soak): Promise<Held[]> {
  using folder = temporaryFolder()
  const file = folder.file('quill.db')
  const { db, close } = connect(`file:${file}`)
  const bell = openBell(`${file}-bell`)
  await using processes = new AsyncDisposableStack()
  try {
    const jobs = await makeJobs(db)
    const settings = backend === 'cloudflare' ? await startFake(folder, processes) : { QUEUE: 'inline' }
    const worker = start(folder, [CONSUMER], { DATABASE_URL: `file:${file}`, ...settings })
    processes.use(worker)
    await worker.line(/takes jobs/)
    const thirds: Held[] = []
    for (let third = 1; third <= THIRDS; third++) {
      const asked = { small: Math.round(small / THIRDS), long: Math.round(long / THIRDS) }
      const memoryMib = await perform(asked, { db, jobs, worker, ring: () => bell?.ring() })
      const held = { memoryMib, ...openIn(worker) }
      thirds.push(held)
      const { files, sockets } = held
      say(`third ${third}: ${Math.round(median(memoryMib))} MiB, ${files} open files, ${sockets} sockets`)
    }
    if (worker.output().includes('"level":"error"')) throw new Error(worker.output())
    return thirds
  } finally {
    bell?.close()
    close()
  }
}

type Performing = { db: Db; jobs: Jobs; worker: Started; ring(): void }

/** Asks for jobs as fast as they are performed, and looks at the worker's memory until all of them are done. */
async function perform({ small, long }: Asked, { db, jobs, worker, ring }: Performing): Promise<number[]> {
  const memoryMib: number[] = []
  const longShare = long / (small + long)
  let left = small + long
  let waiting = 0
  let progressAt = performance.now()
  while (left + waiting > 0) {
    const now = Math.min(left, WAITING_MAX - waiting)
    const longNow = Math.round(left * longShare) - Math.round((left - now) * longShare)
    if (now > 0) await jobs.ask({ small: now - longNow, long: longNow })
    ring()
    left -= now
    await Bun.sleep(LOOK_MS)
    memoryMib.push(memoryOf(worker))
    const before = waiting
    waiting = await unfinished(db)
    if (waiting !== before) progressAt = performance.now()
    if (performance.now() - progressAt > STUCK_MS) throw new Error(`Nothing goes on: ${worker.output()}`)
  }
  return memoryMib
}

/** What says that it grows: the first third is left to warm up. */
export function growing([, second, last]: Held[]): string[] {
  const [before, after] = [second!, last!].map(({ memoryMib }) => Math.round(median(memoryMib))) as [
    number,
    number,
  ]
  return [
    ...(after > before + GROWTH_MIB_MAX ? [`memory grew from ${before} to ${after} MiB`] : []),
    ...(last!.files > second!.files ? [`open files grew from ${second!.files} to ${last!.files}`] : []),
    ...(last!.sockets > second!.sockets + SOCKETS_GROWTH_MAX
      ? [`sockets grew from ${second!.sockets} to ${last!.sockets}`]
      : []),
  ]
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]!
}

type Asked = { small: number; long: number }
type Jobs = { ask(asked: Asked): Promise<void> }

/** Small jobs are of a few words, long ones of a source of some 14,000. */
async function makeJobs(db: Db): Promise<Jobs> {
  const projectId = await ensureProject(db, 'Soak')
  const text = Array.from({ length: 7 }, (_, part) => talk.replaceAll('## ', `## Part ${part}: `)).join(
    '\n\n',
  )
  const common = { projectId, createdBy: 'soak' }
  const source = await addSource(db, { ...common, kind: 'text', imported: await importText({ text }) })
  const smallJob = { ...common, kind: 'seo.generate', input: { title: 'Bees', markdown: 'Bees dance.' } }
  const longJob = { ...common, kind: 'outline.generate', input: { sourceIds: [source.id] } }
  return {
    async ask({ small, long }) {
      const specs = [...Array(small).fill(smallJob), ...Array(long).fill(longJob)] as (typeof smallJob)[]
      await db.batch(specs.flatMap((spec) => enqueue(db, newJob(spec))) as [Write, ...Write[]])
    },
  }
}

async function startFake(folder: Folder, processes: AsyncDisposableStack): Promise<Record<string, string>> {
  const fake = processes.use(start(folder, [FAKE]))
  await fake.line(/^CONTROL_URL=.*\n/m)
  const lines = fake.output().matchAll(/^(\w+)=(.*)$/gm)
  const { CONTROL_URL, ...settings } = Object.fromEntries([...lines].map(([, name, value]) => [name, value]))
  if ((await setUp([], settings, () => {})) !== 0) throw new Error('The queues could not be made.')
  return settings
}

// Whoever stands in no index has ended.
async function unfinished(db: Db): Promise<number> {
  const [[left]] = (await db.rows(
    `SELECT (SELECT count(*) FROM jobs WHERE ready = 1)
     + (SELECT count(*) FROM jobs WHERE ready = 0 AND state = 'queued')
     + (SELECT count(*) FROM jobs WHERE ready = 0 AND state = 'running')`,
    [],
  )) as [[number]]
  return left
}

const memoryOf = ({ pid }: Started): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024

function openIn({ pid }: Started): { files: number; sockets: number } {
  const folder = `/proc/${pid}/fd`
  const sockets = readdirSync(folder).filter((name) =>
    targetOf(join(folder, name)).startsWith('socket:'),
  ).length
  return { files: readdirSync(folder).length - sockets, sockets }
}

/** What was closed meanwhile leads nowhere. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}
