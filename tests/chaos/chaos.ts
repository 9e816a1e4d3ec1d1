import { Database } from 'bun:sqlite'
import { openBell } from '#src/queue/bell.ts'
import type { QueueName } from '#src/queue/queue.ts'
import { temporaryFolder } from '../processes/processes.ts'
import { type Aim, aimAt } from './aim.ts'
import { type Ledger, runClients } from './clients.ts'
import { type Estate, openEstate } from './estate.ts'
import { brokenAtRest, brokenNow } from './invariants.ts'
import type { Edit } from './mutants.ts'
import { type Blows, torment } from './nemesis.ts'
import { copyTree } from './tree.ts'

/** How often the invariants that always hold are looked at while it lasts. */
const LOOK_MS = 500
/** After this long without any progress what is unfinished will never be, unless told. */
const STUCK_MS = 15_000
const BUSY_MS = 10_000
const REST_LOOK_MS = 250
/** How many of the latest promises are looked at. */
const LATEST = 50
/** Longer than messages stay with a worker that died: DELIVERY_LEASE_MS of the queue. */
const DELIVERIES_RETURN_MS = 31 * 60_000
/** How long a sender that died keeps others from sending: SENDING_MS of the outbox. */
const SENDERS_GIVEN_UP_MS = 30_000

export type Options = {
  backend: QueueName
  seed: number
  /** How long clients ask and processes die; it takes some seconds more to come to rest. */
  ms: number
  edits?: readonly Edit[]
  /** Blows that are aimed, in the place of those by chance; when they are dealt it is over. */
  aims?: readonly Aim[]
  /** End as soon as something of this is broken. */
  untilBroken?: RegExp
  stuckMs?: number
}

export type Outcome = Blows & {
  acknowledged: number
  jobs: number
  versions: number
  /** Jobs that were begun more than once. */
  begunAgain: number
  cancelled: number
  broken: string[]
}

/**
 * Runs the API, two workers and their queue while they are killed, stopped and cut off, with clients that only count
 * what was acknowledged; lets everything come to rest, and says which invariants do not hold.
 */
export async function chaos({ backend, seed, ms, edits, ...options }: Options): Promise<Outcome> {
  using tree = copyTree(edits)
  using folder = temporaryFolder()
  const cleanUp = () => {
    folder[Symbol.dispose]()
    tree[Symbol.dispose]()
  }
  process.once('exit', cleanUp)
  using _signals = { [Symbol.dispose]: () => process.off('exit', cleanUp) }
  await using estate = await openEstate(tree, { backend, folder, seed })
  using database = new Database(estate.databaseFile)
  database.run(`PRAGMA busy_timeout = ${BUSY_MS}`)
  const ledger: Ledger = { acknowledged: new Map(), complaints: [] }
  const brokenSoFar = () => [...ledger.complaints, ...estate.complaints, ...brokenNow(database)]

  const { aims, untilBroken, stuckMs } = options
  const over = new AbortController()
  const timing = { seed, over: over.signal }
  const looks = looksAt(database, ledger)
  const tormented = aims
    ? aimAt(estate, { ...timing, ...looks, aims }).finally(() => over.abort())
    : torment(estate, { ...timing, ...looks })
  const asked = runClients(estate, { ...timing, unfinished: () => unfinished(database) }, ledger)
  const endsAt = performance.now() + ms
  let broken: string[] = []
  const isFound = () => broken.some((what) => untilBroken?.test(what) ?? true)
  while (performance.now() < endsAt && !over.signal.aborted && !isFound()) {
    await Bun.sleep(LOOK_MS)
    broken = brokenSoFar()
  }
  over.abort()
  const [blows] = await Promise.all([tormented, asked])
  if (!(untilBroken && isFound())) {
    await comeToRest(estate, database, stuckMs)
    await estate.stop()
    broken = [
      ...ledger.complaints,
      ...estate.complaints,
      ...brokenAtRest(database, ledger.acknowledged.values()),
    ]
  }
  return { ...blows, ...figures(database), acknowledged: ledger.acknowledged.size, broken }
}

/**
 * Waits until all work is done, or nothing goes on any more. Time that would have to pass is passed at once, and
 * nobody rests because there was little to do.
 */
async function comeToRest(estate: Estate, database: Database, stuckMs = STUCK_MS) {
  await estate.calm()
  const bell = openBell(`${estate.databaseFile}-bell`)
  let left = unfinished(database)
  let progressAt = performance.now()
  while (left > 0 && performance.now() - progressAt < stuckMs) {
    await estate.advance(DELIVERIES_RETURN_MS)
    database.run(
      `UPDATE jobs SET due_at = due_at - ?1
       WHERE state = 'queued' AND dispatched_at IS NOT NULL AND due_at <= dispatched_at + ?1`,
      [SENDERS_GIVEN_UP_MS],
    )
    bell?.ring()
    await Bun.sleep(REST_LOOK_MS)
    const now = unfinished(database)
    if (now < left) progressAt = performance.now()
    left = now
  }
  bell?.close()
}

const looksAt = (database: Database, { acknowledged }: Ledger) => ({
  heldBy(pid: number) {
    const held = database
      .query<{ id: string }, [string]>("SELECT id FROM jobs WHERE state = 'running' AND worker LIKE ?")
      .all(`${pid}-%`)
    return held.length && isUnlocked(database) ? held.map(({ id }) => id) : []
  },
  hasEnded: (jobId: string) =>
    database.query('SELECT 1 FROM jobs WHERE id = ? AND due_at IS NULL').get(jobId) !== null,
  isPromisedInVain: () =>
    [...acknowledged.values()]
      .slice(-LATEST)
      .some(({ jobId }) => database.query('SELECT 1 FROM jobs WHERE id = ?').get(jobId) === null),
})

function isUnlocked(database: Database): boolean {
  database.run('PRAGMA busy_timeout = 0')
  try {
    database.run('BEGIN IMMEDIATE')
    database.run('ROLLBACK')
    return true
  } catch {
    return false
  } finally {
    database.run(`PRAGMA busy_timeout = ${BUSY_MS}`)
  }
}

// Whoever stands in no index has ended.
const unfinished = (database: Database): number =>
  database
    .query<{ n: number }, []>(
      `SELECT (SELECT count(*) FROM jobs WHERE ready = 1)
       + (SELECT count(*) FROM jobs WHERE ready = 0 AND state = 'queued')
       + (SELECT count(*) FROM jobs WHERE ready = 0 AND state = 'running') AS n`,
    )
    .get()!.n

const figures = (database: Database) =>
  database
    .query<Pick<Outcome, 'jobs' | 'versions' | 'begunAgain' | 'cancelled'>, []>(
      `SELECT (SELECT count(*) FROM jobs) AS jobs, (SELECT count(*) FROM document_versions) AS versions,
       (SELECT count(*) FROM jobs WHERE attempts > 1) AS begunAgain,
       (SELECT count(*) FROM jobs WHERE state = 'cancelled') AS cancelled`,
    )
    .get()!
