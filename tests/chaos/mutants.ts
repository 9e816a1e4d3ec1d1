import type { QueueName } from '#src/queue/queue.ts'
import { type Aim, HALT } from './aim.ts'

/** Text of a file that is replaced; it must stand there once. */
export type Edit = { file: string; from: string; to: string }

/** A defect that does no harm while nothing dies: who finds it has looked at what happens when something does. */
export type Mutant = {
  name: string
  backend: QueueName
  edits: readonly Edit[]
  /** The blow that shows it, unless it shows itself. */
  aim?: Aim
  /** What it breaks, as the invariants name it. */
  breaks: RegExp
}

const haltBeforeTheEnd: Edit = {
  file: 'worker/lease.ts',
  from: "const change = { state: 'succeeded', output",
  to: `${HALT}const change = { state: 'succeeded', output`,
}

const noFence: readonly Edit[] = [
  haltBeforeTheEnd,
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
      if (job.kind === 'document.persist') ${HALT}return whole(db, [completion, conditionHeld(db), tell(db, job.projectId, 'job.updated', told)])
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
      if (held && job.kind === 'document.persist') ${HALT}if (held) await db.batch(writes as [Write, ...Write[]])
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
    ${HALT}const sent = \`UPDATE jobs SET ready = 0, dispatched_at = \${Date.now()}, due_at = \${Date.now() + 3_600_000}
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
    to: `await queue.settle({ acknowledged: deliveries })
    ${HALT}const jobs = await claimAll(`,
  },
]

const DONE_TWICE = /^a job (has one version|succeeds once)|^what a job did came with its end/
const TORN = /^a job has one version|^what a job did came with its end/
const LOST = /^an acknowledged job is there|^one key, two jobs|^a key is one job/
const NEVER_DONE = /^all work is done/

const everywhere = {
  fence: { name: 'no fence', edits: noFence, aim: 'pause where it halts', breaks: DONE_TWICE },
  // Clients that ask again show it.
  key: { name: 'the key is of the attempt', edits: keyOfTheAttempt, breaks: LOST },
  completion: {
    name: 'the completion is outside the batch',
    edits: completionOutside,
    aim: 'kill where it halts',
    breaks: TORN,
  },
} as const

/** Every one must be found. Where a backend knows no sending or acknowledging, it is the row's that comes too soon. */
export const mutants: readonly Mutant[] = [
  { backend: 'inline', ...everywhere.fence },
  { backend: 'inline', ...everywhere.key },
  { backend: 'inline', ...everywhere.completion },
  {
    backend: 'inline',
    name: 'sent before the commit',
    edits: answeredFirst,
    aim: 'kill behind a lock',
    breaks: LOST,
  },
  {
    backend: 'inline',
    name: 'acknowledged before the commit',
    edits: acknowledgedFirst,
    aim: 'kill where it halts',
    breaks: TORN,
  },
  { backend: 'cloudflare', ...everywhere.fence },
  { backend: 'cloudflare', ...everywhere.key },
  { backend: 'cloudflare', ...everywhere.completion },
  {
    backend: 'cloudflare',
    name: 'sent before the commit',
    edits: sentFirst,
    aim: 'pause where it halts',
    breaks: NEVER_DONE,
  },
  {
    backend: 'cloudflare',
    name: 'acknowledged before the commit',
    edits: acknowledgedUnclaimed,
    aim: 'kill where it halts',
    breaks: NEVER_DONE,
  },
]

/** The same blows where nothing is planted but the places to halt: they must break nothing. */
export const nothingPlanted: { edits: readonly Edit[]; aims: readonly Aim[] } = {
  edits: [haltBeforeTheEnd],
  aims: ['pause where it halts', 'kill where it halts', 'kill behind a lock'],
}
