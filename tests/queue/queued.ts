import { type Connection, connect, type Db, type Write } from '#db/connect.ts'
import type { Synchronous } from '#db/sqlite.ts'
import type { Kinds } from '#src/jobs/kinds.ts'
import { enqueue, type JobSpec, newJob } from '#src/jobs/new-job.ts'
import type { JobRow } from '#src/jobs/schemas.ts'
import type { Queue } from '#src/queue/queue.ts'

const ROWS_A_BATCH = 1_000

/** A database with two projects, `prj_a` and `prj_b`. */
export async function openDatabase(url = ':memory:', synchronous?: Synchronous): Promise<Connection> {
  const connection = connect(url, undefined, synchronous)
  for (const id of ['prj_a', 'prj_b'])
    await connection.db.rows('INSERT OR IGNORE INTO projects (id, name, created_at) VALUES (?, ?, 1)', [
      id,
      id,
    ])
  return connection
}

/** Enqueues jobs of a kind in a project, and gives their ids. */
export async function addJobs(
  db: Db,
  count: number,
  spec: Partial<JobSpec> = {},
  kinds?: Kinds,
): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < count) {
    const rows = Array.from({ length: Math.min(ROWS_A_BATCH, count - ids.length) }, () =>
      newJob({ projectId: 'prj_a', createdBy: 'test', kind: 'quick', input: {}, ...spec }, kinds),
    )
    await db.batch(rows.flatMap((row) => enqueue(db, row)) as [Write, ...Write[]])
    ids.push(...rows.map((row) => row.id))
  }
  return ids
}

/** The ids that one look delivers. */
export async function pulled(queue: Queue, max: number, only?: string[]): Promise<string[]> {
  const deliveries = await queue.pull({ max, waitMs: 0, signal: new AbortController().signal, kinds: only })
  return deliveries.map(({ jobId }) => jobId)
}

type Brief = Pick<JobRow, 'state' | 'ready' | 'attempts' | 'dispatchedAt' | 'dueAt'>

/** What the tests of the queue look at in a row. */
export async function briefOf(db: Db, id: string): Promise<Brief> {
  const [row] = await db.rows('SELECT state, ready, attempts, dispatched_at, due_at FROM jobs WHERE id = ?', [
    id,
  ])
  const [state, ready, attempts, dispatchedAt, dueAt] = row!
  return { state, ready, attempts, dispatchedAt, dueAt } as Brief
}

/** How many jobs there are in each state. */
export async function countByState(db: Db): Promise<Record<string, number>> {
  return Object.fromEntries(await db.rows('SELECT state, count(*) FROM jobs GROUP BY state', []))
}
