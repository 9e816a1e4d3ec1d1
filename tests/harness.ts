import { connect, type Db, overPort, type SqlPort, type Statement } from '#db/connect.ts'
import { users } from '#db/schema/accounts.ts'
import { members, type Role } from '#db/schema/projects.ts'
import { SESSION_COOKIE } from '#src/accounts/browser-cookies.ts'
import { startSession } from '#src/accounts/sessions.ts'
import { createApp } from '#src/app.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { readEnv } from '#src/env.ts'
import { newId } from '#src/ids.ts'
import { createEventHub, type EventHub } from '#src/jobs/event-hub.ts'
import type { Limits } from '#src/limits/limits.ts'
import { createLog } from '#src/log.ts'
import type { Mail } from '#src/mail/mail.ts'
import { createPost } from '#src/mail/post.ts'
import { createApiKey } from '#src/projects/api-keys.ts'
import { type Permission, permissionNames } from '#src/projects/permissions.ts'
import { ensureProject } from '#src/projects/projects.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import type { Queue } from '#src/queue/queue.ts'
import { Secret } from '#src/secret.ts'
import { openKeyRing } from '#src/secrets/key-ring.ts'
import { type Listening, openAccess } from '#src/services.ts'
import { startConsumer } from '#worker/consume.ts'

const ORIGIN = 'http://localhost'
const MASTER_KEY = `test:${Buffer.alloc(32, 7).toString('base64')}`
const WAIT_MS = 15_000
const LOOK_MS = 2

/** What an answer holds is what a test finds out, so its body has no type. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Answer = { status: number; headers: Headers; text: string; body: any }

export type CallOptions = {
  /** Sent as JSON, or as it is when it is a form, text or bytes. */
  body?: unknown
  /** The API key; the first project's full one unless told, none for null. */
  key?: string | null
  /** A person whose browser sends it, in the place of a key. */
  as?: Person
  headers?: Record<string, string>
}

export type Member = { projectId: string; key: string }

/** Somebody who is signed in: `cookie` is what their browser sends. */
export type Person = { userId: string; name: string; email: string; cookie: string }

export type TestApp = AsyncDisposable & {
  /** What the app was made with. */
  deps: AppDeps
  db: Db
  hub: EventHub
  queue: Queue
  /** Two projects that know nothing of each other, each with a key of all permissions. */
  team: Member
  rivals: Member
  /** Every statement that reached the database. */
  statements: Statement[]
  /** Asks the database without leaving a trace in `statements`. */
  explain: SqlPort['all']
  fetch(request: Request): Promise<Response>
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  keyWith(scopes: Permission[], projectId?: string): Promise<string>
  /** Somebody who is signed in, a member of the team's project in a role, or of the project given. */
  person(name: string, membership?: { role: Role; projectId?: string }): Promise<Person>
  /** Every mail that was sent. */
  mails: Mail[]
}

/** `limited` holds the requests to the rate limits. */
type Options = { worker?: boolean; demo?: boolean; settings?: Record<string, string>; limited?: boolean }

/** The API over a database in memory, with a worker in the same process when one is asked for. */
export async function testApp({
  worker = false,
  demo = false,
  settings = {},
  limited = false,
}: Options = {}): Promise<TestApp> {
  const connection = connect(':memory:')
  const { port, statements } = recording(connection.port)
  const db = overPort(port)
  const log = createLog('silent')
  const hub = createEventHub(db, log)
  const queue = inlineQueue(db)
  const env = readEnv({ NODE_ENV: 'test', PUBLIC_URL: ORIGIN, ...settings })
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }
  const services = {
    db,
    log,
    hub,
    queue,
    demo,
    env,
    ending: new AbortController().signal,
    keyRing: openKeyRing({ ...env, masterKeys: new Secret(MASTER_KEY) }),
    mailer,
    post: createPost(mailer, log),
  }
  const listening: Listening = {}
  const deps = await openAccess(services, { listening, shared: false })
  const app = createApp(limited ? deps : { ...deps, limits: unlimited })
  const consumer = worker
    ? startConsumer({ db, queue, log, concurrency: 4, leaseMs: 5_000, graceMs: 0, committed: hub.wake })
    : undefined

  const keyWith = (scopes: Permission[], projectId = team.projectId) =>
    createApiKey(db, { projectId, name: 'test', scopes })
  const member = async (name: string): Promise<Member> => {
    const projectId = await ensureProject(db, name)
    return { projectId, key: await createApiKey(db, { projectId, name: 'test', scopes: permissionNames }) }
  }
  const [team, rivals] = [await member('Team'), await member('Rivals')]
  const fetch = async (request: Request) => app.fetch(request)
  const person: TestApp['person'] = async (name, membership) => {
    const now = Date.now()
    const user = { id: newId('usr'), name, email: `${name.toLowerCase()}@example.com` }
    await db.insert(users).values({ ...user, emailVerified: true, createdAt: now, updatedAt: now })
    const projectId = membership?.projectId ?? team.projectId
    if (membership)
      await db.insert(members).values({ projectId, userId: user.id, role: membership.role, createdAt: now })
    const token = await startSession(db, { userId: user.id, projectId })
    return { userId: user.id, name, email: user.email, cookie: `${SESSION_COOKIE}=${token}` }
  }

  return {
    deps,
    db,
    hub,
    queue,
    team,
    rivals,
    statements,
    explain: connection.port.all,
    keyWith,
    person,
    mails,
    fetch,
    async call(method, path, { body, as, key = as ? null : team.key, headers = {} } = {}) {
      const response = await fetch(request(method, path, { body, as, key, headers }))
      return readAnswer(response)
    },
    async [Symbol.asyncDispose]() {
      await consumer?.stop()
      hub.close()
      connection.close()
    },
  }
}

/** The requests of a test come from one address, as many as it takes. */
const unlimited: Limits = {
  request: () => {},
  anonymous: () => {},
  take: () => {},
  mayTake: async () => true,
  signedIn: async () => {},
  signIn: async () => ({ succeeded: async () => {} }),
}

/** A request as `call` sends it. */
export function request(
  method: string,
  path: string,
  { body, key, as, headers = {} }: CallOptions = {},
): Request {
  const raw = body instanceof FormData || body instanceof Uint8Array || typeof body === 'string'
  return new Request(ORIGIN + path, {
    method,
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(as ? { cookie: as.cookie, 'sec-fetch-site': 'same-origin' } : {}),
      ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : raw ? (body as BodyInit) : JSON.stringify(body),
  })
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text ? JSON.parse(text) : undefined,
  }
}

/** What an answer is about: for comparing. */
export const codeOf = ({ status, body }: Answer): { status: number; code?: string } => ({
  status,
  code: body?.code,
})

/** Looks until `condition` gives something true, and returns it. Throws, naming `what`, when it never does. */
export async function until<T>(what: string, condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = Date.now() + WAIT_MS
  while (true) {
    const value = await condition()
    if (value) return value
    if (Date.now() > deadline) throw new Error(`Waited ${WAIT_MS} ms in vain until ${what}.`)
    await Bun.sleep(LOOK_MS)
  }
}

/** The port with a record of what went through it. */
function recording(inner: SqlPort): { port: SqlPort; statements: Statement[] } {
  const statements: Statement[] = []
  const port: SqlPort = {
    ...inner,
    all: (statement) => {
      statements.push(statement)
      return inner.all(statement)
    },
    batch: (batch) => {
      statements.push(...batch)
      return inner.batch(batch)
    },
  }
  return { port, statements }
}
