/** Cloudflare's limits name 12 hours on one page and 24 on another: the shorter one is right on both. */
export const DELAY_MS_MAX = 43_200_000
const JOB_ID_LENGTH_MAX = 128

/** What is pushed: about 60 bytes, so that neither 128 KB a message nor 256 KB a batch can be exceeded. */
export type PushedMessage = { body: string; content_type: 'text'; delay_seconds: number }

/** A message as it is pulled; anybody may have pushed it. */
export type PulledMessage = { body?: unknown; lease_id: string; attempts?: number; metadata?: unknown }

/** What a message says: a job, and when it is due if that is further off than a delay can be. */
export type Content = { jobId: string; dueAt?: number }

/** Sent as text, which comes back as it is; `json` would come back in base64. */
export function encodeMessage(
  jobId: string,
  { delayMs, now }: { delayMs: number; now: number },
): PushedMessage {
  if (jobId.length > JOB_ID_LENGTH_MAX) throw new Error(`The id of a job is too long for a message: ${jobId}`)
  const content = delayMs > DELAY_MS_MAX ? { job: jobId, due: now + delayMs } : { job: jobId }
  return { body: JSON.stringify(content), content_type: 'text', delay_seconds: delaySeconds(delayMs) }
}

/** Whole seconds, rounded up: never too soon. */
export const delaySeconds = (delayMs: number): number =>
  Math.ceil(Math.min(Math.max(0, delayMs), DELAY_MS_MAX) / 1000)

/** Reads a message by its content type. Returns undefined for one that no Quill has sent. */
export function decodeMessage(message: PulledMessage): Content | undefined {
  for (const text of readings(message)) {
    const content = parse(text)
    if (content) return content
  }
}

/** `text` travels as it is, `json` and `bytes` in base64, `v8` is for Workers alone. */
function readings({ body, metadata }: PulledMessage): string[] {
  if (typeof body !== 'string') return []
  switch (contentTypeOf(metadata)) {
    case 'text':
      return [body]
    case 'json':
    case 'bytes':
      return [fromBase64(body)]
    case 'v8':
      return []
    default:
      return [body, fromBase64(body)]
  }
}

function contentTypeOf(metadata: unknown): unknown {
  return typeof metadata === 'object' && metadata !== null && 'CF-Content-Type' in metadata
    ? metadata['CF-Content-Type']
    : undefined
}

const fromBase64 = (text: string) => Buffer.from(text, 'base64').toString('utf8')

function parse(text: string): Content | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('job' in value)) return undefined
  const { job } = value
  if (typeof job !== 'string' || job.length === 0 || job.length > JOB_ID_LENGTH_MAX) return undefined
  const due = 'due' in value ? value.due : undefined
  return typeof due === 'number' ? { jobId: job, dueAt: due } : { jobId: job }
}
