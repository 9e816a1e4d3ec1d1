import type { QueueName } from '#src/queue/queue.ts'

/** Text of a file that is replaced; it must stand there once. */
export type Edit = { file: string; from: string; to: string }

/** A defect that does no harm while nothing dies: who finds it has looked at what happens when something does. */
export type Mutant = {
  name: string
  backend: QueueName
  edits: readonly Edit[]
  /** The seed that showed it when it was planted. */
  seed: number
  /** What it breaks, as the invariants name it. */
  breaks: RegExp
}

const noFence: readonly Edit[] = [
  {
    file: 'worker/lease.ts',
    from: "const HELD = `id = ? AND lease_token = ? AND state = 'running'`",
    to: 'const HELD = `id = ? AND ? IS NOT NULL`',
  },
  {
    file: 'worker/lease.ts',
    from: "eq(jobs.id, job.id), eq(jobs.leaseToken, job.leaseToken), eq(jobs.state, 'running'), when",
    to: 'eq(jobs.id, job.id), when',
  },
]

const keyOfTheAttempt: readonly Edit[] = [
  {
    file: 'src/pipelines/idempotency.ts',
    from: 'idempotencyKey: request.key,',
    to: 'idempotencyKey: request.key + performance.now(),',
  },
]

const WHOLE =
  "return whole(db, [completion, conditionHeld(db), ...writes, tell(db, job.projectId, 'job.updated', told)])"

/** First what the job did, then its end. Runs keep theirs: their next step starts in the batch. */
const completionOutside: readonly Edit[] = [
  {
    file: 'worker/lease.ts',
    from: WHOLE,
    to: `{
      if (job.runId) ${WHOLE}
      await db.batch(writes as [Write, ...Write[]])
      return whole(db, [completion, conditionHeld(db), tell(db, job.projectId, 'job.updated', told)])
    }`,
  },
]

/** First its end, then what the job did. */
const acknowledgedFirst: readonly Edit[] = [
  {
    file: 'worker/lease.ts',
    from: WHOLE,
    to: `{
      const held = await whole(db, [completion, conditionHeld(db), tell(db, job.projectId, 'job.updated', told)])
      if (held) await db.batch(writes as [Write, ...Write[]])
      return held
    }`,
  },
]

/** The request is answered while its batch is written. */
const answeredFirst: readonly Edit[] = [
  {
    file: 'src/pipelines/idempotency.ts',
    from: 'await db.batch([writes[0]!, ...writes.slice(1), record])',
    to: 'void db.batch([writes[0]!, ...writes.slice(1), record]).catch(() => {})',
  },
]

/** The message goes out before the batch that holds its job; the row says that it was sent. */
const sentFirst: readonly Edit[] = [
  { file: 'src/queue/outbox.ts', from: '    ...queue,\n', to: '    ...queue,\n    sendNow: queue.send,\n' },
  {
    file: 'src/pipelines/start.ts',
    from: 'return { jobId: job.id, answer: { job: presentJob(job) }, writes: enqueue(deps.db, job) }',
    to: `await (deps.queue as unknown as { sendNow: (ids: string[]) => Promise<void> }).sendNow([job.id])
    const sent = \`UPDATE jobs SET ready = 0, dispatched_at = \${Date.now()}, due_at = \${Date.now() + 3_600_000}
      WHERE id = '\${job.id}'\`
    const writes = [...enqueue(deps.db, job), deps.db.run(sent)]
    return { jobId: job.id, answer: { job: presentJob(job) }, writes }`,
  },
]

/** The message is acknowledged before the claim of its job is written. */
const acknowledgedUnclaimed: readonly Edit[] = [
  {
    file: 'worker/consume.ts',
    from: 'const jobs = await claimAll(',
    to: 'await queue.settle({ acknowledged: deliveries })\n    const jobs = await claimAll(',
  },
]

const DONE_TWICE = /^a job (has one version|succeeds once)|^what a job did came with its end/
const TORN = /^a job has one version|^what a job did came with its end/
const LOST = /^an acknowledged job is there|^one key, two jobs|^a key is one job/
const NEVER_DONE = /^all work is done/

/** Every one must be found. Where a backend knows no sending or acknowledging, it is the row's that comes too soon. */
export const mutants: readonly Mutant[] = [
  { name: 'no fence', backend: 'inline', edits: noFence, seed: 1, breaks: DONE_TWICE },
  { name: 'the key is of the attempt', backend: 'inline', edits: keyOfTheAttempt, seed: 1, breaks: LOST },
  {
    name: 'the completion is outside the batch',
    backend: 'inline',
    edits: completionOutside,
    seed: 1,
    breaks: TORN,
  },
  { name: 'sent before the commit', backend: 'inline', edits: answeredFirst, seed: 1, breaks: LOST },
  {
    name: 'acknowledged before the commit',
    backend: 'inline',
    edits: acknowledgedFirst,
    seed: 1,
    breaks: TORN,
  },
  { name: 'no fence', backend: 'cloudflare', edits: noFence, seed: 1, breaks: DONE_TWICE },
  { name: 'the key is of the attempt', backend: 'cloudflare', edits: keyOfTheAttempt, seed: 1, breaks: LOST },
  {
    name: 'the completion is outside the batch',
    backend: 'cloudflare',
    edits: completionOutside,
    seed: 1,
    breaks: TORN,
  },
  { name: 'sent before the commit', backend: 'cloudflare', edits: sentFirst, seed: 2, breaks: NEVER_DONE },
  {
    name: 'acknowledged before the commit',
    backend: 'cloudflare',
    edits: acknowledgedUnclaimed,
    seed: 1,
    breaks: NEVER_DONE,
  },
]
