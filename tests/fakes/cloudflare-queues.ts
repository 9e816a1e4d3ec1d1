import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createFaults,
  type Fault,
  type FaultKind,
  type Operation,
  seededRandom,
} from './cloudflare-queues-faults.ts'
import { type Fields, isFields } from './cloudflare-queues-fields.ts'
import { createMessageLimit, createRequestLimit } from './cloudflare-queues-limits.ts'
import { isRefusalName, Refusal } from './cloudflare-queues-refusals.ts'
import { type Answer, route } from './cloudflare-queues-routes.ts'
import {
  backlog,
  type FakeState,
  findQueueByName,
  type MessageRow,
  openState,
} from './cloudflare-queues-state.ts'

const REQUESTS_REMEMBERED_MAX = 10_000
const FREE_OPERATIONS_PER_DAY = 10_000
const BACKLOG_BYTES_MAX = 25e9
const MESSAGES_PER_SECOND_MAX = 5_000

export type FakeOptions = {
  /** Any free one unless told. */
  port?: number
  accountId?: string
  /** Who may do what; one token that may write unless told. */
  tokens?: Record<string, 'write' | 'read'>
  /** A file keeps queues and messages over a restart; forgotten at the end unless told. */
  stateFile?: string
  plan?: 'paid' | 'free'
  /** Requests in five minutes, pulls and acks apart; 1,200 at the real one. */
  requestsMax?: number
  messagesPerSecondMax?: number
  backlogBytesMax?: number
  seed?: number
}

export type FakeRequest = { at: number; method: string; path: string; operation: Operation; status: number }

/** An account of Cloudflare with Queues, on loopback. Time is the real one, moved forward by `advance`. */
export type FakeQueues = AsyncDisposable & {
  /** What stands for https://api.cloudflare.com/client/v4. */
  url: string
  port: number
  accountId: string
  /** A token that may read and write. */
  token: string
  /** Every request so far, the newest last, whatever became of it; status 0 is an answer that was lost. */
  requests: FakeRequest[]
  billed: FakeState['billed']
  inject(fault: Fault): void
  heal(): void
  advance(ms: number): void
  now(): number
  /** What is in a queue, and how much. */
  messages(queueName: string): MessageRow[]
  depth(queueName: string): number
  stop(): Promise<void>
}

