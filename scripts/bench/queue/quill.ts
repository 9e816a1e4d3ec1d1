import { connect, type Write } from '#db/connect.ts'
import { enqueue, newJob } from '#src/jobs/new-job.ts'
import { createLog } from '#src/log.ts'
import { openBell } from '#src/queue/bell.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { startConsumer } from '#worker/consume.ts'
import { type Contender, type Durability, HANDLERS, type Opened } from './contender.ts'

const PROJECTS = 4
const LEASE_MS = 15_000

/** The product's queue as it is: fenced leases, an event for each change, retries, turns between projects. */
export const quill = (durability: Durability): Contender => ({
  name: `quill ${durability}`,
  durability,
  open: (file) => openQuill(file, durability),
})

export async function openQuill(file: string, durability: Durability): Promise<Opened> {
  const { db, close } = connect(`file:${file}`, undefined, durability)
  const bell = openBell(`${file}-bell`)
  const queue = inlineQueue(db, { bell })
  for (let project = 0; project < PROJECTS; project++)
    await db.rows('INSERT OR IGNORE INTO projects (id, name, created_at) VALUES (?, ?, 1)', [
      `prj_${project}`,
      `Project ${project}`,
    ])
  let jobs = 0
  const writesOf = (payload: object) =>
    enqueue(
      db,
      newJob({ projectId: `prj_${jobs++ % PROJECTS}`, kind: 'bench', createdBy: 'bench', input: payload }),
    )

  return {
    async add(payload) {
      await db.batch(writesOf(payload) as [Write, ...Write[]])
      await queue.send([])
    },
    async addMany(payloads) {
      await db.batch(payloads.flatMap(writesOf) as [Write, ...Write[]])
      await queue.send([])
    },
    work(handle) {
      return startConsumer({
        db,
        queue,
        log: createLog('silent'),
        concurrency: HANDLERS,
        leaseMs: LEASE_MS,
        handlers: {
          bench: async (_job, input) => {
            handle(input as object)
            return { output: {} }
          },
        },
      })
    },
    async close() {
      await queue.close()
      bell?.close()
      close()
    },
  }
}
