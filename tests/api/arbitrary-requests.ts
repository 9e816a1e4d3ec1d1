import fc from 'fast-check'
import type { ApiDocument, Operation, Schema } from './operations.ts'

const NASTY = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  "' OR 1=1 --",
  '"><svg onload=alert(1)>',
  '../../etc/passwd',
  '%00',
  '𝒳😀',
  '\u202e',
  'A'.repeat(5_000),
  '{{7*7}}',
  'NaN',
  '-1',
  '9007199254740993',
  '1e999',
  '__proto__',
  'constructor',
]
const ODD_HEADERS = [
  'authorization',
  'content-type',
  'content-length',
  'cookie',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'origin',
  'prefer',
  'quill-project',
  'range',
  'sec-fetch-site',
  'user-agent',
  'x-forwarded-for',
  'x-http-method-override',
  'x-quill-address',
  'x-request-id',
]
const ODD_QUERIES = [
  'unknown=1',
  'limit=1&limit=2',
  'a[b]=1',
  '__proto__[x]=1',
  '%',
  '=&=&',
  '\ud800',
  'limit',
]
const ODD_BODIES = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '\ufeff{}',
  'a=1&b=2',
]
const ODD_VALUES: unknown[] = [
  null,
  [],
  {},
  -1,
  1e308,
  true,
  [[]],
  { __proto__: null, constructor: 1 },
  { toString: null },
  ...NASTY,
]

/** What a request of an operation is made of. */
export type ArbitraryRequest = {
  parameters: Record<string, unknown>
  body: unknown
  /** Of a hostile one: what the document does not speak of. */
  headers?: Record<string, string>
  query?: string
  /** Sent in the place of the body, as it is. */
  raw?: string
}

/** Real values for names such as `sourceIds`. */
export type Known = Record<string, unknown[]>

/** Requests that the document allows. */
export function validRequests(document: ApiDocument, operation: Operation, known: Known) {
  return requests(operation, (schema, name) => valuesOf(document, schema, { name, known }))
}

/** Requests that it mostly forbids: odd values, missing and unknown fields, odd headers, bodies that are none. */
export function hostileRequests(document: ApiDocument, operation: Operation, known: Known) {
  const odd = fc.oneof(fc.constantFrom(...ODD_VALUES), fc.jsonValue({ maxDepth: 3 }))
  const spoiledRequests = requests(operation, (schema, name) =>
    fc.oneof(
      odd,
      valuesOf(document, schema, { name, known }).chain((value) => spoiled(value, odd)),
    ),
  )
  const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
  return fc
    .tuple(spoiledRequests, rarely(oddHeaders), rarely(fc.constantFrom(...ODD_QUERIES)), rarely(rawBodies))
    .map(([request, headers, query, raw]): ArbitraryRequest => ({ ...request, headers, query, raw }))
}

const oddHeaders = fc.dictionary(
  fc.constantFrom(...ODD_HEADERS),
  fc.oneof(fc.constantFrom(...NASTY.filter((text) => !/[^\x20-\x7e]/.test(text))), fc.string()),
  { minKeys: 1, maxKeys: 2 },
)
const rawBodies = fc.oneof(fc.constantFrom(...ODD_BODIES), fc.string({ unit: 'binary' }))

function requests(operation: Operation, arbitrary: (schema: Schema, name?: string) => fc.Arbitrary<unknown>) {
  const parameters = (operation.parameters ?? []).map(
    ({ name, schema }) => [name, arbitrary(schema, name)] as const,
  )
  const required = (operation.parameters ?? [])
    .filter((parameter) => parameter.required)
    .map(({ name }) => name)
  const body = operation.requestBody?.content['application/json']?.schema
  return fc.record({
    parameters: fc.record(Object.fromEntries(parameters), { requiredKeys: required }),
    body: body ? arbitrary(body) : fc.constant(undefined),
  }) as fc.Arbitrary<ArbitraryRequest>
}

/** A value with one of its parts replaced, left out, or added; as deep as it goes. */
function spoiled(value: unknown, odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return odd
  if (Array.isArray(value) && !value.length) return odd.map((item) => [item])
  const parts = value as Record<string, unknown>
  const names = Array.isArray(value) ? Object.keys(value) : [...Object.keys(value), 'unknownField']
  return fc
    .constantFrom(...names)
    .chain((name) =>
      fc
        .oneof(odd, fc.constant(undefined), spoiled(parts[name], odd))
        .map((replaced) =>
          Array.isArray(value) ? value.with(Number(name), replaced) : { ...parts, [name]: replaced },
        ),
    )
}

type Naming = { name?: string; known: Known }

function valuesOf(document: ApiDocument, schema: Schema, naming: Naming): fc.Arbitrary<unknown> {
  const known = naming.name && naming.known[naming.name]
  if (known) return fc.constantFrom(...known)
  if (schema.$ref)
    return valuesOf(document, document.components.schemas[schema.$ref.split('/').at(-1)!], naming)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.anyOf)
    return fc.oneof(...schema.anyOf.map((variant: Schema) => valuesOf(document, variant, naming)))
  switch (schema.type) {
    case 'string':
      return texts(schema)
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -(2 ** 31), max: schema.maximum ?? 2 ** 31 - 1 })
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return arrays(document, schema, naming.known)
    case 'object':
      return objects(document, schema, naming.known)
    default:
      return fc.jsonValue()
  }
}

function arrays(document: ApiDocument, schema: Schema, known: Known) {
  const length = { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 3, 3) }
  const items = valuesOf(document, schema.items ?? {}, { known })
  return schema.uniqueItems
    ? fc.uniqueArray(items, { ...length, selector: (item) => JSON.stringify(item) })
    : fc.array(items, length)
}

function objects(document: ApiDocument, schema: Schema, known: Known) {
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, inner]) => [name, valuesOf(document, inner as Schema, { name, known })] as const,
  )
  const record = fc.record(Object.fromEntries(fields), { requiredKeys: schema.required ?? [] })
  return record.filter((value) => Object.keys(value).length >= (schema.minProperties ?? 0))
}

function texts(schema: Schema): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = Math.max(64, minLength), pattern } = schema
  const matcher = pattern === undefined ? undefined : new RegExp(pattern, 'u')
  const fits = (text: string) =>
    text.length >= minLength && text.length <= maxLength && (matcher?.test(text) ?? true)
  if (schema.format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  const likely = ['A text of words.', 'ada@example.com', 'one-two', ...NASTY].filter(fits)
  // What matches by chance alone would be looked for in vain.
  const random = matcher
    ? fc.stringMatching(matcher).filter(fits)
    : fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, minLength + 40) })
  return likely.length ? fc.oneof(random, fc.constantFrom(...likely)) : random
}
