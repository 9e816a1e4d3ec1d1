/** An identity provider answers in a few kilobytes. */
const ANSWER_BYTES_MAX = 256 * 1024
const REFUSAL_CHARS_MAX = 100

/**
 * Asks an identity provider and reads its answer, a JSON object or list.
 * Throws an Error that names the address and no secret when the provider cannot be reached, takes longer than
 * `timeoutMs` for the whole answer, redirects (the request may carry the client's secret), or answers
 * anything but JSON of at most ANSWER_BYTES_MAX bytes with a status of success; it repeats why it was refused.
 */
export async function askProvider(url: string, timeoutMs: number, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, {
    ...init,
    headers: { accept: 'application/json', ...init.headers },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: Error) => {
    throw new Error(`${url} did not answer: ${error.message}`)
  })
  const answer = parse(await readAnswer(url, response))
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${refusalIn(answer)}`.trim())
  if (answer === undefined) throw new Error(`${url} answered no JSON.`)
  return answer
}

/** The code of a refusal (RFC 6749 §5.2), which tells an operator what to mend; empty when there is none. */
export function refusalIn(answer: unknown): string {
  const { error } = (answer ?? {}) as { error?: unknown }
  return typeof error === 'string' ? error.slice(0, REFUSAL_CHARS_MAX) : ''
}

/** The field of an answer, when it is text; an Error names the field when it is not. */
export function textField(answer: unknown, name: string): string {
  const value = (answer as Record<string, unknown> | null)?.[name]
  if (typeof value !== 'string' || !value) throw new Error(`The answer has no ${name}.`)
  return value
}

async function readAnswer(url: string, response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`${url} answered more than ${ANSWER_BYTES_MAX} bytes.`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
