import fc from 'fast-check'
import { type Answer, type CallOptions, readAnswer, request, type TestApp, testApp } from '../harness.ts'
import { type ArbitraryRequest, hostileRequests, type Known, validRequests } from './arbitrary-requests.ts'
import { type Estate, fromSomewhere, makeEstate, PASSWORD } from './estate.ts'
import { examplesOf } from './examples.ts'
import { compile, newAjv } from './json-schema.ts'
import {
  type ApiDocument,
  addressOf,
  isForPeople,
  isOpen,
  type Operation,
  readDocument,
} from './operations.ts'

/** Valid requests of each operation, and as many hostile ones. */
const RUNS = 300
/** These hash a password, which is slow by design, or end the session that asks: an estate is made for each run. */
const COSTLY_RUNS = 30
const COSTLY = new Set(['signUp', 'resetPassword', 'changePassword', 'deleteAccount', 'disableTwoFactor'])
/** They need the address of somebody who is there. */
const WITH_ACCOUNT = new Set(['signIn', 'requestPasswordReset'])
/** Requests that may change the estate they are sent to. */
const RUNS_PER_ESTATE = 100
/** However long others on this machine take. */
export const FUZZ_TIMEOUT_MS = 300_000
const SEED = Number(process.env.QUILL_SEED ?? 20_261_122)

/** Of what the server itself says, leaving out the texts that it was given. */
const LEAK =
  /\$argon2|\bat .*\.(ts|js|mjs):\d+|node_modules|SQLITE_|SQLiteError|\b(SELECT|INSERT INTO|UPDATE \w+ SET)\b|\/(work|home|root|tmp)\//
const GIVEN_TEXTS = /"(text|markdown|title|name|heading|detail|input|quote|email)":"(\\.|[^"\\])*"/g

/** The operations of each file of this walk, by their tags. */
export const fuzzedTags = {
  people: ['Session', 'Sign-in', 'Account'],
  projects: ['Projects', 'Members', 'API keys', 'Audit log', 'Mail'],
  work: ['Sources', 'Documents', 'Pipelines', 'Steps', 'Jobs', 'Events', 'Alarms', 'About', 'Health'],
} as const

/** Answers that are not as documented, and the operations that never succeeded. */
type Findings = { complaints: string[]; neverDone: string[] }

/** Sends every operation of these tags what the document allows and what it forbids, and sees how it is answered. */
export async function fuzz(tags: readonly string[]): Promise<Findings> {
  const settings = { TRUSTED_PROXIES: '1', REQUESTS_PER_MINUTE: '100000' }
  await using app = await testApp({ demo: true, limited: true, settings })
  const shared = await makeEstate(app)
  const { document, operations } = await readDocument(app)
  const complain = complaints(document)
  const found: Findings = { complaints: [], neverDone: [] }
  for (const operation of operations.filter((operation) => tags.includes(operation.tags[0]!))) {
    let done = 0
    for await (const { sample, answer } of answersOf(app, document, { operation, shared })) {
      if (answer.status < 400) done++
      const complaint = complain(operation, answer)
      const what = `${operation.operationId} ${JSON.stringify(sample).slice(0, 300)}`
      if (complaint) found.complaints.push(`${what}: ${complaint}`)
    }
    if (done === 0) found.neverDone.push(operation.operationId)
  }
  return found
}

/** The answers to all requests of an operation; what changes nothing is asked of the shared estate. */
async function* answersOf(
  app: TestApp,
  document: ApiDocument,
  { operation, shared }: { operation: Operation; shared: Estate },
) {
  const isCostly = COSTLY.has(operation.operationId)
  const runs = isCostly ? COSTLY_RUNS : RUNS
  const runsPerEstate = isCostly ? 1 : RUNS_PER_ESTATE
  for (const kind of [validRequests, hostileRequests])
    for (let run = 0; run < runs; run += runsPerEstate) {
      const estate = operation.method === 'GET' ? shared : await makeEstate(app)
      const requests = kind(document, operation, knownValues(operation, estate))
      for (const sample of fc.sample(requests, { numRuns: runsPerEstate, seed: SEED + run })) {
        const answer = await send(app, operation, { estate, sample })
        if (answer) yield { sample, answer }
      }
    }
}

