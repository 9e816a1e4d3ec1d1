import type { Database } from 'bun:sqlite'
import type { Row, Statement } from './connect.ts'

/** How long a group may hold the event loop before it is committed; what is left goes into the next one. */
const GROUP_MS = 4
/** How long to wait before a write lock that another process holds is tried for again: between half of it and all. */
const BUSY_RETRY_MS = 3
/** After this long without the lock a batch fails: whoever holds it is not at work but stuck. */
const BUSY_GIVEN_UP_MS = 30_000

/** The value of the pragma that makes a commit wait for the disk. */
const FULL = 2

type Batch = {
  statements: Statement[]
  since: number
  resolve(results: Row[][]): void
  reject(error: unknown): void
}

type Attempt = { batch: Batch; results: Row[][] }

/**
 * Group commit: the batches that are asked for in one turn of the event loop share a transaction, and so one wait
 * for the disk. Each of them still stands or falls alone: when one of a group fails, the whole group is taken back
 * and each is run in a transaction of its own. A promise resolves when what it stands for is committed.
 *
 * The lock of another process is waited for without holding the event loop, for up to BUSY_GIVEN_UP_MS.
 */
export function groupCommit(database: Database, run: (statement: Statement) => Row[]) {
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((sql) =>
    database.prepare(sql),
  )
  const [[synchronous]] = database.query('PRAGMA synchronous').values() as [[number]]
  let waiting: Batch[] = []
  let scheduled: Timer | ReturnType<typeof setImmediate> | undefined

  return {
    add(statements: Statement[]): Promise<Row[][]> {
      const { promise, resolve, reject } = Promise.withResolvers<Row[][]>()
      waiting.push({ statements, since: performance.now(), resolve, reject })
      scheduled ??= setImmediate(flush)
      return promise
    },
    /** Commits what was asked for, now. */
    close() {
      while (waiting.length) {
        const before = waiting.length
        flush()
        if (waiting.length >= before)
          for (const batch of waiting.splice(0)) batch.reject(new Error('The database was closed.'))
      }
      clearTimeout(scheduled as Timer)
      clearImmediate(scheduled as ReturnType<typeof setImmediate>)
      for (const statement of [begin!, commit!, rollback!]) statement.finalize()
    },
  }

  function flush() {
    scheduled = undefined
    const group = waiting
    waiting = []
    const done: Attempt[] = []
    try {
      if (synchronous === FULL && group.every(mayBeLost)) withoutWaiting(() => transact(group, done))
      else transact(group, done)
      for (const { batch, results } of done) batch.resolve(results)
      waiting = group.slice(done.length)
    } catch (error) {
      waiting = isBusy(error) ? stillPatient(group, error) : alone(group, done)
      if (isBusy(error)) scheduled = setTimeout(flush, BUSY_RETRY_MS * (0.5 + Math.random() / 2))
    }
    if (waiting.length) scheduled ??= setImmediate(flush)
  }

  /** The commits of `work` reach the disk with the next one that waits for it. */
  function withoutWaiting(work: () => void) {
    database.run('PRAGMA synchronous = NORMAL')
    try {
      work()
    } finally {
      database.run('PRAGMA synchronous = FULL')
    }
  }

  /** Runs batches until the group is full, and commits them; `done` says which, with their results. */
  function transact(group: Batch[], done: Attempt[]) {
    const [batch] = group
    if (group.length === 1 && batch!.statements.length === 1) {
      const results: Row[][] = []
      done.push({ batch: batch!, results })
      results.push(run(batch!.statements[0]!))
      return
    }
    const start = performance.now()
    begin!.run()
    try {
      for (const batch of group) {
        const results: Row[][] = []
        done.push({ batch, results })
        for (const statement of batch.statements) results.push(run(statement))
        if (performance.now() - start > GROUP_MS) break
      }
      commit!.run()
    } catch (error) {
      if (database.inTransaction) rollback!.run()
      throw error
    }
  }

  /** One of them failed: each of those that were tried gets a transaction of its own. Returns who waits on. */
  function alone(group: Batch[], tried: Attempt[]): Batch[] {
    const later: Batch[] = []
    for (const { batch } of tried) {
      try {
        const done: Attempt[] = []
        transact([batch], done)
        batch.resolve(done[0]!.results)
      } catch (error) {
        if (isBusy(error)) later.push(batch)
        else batch.reject(error)
      }
    }
    return [...later, ...group.slice(tried.length)]
  }
}

const mayBeLost = ({ statements }: Batch): boolean => statements.every(({ durable }) => durable === false)

export const isBusy = (error: unknown): boolean =>
  /^SQLITE_(BUSY|LOCKED)/.test(String((error as { code?: unknown } | null)?.code ?? ''))

function stillPatient(group: Batch[], error: unknown): Batch[] {
  const now = performance.now()
  const [patient, late] = [group.filter(isPatient), group.filter((batch) => !isPatient(batch))]
  for (const batch of late) batch.reject(error)
  return patient

  function isPatient({ since }: Batch) {
    return now - since < BUSY_GIVEN_UP_MS
  }
}