/** Starts a fake of Cloudflare Queues' REST API; several may run at once. Throws when the port is taken. */
export async function startCloudflareQueues(options: FakeOptions = {}): Promise<FakeQueues> {
  const { accountId = '0123456789abcdef0123456789abcdef', tokens = { 'a-token-that-may-write': 'write' } } =
    options
  let offsetMs = 0
  const now = () => Date.now() + offsetMs
  const random = seededRandom(options.seed ?? 1)
  const state: FakeState = {
    db: openState(options.stateFile ?? ':memory:'),
    now,
    random,
    plan: options.plan ?? 'paid',
    messagesPerSecondMax: options.messagesPerSecondMax ?? MESSAGES_PER_SECOND_MAX,
    backlogBytesMax: options.backlogBytesMax ?? BACKLOG_BYTES_MAX,
    billed: { writes: 0, reads: 0, deletes: 0 },
  }
  const faults = createFaults(random)
  const requests: FakeRequest[] = []
  const limits = {
    requests: createRequestLimit(now, options.requestsMax),
    messages: createMessageLimit(now, state.messagesPerSecondMax),
  }
  const server = createServer((request, response) => {
    void serve({ state, accountId, tokens, faults, limits, requests }, request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    state.db.close()
  }

  return {
    url: `http://127.0.0.1:${port}/client/v4`,
    port,
    accountId,
    token: Object.keys(tokens).find((token) => tokens[token] === 'write') ?? '',
    requests,
    billed: state.billed,
    inject: faults.inject,
    heal: faults.heal,
    advance(ms) {
      offsetMs += Math.ceil(ms)
    },
    now,
    messages: (name) =>
      state.db
        .query<MessageRow, [string]>('SELECT * FROM messages WHERE queue_id = ? ORDER BY seq')
        .all(findQueueByName(state, name)?.id ?? ''),
    depth: (name) => backlog(state, findQueueByName(state, name)?.id ?? '').backlog_count,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

type House = {
  state: FakeState
  accountId: string
  tokens: Record<string, 'write' | 'read'>
  faults: ReturnType<typeof createFaults>
  limits: {
    requests: ReturnType<typeof createRequestLimit>
    messages: ReturnType<typeof createMessageLimit>
  }
  requests: FakeRequest[]
}

async function serve(house: House, request: IncomingMessage, response: ServerResponse) {
  const text = await readText(request)
  const { method = 'GET' } = request
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake')
  const operation = operationOf(pathname)
  const struck = house.faults.strike(operation)
  const entry: FakeRequest = { at: house.state.now(), method, path: pathname, operation, status: 0 }
  house.requests.push(entry)
  if (house.requests.length > REQUESTS_REMEMBERED_MAX) house.requests.shift()
  if (struck.has('refused')) return request.socket.destroy()
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  const answer = answerTo(house, {
    method,
    pathname,
    searchParams,
    operation,
    text,
    struck,
    request,
    headers,
  })
  if (struck.has('slow')) await Bun.sleep(struck.get('slow')?.ms ?? 0)
  if (struck.has('lost-answer')) return request.socket.destroy()
  entry.status = answer.status
  if (answer.retryAfterS !== undefined) headers['retry-after'] = String(answer.retryAfterS)
  response.writeHead(answer.status, headers)
  response.end(answer.text)
}

type Call = {
  method: string
  pathname: string
  searchParams: URLSearchParams
  operation: Operation
  text: string
  struck: Map<FaultKind, Fault>
  request: IncomingMessage
  headers: Record<string, string>
}

function answerTo(house: House, call: Call): { status: number; text: string; retryAfterS?: number } {
  const { struck, operation, headers } = call
  if (struck.has('bad-gateway')) {
    headers['content-type'] = 'text/html'
    return { status: 502, text: '<html><body>502 Bad Gateway</body></html>' }
  }
  try {
    refuseAsStruck(struck)
    const token = authenticate(house, call)
    if (operation !== 'pull' && operation !== 'ack') Object.assign(headers, house.limits.requests.take(token))
    if (struck.has('unsuccessful')) return envelope({ status: 200, success: false, errors: [unsuccessful] })
    refuseWhenSpent(house.state)
    const answer = route(house.state, {
      ...call,
      fields: () => readFields(call),
      delivery: { duplicate: struck.has('duplicate'), reorder: struck.has('reorder') },
      count: (queueId, messages) => house.limits.messages.take(queueId, messages),
    })
    return envelope({ status: 200, success: true, ...answer })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { status, code, message, retryAfterS } = error
    return { ...envelope({ status, success: false, errors: [{ code, message }] }), retryAfterS }
  }
}

function refuseAsStruck(struck: Call['struck']) {
  for (const [kind, { ms = 1_000 }] of struck)
    if (isRefusalName(kind)) {
      const refusal = new Refusal(kind, { retryAfterS: ms / 1_000 })
      throw refusal.status === 429 ? refusal : new Refusal(kind)
    }
}

const unsuccessful = { code: 15_000, message: 'Unknown internal error' }

type Envelope = Partial<Answer> & { status: number; success: boolean; errors?: object[] }

function envelope({ status, success, errors = [], result = null, result_info }: Envelope) {
  return { status, text: JSON.stringify({ success, errors, messages: [], result, result_info }) }
}

function authenticate({ tokens, accountId }: House, { request, method, pathname }: Call): string {
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? ''
  const right = Object.hasOwn(tokens, token) ? tokens[token] : undefined
  if (!right || !pathname.startsWith(`/client/v4/accounts/${accountId}/`)) throw new Refusal('authentication')
  if (right === 'read' && method !== 'GET') throw new Refusal('unauthorized')
  return token
}

function readFields({ text, operation }: Call): Fields {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new Refusal(operation === 'manage' ? 'managementBody' : 'bodyMalformed')
  }
  if (!isFields(body)) throw new Refusal(operation === 'manage' ? 'managementBody' : 'bodyInvalid')
  return body
}

/** On the free plan a day's operations end at some point; a day is the life of the fake. */
function refuseWhenSpent({ plan, billed: { writes, reads, deletes } }: FakeState) {
  if (plan === 'free' && writes + reads + deletes > FREE_OPERATIONS_PER_DAY)
    throw new Refusal('freeTierSpent')
}

function operationOf(pathname: string): Operation {
  const [, action] = /\/queues\/[^/]+\/messages(?:\/(\w+))?$/.exec(pathname) ?? []
  if (action === 'pull' || action === 'ack' || action === 'peek' || action === 'purge') return action
  return /\/messages(\/batch)?$/.test(pathname) ? 'push' : 'manage'
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
