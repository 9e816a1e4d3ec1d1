import { seededRandom } from '../fakes/cloudflare-queues-faults.ts'
import { talk } from '../material.ts'
import type { Estate } from './estate.ts'

const CLIENTS = 12
const TIMEOUT_MS = 5_000
const RETRY_MS = 25
/** How often the same request is sent once more although it was answered. */
const SENT_AGAIN = 0.2
/** Clients wait while so many jobs are unfinished: what is begun again must get its turn while its worker is stopped. */
const BACKLOG_MAX = 100
const POST = '---\ntitle: Chaos\n---\nBefore it.\n\n## One\n\nA word.\n\n## Two\n\nAnother word.\n'

export type Wanted = 'step' | 'version' | 'run'

/** What the API has promised: an answer with status 202. */
export type Acknowledged = {
  key: string
  wanted: Wanted
  jobId: string
  runId?: string
  /** Whether a client asked for its end, and was told that it has come. */
  cancelled: 'no' | 'asked' | 'yes'
}

type Answer = {
  status: number
  body: { id: string; state: string; job: { id: string }; run?: { id: string } }
}

/** What was promised so far, and what was answered that must not be. */
export type Ledger = { acknowledged: Map<string, Acknowledged>; complaints: string[] }

/**
 * Clients that ask for work, and again until they are answered, and count only what was acknowledged. Resolves once
 * `over` is aborted.
 */
export async function runClients(
  estate: Estate,
  { seed, over, unfinished }: { seed: number; over: AbortSignal; unfinished(): number },
  ledger: Ledger,
): Promise<void> {
  const { acknowledged, complaints } = ledger
  const sources = new Map<string, string>()
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => beClient(index)))

  async function beClient(index: number) {
    const random = seededRandom(seed * 1_000 + index)
    for (let round = 0; !over.aborted; round++) {
      if (unfinished() > BACKLOG_MAX) await Bun.sleep(RETRY_MS)
      else
        await askForWork(estate.keys[Math.floor(random() * estate.keys.length)]!, `${index}-${round}`, random)
    }
  }

  async function askForWork(apiKey: string, key: string, random: () => number) {
    const dice = random()
    const wanted = dice < 0.65 ? 'step' : dice < 0.9 ? 'version' : 'run'
    const start = await requestFor(wanted, apiKey, key)
    if (!start) return
    const answer = await ask(apiKey, start.path, start.body, key)
    if (answer?.status !== 202) return
    const jobId = answer.body.job.id
    const promise: Acknowledged = { key, wanted, jobId, runId: answer.body.run?.id, cancelled: 'no' }
    acknowledged.set(key, promise)
    if (wanted === 'step' && random() < 0.15) await cancel(apiKey, promise)
    if (random() >= SENT_AGAIN) return
    const again = await ask(apiKey, start.path, start.body, key)
    if (again?.status === 202 && again.body.job.id !== jobId)
      complaints.push(`one key, two jobs: ${key} was answered ${jobId} and ${again.body.job.id}`)
  }

  async function requestFor(wanted: Wanted, apiKey: string, key: string) {
    if (wanted === 'step')
      return { path: '/api/v1/steps/seo.generate', body: { title: key, markdown: 'Bees dance in the dark.' } }
    const sourceIds = await sourceOf(apiKey)
    const document = sourceIds && (await ask(apiKey, '/api/v1/documents', { sourceIds }))
    if (document?.status !== 201) return undefined
    const documentId = document.body.id
    return wanted === 'version'
      ? {
          path: '/api/v1/steps/document.persist',
          body: { documentId, post: { markdown: POST, citations: [] }, reason: key },
        }
      : {
          path: '/api/v1/pipelines/generate_blog',
          body: { documentId, options: { sections: 4, words: 1_000 } },
        }
  }

  async function sourceOf(apiKey: string): Promise<string[] | undefined> {
    const known = sources.get(apiKey)
    if (known) return [known]
    const source = await ask(apiKey, '/api/v1/sources', { kind: 'text', text: talk })
    if (source?.status !== 201) return undefined
    sources.set(apiKey, source.body.id)
    return [source.body.id]
  }

  async function cancel(apiKey: string, promise: Acknowledged) {
    promise.cancelled = 'asked'
    const answer = await ask(apiKey, `/api/v1/jobs/${promise.jobId}/cancel`, {})
    if (answer?.status === 200 && answer.body.state === 'cancelled') promise.cancelled = 'yes'
  }

  /** Asks until there is an answer, whichever; undefined when it is over before. */
  async function ask(apiKey: string, path: string, body: object, key?: string): Promise<Answer | undefined> {
    const headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      ...(key ? { 'idempotency-key': key } : {}),
    }
    while (!over.aborted) {
      try {
        const signal = AbortSignal.timeout(TIMEOUT_MS)
        const response = await fetch(estate.origin() + path, {
          method: 'POST',
          headers,
          body: JSON.stringify(body),
          signal,
        })
        const answer = { status: response.status, body: (await response.json()) as Answer['body'] }
        if (answer.status >= 500 || answer.status === 422)
          complaints.push(`${path} was answered ${JSON.stringify(answer)}`)
        if (answer.status < 500) return answer
      } catch {
        // Nobody is there, or was killed before the answer.
      }
      await Bun.sleep(RETRY_MS)
    }
    return undefined
  }
}