/** As whom an operation is asked: a person of every right, or their project's key. */
function askerOf(operation: Operation, { person, key }: Estate): CallOptions {
  if (isOpen(operation)) return { key: null }
  return isForPeople(operation) ? { as: person } : { key }
}

type Sending = { estate: Estate; sample: ArbitraryRequest }

/** Undefined for what no client can send: a header or an address that is not one. */
async function send(app: TestApp, operation: Operation, { estate, sample }: Sending) {
  const headers: Record<string, string> = { ...fromSomewhere(), 'sec-fetch-site': 'same-origin' }
  const query = new URLSearchParams()
  const path: Record<string, string> = {}
  for (const { name, in: place } of operation.parameters ?? []) {
    const value = sample.parameters[name]
    if (value === undefined) continue
    const text = (typeof value === 'object' ? JSON.stringify(value) : String(value)).toWellFormed()
    if (place === 'path') path[name] = text || ' '
    else if (place === 'query') query.set(name, text)
    else headers[name] = text
  }
  const address = `${addressOf(operation, path)}?${[query, sample.query].filter(Boolean).join('&')}`
  const body = operation.method === 'GET' ? undefined : (sample.raw ?? sample.body)
  const json: Record<string, string> = sample.raw === undefined ? {} : { 'content-type': 'application/json' }
  let sent: Request
  try {
    sent = request(operation.method, address, {
      ...askerOf(operation, estate),
      headers: { ...headers, ...json, ...sample.headers },
      body,
    })
  } catch {
    return undefined
  }
  const response = await app.fetch(sent)
  if (response.headers.get('content-type') !== 'text/event-stream') return readAnswer(response)
  await response.body?.cancel()
  return { status: response.status, headers: response.headers, text: '', body: undefined }
}

/** Says what is wrong with an answer: it tells too much, or is not one of those that are documented. */
function complaints(document: ApiDocument) {
  const ajv = newAjv()
  return (operation: Operation, { status, headers, text, body }: Answer): string | undefined => {
    if (status >= 500) return `${status} ${text}`
    if (LEAK.test(text.replaceAll(GIVEN_TEXTS, ''))) return `it tells too much: ${text}`
    const documented = operation.responses[status]
    if (!documented) return `${status} is not documented: ${text}`
    if (!documented.content) return text && `${status} should be empty: ${text}`
    const type = headers.get('content-type')?.split(';')[0] ?? ''
    const content = documented.content[type]
    if (!content) return `${status} is of the type ${type}`
    if (!/[/+]json/.test(type)) return undefined
    const validate = compile(ajv, document, content.schema)
    return validate(body) ? undefined : `${status} ${ajv.errorsText(validate.errors)}: ${text.slice(0, 300)}`
  }
}

/** Values of this estate's own, by the names of fields and parameters. */
function knownValues(operation: Operation, estate: Estate): Known {
  const { ids, memberEmail, tokens } = estate
  const examples = examplesOf(operation, estate)
  const id = examples[0]!.at?.id
  const cursor = examples.find((example) => example.query?.cursor)?.query?.cursor
  return {
    ...(id ? { id: [id] } : {}),
    ...(cursor ? { cursor: [cursor] } : {}),
    number: [1],
    to: [1, 2],
    documentId: [ids.document],
    sourceId: [ids.source],
    sourceIds: [[ids.source]],
    projectId: [ids.project],
    projectIds: [[ids.project]],
    userId: [ids.member],
    runId: [ids.run],
    passageId: [ids.passage],
    passageIds: [[ids.passage]],
    allowedAddresses: [[], ['192.0.2.7', '2001:db8::/32']],
    token: [tokens.ownInvitation, 'none'],
    password: [PASSWORD],
    current: [PASSWORD],
    ...(WITH_ACCOUNT.has(operation.operationId) ? { email: [memberEmail] } : {}),
    'Quill-Project': [ids.project],
    'if-match': ['*'],
    prefer: ['respond-async'],
    'idempotency-key': Array.from({ length: 50 }, () => crypto.randomUUID()),
  }
}
