import { and, eq } from 'drizzle-orm'
import { type Db, isDuplicate, type Write } from '#db/connect.ts'
import { stepInvocations } from '#db/schema/jobs.ts'
import { AppError } from '#src/errors.ts'

export const IDEMPOTENCY_KEY_CHARS_MAX = 255

type Request = { projectId: string; key: string; operation: string; body: unknown }
type Work = { jobId: string; answer: object; writes: Write[] }
export type Invocation = { jobId: string; answer: unknown; replayed: boolean }

/**
 * Starts work once per key: the first request writes `work` together with its answer, in one batch; the same
 * request again gets that answer; another request under the same key is refused with `idempotency_key_reused`.
 */
export async function invokeOnce(db: Db, request: Request, work: () => Promise<Work>): Promise<Invocation> {
  const requestHash = hashOf(request)
  const earlier = await replay(db, request, requestHash)
  if (earlier) return earlier
  const { jobId, answer, writes } = await work()
  const record = db.insert(stepInvocations).values({
    projectId: request.projectId,
    idempotencyKey: request.key,
    operation: request.operation,
    requestHash,
    jobId,
    answer,
    createdAt: Date.now(),
  })
  try {
    await db.batch([writes[0]!, ...writes.slice(1), record])
    return { jobId, answer, replayed: false }
  } catch (error) {
    if (!isDuplicate(error, 'step_invocations.idempotency_key')) throw error
    return (await replay(db, request, requestHash))!
  }
}

async function replay(
  db: Db,
  { projectId, key }: Request,
  requestHash: string,
): Promise<Invocation | undefined> {
  const row = await db
    .select()
    .from(stepInvocations)
    .where(and(eq(stepInvocations.projectId, projectId), eq(stepInvocations.idempotencyKey, key)))
    .get()
  if (!row) return undefined
  if (row.requestHash !== requestHash)
    throw new AppError(
      'idempotency_key_reused',
      'This Idempotency-Key was used with another request. Use a new one.',
    )
  return { jobId: row.jobId, answer: row.answer, replayed: true }
}

const hashOf = ({ operation, body }: Request) =>
  new Bun.CryptoHasher('sha256').update(JSON.stringify([operation, sorted(body)])).digest('hex')

/** The same value with the keys of its objects in order, so that two spellings of it compare as equal. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)])
}
