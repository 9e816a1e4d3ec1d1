import { treaty } from '@elysiajs/eden'
import type { App } from '../../app.ts'
import { projectHeaders } from './tab-project.ts'

/** What the rights of whoever asks do not cover, or what is not there (any more) for them. */
const REFUSED = new Set([401, 403, 404])

/** The API, typed by the server itself. Every request names the tab's project. */
export const api = treaty<App>(location.origin, {
  parseDate: false,
  headers: () => projectHeaders(),
  onResponse: noticeRefusal,
}).api.v1

let hearRefusal = () => {}

/** Calls `listener` whenever an answer tells that the session or the rights in it may be others than the page knows. */
export function onRefusal(listener: () => void) {
  hearRefusal = listener
}

type Answer = { data: unknown; error: unknown; response: Response }

export type Data<Call extends (...args: never[]) => Promise<Answer>> = NonNullable<
  Awaited<ReturnType<Call>>['data']
>

/** A refusal in the words of the API. `status` is 0 when the server could not be reached. */
export class Problem extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly requestId?: string,
    /** What is wrong with which part of the request: `path` is a JSON pointer. */
    readonly issues: readonly { path: string; message: string }[] = [],
  ) {
    super(message)
    this.name = 'Problem'
  }
}

/** What a call answered. Throws Problem when it was refused or could not be made. */
export async function read<A extends Answer>(call: Promise<A>): Promise<NonNullable<A['data']>> {
  return (await readTagged(call)).data
}

/** As `read`, with the ETag of the answer. */
export async function readTagged<A extends Answer>(call: Promise<A>) {
  const { data, error, response } = await call.catch((): Answer => unreachable)
  if (error || !response?.ok) throw problemOf(response, (error as { value?: unknown } | null)?.value)
  return { data: data as NonNullable<A['data']>, etag: response.headers.get('etag') ?? undefined }
}

/** A version's text in one of its formats, byte for byte. Throws Problem. */
export async function readBody(id: string, number: number, format: 'html' | 'markdown'): Promise<string> {
  return (await readRaw(`/documents/${id}/versions/${number}/body?format=${format}`)).text()
}

/** An answer as it is: what a link could not ask for, as it names no project. Throws Problem. */
export async function readRaw(path: string): Promise<Response> {
  const response = await fetch(`/api/v1${path}`, { headers: projectHeaders() }).catch(() => undefined)
  if (response?.ok) return response
  if (response) noticeRefusal(response)
  throw problemOf(response, await response?.json().catch(() => undefined))
}

function noticeRefusal({ status }: Response) {
  if (REFUSED.has(status)) hearRefusal()
}

const unreachable = { data: null, error: { value: undefined }, response: undefined as never }

function problemOf(response: Response | undefined, body: unknown): Problem {
  const { detail, code, requestId, issues } = (body ?? {}) as Partial<Problem> & { detail?: string }
  if (detail && response) return new Problem(detail, response.status, code ?? 'unknown', requestId, issues)
  return new Problem(
    'Quill could not be reached. Nothing was changed; try again in a moment.',
    0,
    'unreachable',
  )
}
