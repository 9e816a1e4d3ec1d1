import { treaty } from '@elysiajs/eden'
import type { App } from '../../app.ts'

/** The API, typed by the server itself. */
export const api = treaty<App>(location.origin, { parseDate: false }).api.v1

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
  const path = `/api/v1/documents/${id}/versions/${number}/body?format=${format}`
  const response = await fetch(path).catch(() => undefined)
  if (response?.ok) return response.text()
  throw problemOf(response, await response?.json().catch(() => undefined))
}

const unreachable = { data: null, error: { value: undefined }, response: undefined as never }

function problemOf(response: Response | undefined, body: unknown): Problem {
  const { detail, code, requestId } = (body ?? {}) as { detail?: string; code?: string; requestId?: string }
  if (detail && response) return new Problem(detail, response.status, code ?? 'unknown', requestId)
  return new Problem(
    'Quill could not be reached. Nothing was changed; try again in a moment.',
    0,
    'unreachable',
  )
}
