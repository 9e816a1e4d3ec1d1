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
const ODD_VALUES: unknown[] = [
  null,
  [],
  {},
  -1,
  1e308,
  true,
  [[]],
  { __proto__: null, constructor: 1 },
  ...NASTY,
]

/** What a request of an operation is made of; a string body is sent as it is. */
export type ArbitraryRequest = {
  parameters: Record<string, unknown>
  body: unknown
}

/** Requests that the document allows. `known` gives real values for names such as `sourceIds`. */
export function validRequests(document: ApiDocument, operation: Operation, known: Record<string, unknown[]>) {
  return requests(operation, (schema, name) => valuesOf(document, schema, { name, known }))
}

/** Requests that it mostly forbids: odd values, missing and unknown fields, in an otherwise allowed request. */
export function hostileRequests(
  document: ApiDocument,
  operation: Operation,
  known: Record<string, unknown[]>,
) {
  const odd = fc.oneof(fc.constantFrom(...ODD_VALUES), fc.jsonValue({ maxDepth: 3 }))
  return requests(operation, (schema, name) =>
    fc.oneof(
      odd,
      valuesOf(document, schema, { name, known }).chain((value) => spoiled(value, odd)),
    ),
  )
}

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

function spoiled(value: unknown, odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return odd
  const names = [...Object.keys(value), 'unknownField']
  return fc
    .tuple(fc.constantFrom(...names), fc.oneof(odd, fc.constant(undefined)))
    .map(([name, replaced]) => ({
      ...value,
      [name]: replaced,
    }))
}

type Naming = { name?: string; known: Record<string, unknown[]> }

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
      return fc.array(valuesOf(document, schema.items ?? {}, { known: naming.known }), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      })
    case 'object':
      return objects(document, schema, naming.known)
    default:
      return fc.jsonValue()
  }
}

function objects(document: ApiDocument, schema: Schema, known: Naming['known']) {
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, inner]) => [name, valuesOf(document, inner as Schema, { name, known })] as const,
  )
  const record = fc.record(Object.fromEntries(fields), { requiredKeys: schema.required ?? [] })
  return record.filter((value) => Object.keys(value).length >= (schema.minProperties ?? 0))
}

function texts(schema: Schema): fc.Arbitrary<string> {
  const fits = (text: string) =>
    text.length >= (schema.minLength ?? 0) &&
    text.length <= (schema.maxLength ?? 64) &&
    (!schema.pattern || new RegExp(schema.pattern, 'u').test(text))
  if (schema.format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  if (schema.pattern && schema.pattern !== '\\S')
    return fc.constantFrom('a', 'one', 'one-two', 'a1').filter(fits)
  const random = fc.string({
    unit: 'binary',
    minLength: schema.minLength ?? 0,
    maxLength: Math.min(schema.maxLength ?? 40, 40),
  })
  return fc.oneof(random, fc.constantFrom('A text of words.', ...NASTY)).filter(fits)
}
