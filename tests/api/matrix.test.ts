import { describe, expect, test } from 'bun:test'
import { isPermission } from '#src/projects/permissions.ts'
import { readAnswer, request, type TestApp, testApp } from '../harness.ts'
import { type Caller, callers, verdictOn } from './callers.ts'
import { type Estate, fromSomewhere, makeEstate } from './estate.ts'
import { callOf, type Example, examples, examplesOf } from './examples.ts'
import { isForPeople, isOpen, type Operation, readDocument, successOf } from './operations.ts'

const CODES: Record<number, string> = {
  400: 'project_missing',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
}
const OPEN_APP = { demo: true, settings: { TRUSTED_PROXIES: '1' } }

test('every operation says who may call it, and has a row in this matrix', async () => {
  await using app = await testApp()
  const { operations } = await readDocument(app)
  const lacking = operations.filter(({ operationId }) => !Object.hasOwn(examples, operationId))
  expect(lacking.map(({ operationId }) => operationId)).toEqual([])
  expect(Object.keys(examples)).toHaveLength(operations.length)
  for (const operation of operations) {
    const { operationId } = operation
    const principals = isOpen(operation)
      ? ['anybody']
      : ['person', ...(isForPeople(operation) ? [] : ['api_key'])]
    const isKnown = isOpen(operation) || isForPeople(operation) || isPermission(operation['x-permission'])
    expect({ operationId, isKnown, principals: operation['x-principals'] }).toEqual({
      operationId,
      isKnown: true,
      principals,
    })
  }
})

describe('an operation answers as the table of permissions says, whatever else is wrong with the request, to', () => {
  for (const caller of callers)
    test(caller.name, async () => {
      await using app = await testApp(OPEN_APP)
      const { operations } = await readDocument(app)
      const newEstate = () => (caller.estate ?? makeEstate)(app)
      const shared = await newEstate()
      const wrong: string[] = []
      for (const operation of operations) {
        const verdict = verdictOn(caller, operation)
        if (verdict === undefined) continue
        const estate = verdict === 'admitted' && operation.method !== 'GET' ? await newEstate() : shared
        const asked = { app, caller, operation, estate }
        wrong.push(...(verdict === 'admitted' ? await seeAdmitted(asked) : await seeRefused(asked, verdict)))
      }
      expect(wrong).toEqual([])
    })
})

test('no other spelling of an address and no other method goes around it', async () => {
  await using app = await testApp()
  const { document, operations } = await readDocument(app)
  const estate = await makeEstate(app)
  const passed: string[] = []
  for (const operation of operations.filter((operation) => !isOpen(operation))) {
    const [address] = callOf(operation, examplesOf(operation, estate)[0]!)
    const [path, query = ''] = address.split('?')
    const spellings = SPELLINGS.map((spell) => spell(path!)).map(
      (spelled) => [operation.method, spelled] as const,
    )
    const others = METHODS.filter(
      (method) => !Object.hasOwn(document.paths[operation.path]!, method.toLowerCase()),
    )
    for (const [method, spelled] of [...spellings, ...others.map((method) => [method, path!] as const)]) {
      const { status } = await app.call(method, `${spelled}?${query}`, { key: null, headers: SAME_ORIGIN })
      if (status !== 401 && status !== 404) passed.push(`${method} ${spelled}: ${status}`)
    }
  }
  expect(passed).toEqual([])
})

const METHODS = ['HEAD', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']
const SPELLINGS: ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => path.replaceAll('/', '//'),
  (path) => path.toUpperCase(),
  (path) => path.replace('/v1/', '/v1/./'),
  (path) => path.replace('/v1/', '/v1/nothing/../'),
  (path) => path.replace('/v1/', '/v1%2f'),
  (path) => path.replace('/v1/', '/%76%31/'),
  (path) => path.replace('/v1/', '/v1/;a=b/'),
  (path) => `${path}%00`,
  (path) => `${path}.json`,
  (path) => `${path}%20`,
]

type Asked = { app: TestApp; caller: Caller; operation: Operation; estate: Estate }

/** What is wrong with how they are let in: each allowed request succeeds, and HEAD is answered as GET. */
async function seeAdmitted(asked: Asked): Promise<string[]> {
  const wrong: string[] = []
  for (const example of examplesOf(asked.operation, asked.estate)) {
    const { status = successOf(asked.operation), only } = example
    const expected = only && asked.caller.role !== only ? [403] : [status].flat()
    for (const method of methodsOf(asked.operation)) {
      const answer = await ask(asked, example, method)
      if (!expected.includes(answer.status))
        wrong.push(`${label(asked, method)}: ${expected}, not ${answer.status} ${answer.text}`)
    }
  }
  return wrong
}

/** What is wrong with how they are refused: alike for what is allowed, what does not exist, and what is not valid. */
async function seeRefused(asked: Asked, status: number): Promise<string[]> {
  const wrong: string[] = []
  for (const example of examplesOf(asked.operation, asked.estate))
    for (const tried of [example, withUnknownIds(example), spoiled(asked.operation, example)])
      for (const method of methodsOf(asked.operation)) {
        const answer = await ask(asked, tried, method)
        const isRight = answer.status === status && (method === 'HEAD' || answer.body?.code === CODES[status])
        if (!isRight)
          wrong.push(
            `${label(asked, method)} ${JSON.stringify(tried)}: ${status}, not ${answer.status} ${answer.text}`,
          )
      }
  return wrong
}

const methodsOf = ({ method }: Operation) => (method === 'GET' ? ['GET', 'HEAD'] : [method])
const label = ({ operation, caller }: Asked, method: string) =>
  `${operation.operationId} (${method}) to ${caller.name}`

async function ask({ app, caller, operation, estate }: Asked, example: Example, method: string) {
  const [address, options] = callOf(operation, example)
  const own = await caller.sends(app, estate, operation)
  const headers = { ...fromSomewhere(), ...SAME_ORIGIN, ...options.headers, ...own.headers }
  const response = await app.fetch(request(method, address, { ...options, ...own, headers }))
  if (response.headers.get('content-type') !== 'text/event-stream') return readAnswer(response)
  await response.body?.cancel()
  return { status: response.status, text: '', body: undefined }
}

const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }

/** The same request for what there is not. */
function withUnknownIds(example: Example): Example {
  const text = JSON.stringify(example).replaceAll(
    /"([a-z]{3})_[0-9a-z]{26}"/g,
    '"$1_01h455vb4pex5vsknk084sn02q"',
  )
  return JSON.parse(text)
}

/** A request of which nothing is valid. */
const spoiled = ({ requestBody }: Operation, { at }: Example): Example => ({
  at: Object.fromEntries(Object.keys(at ?? {}).map((name) => [name, 'not / an id'])),
  query: { limit: '-1', unknown: '1' },
  body: requestBody ? { unknown: true } : undefined,
})
