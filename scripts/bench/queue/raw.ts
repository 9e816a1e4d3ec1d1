import { Database } from 'bun:sqlite'
import { type Contender, type Durability, HANDLERS } from './contender.ts'

const BATCH = 100

/**
 * What bun:sqlite gives when a queue is nothing but a table: claims and completions by the hundred, and no lease that is
 * kept, no event, no retry, no project. It is the bound, not a queue.
 */
export const raw = (durability: Durability): Contender => ({
  name: `bare bun:sqlite ${durability}`,
  durability,
  async open(file) {
    const database = new Database(file, { create: true, strict: true })
    for (const pragma of [
      'journal_mode = WAL',
      `synchronous = ${durability}`,
      'busy_timeout = 5000',
      'cache_size = -16000',
    ])
      database.run(`PRAGMA ${pragma}`)
    database.run(`CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, worker TEXT,
      until INTEGER, payload TEXT NOT NULL)`)
    database.run('CREATE INDEX IF NOT EXISTS waiting ON jobs (id) WHERE state = 0')
    return operate(database)
  },
})

function operate(database: Database) {
  const insert = database.prepare<void, [string]>('INSERT INTO jobs (state, payload) VALUES (0, ?)')
  const claim = database.prepare<{ id: number; payload: string }, [number]>(
    `UPDATE jobs SET state = 1, worker = 'w', until = ? WHERE id IN
     (SELECT id FROM jobs WHERE state = 0 ORDER BY id LIMIT ${BATCH}) RETURNING id, payload`,
  )
  const finish = database.prepare<void, [number]>(`UPDATE jobs SET state = 2 WHERE id = ? AND worker = 'w'`)
  const together = database.transaction((work: () => void) => work())
  let woken = Promise.withResolvers<void>()
  let waiting: { payload: object; done: () => void }[] = []

  return {
    // Those that are asked for in one turn share a commit.
    add(payload: object) {
      const { promise, resolve } = Promise.withResolvers<void>()
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ payload, done: resolve })
      return promise
    },
    addMany(payloads: object[]) {
      together.immediate(() => payloads.forEach((payload) => void insert.run(JSON.stringify(payload))))
      woken.resolve()
    },
    work(handle: (payload: object) => void) {
      let stopped = false
      void loop()
      return {
        stop() {
          stopped = true
          woken.resolve()
        },
      }
      async function loop() {
        while (!stopped) {
          woken = Promise.withResolvers()
          const jobs = claim.all(Date.now() + 30_000)
          if (jobs.length === 0) await woken.promise
          for (let at = 0; at < jobs.length; at += HANDLERS)
            await Promise.all(
              jobs.slice(at, at + HANDLERS).map(async (job) => handle(JSON.parse(job.payload))),
            )
          together.immediate(() => jobs.forEach((job) => void finish.run(job.id)))
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
    },
    close() {
      for (const statement of [insert, claim, finish]) statement.finalize()
      database.close()
    },
  }

  function flush() {
    const batch = waiting
    waiting = []
    together.immediate(() => batch.forEach(({ payload }) => void insert.run(JSON.stringify(payload))))
    for (const { done } of batch) done()
    woken.resolve()
  }
}
