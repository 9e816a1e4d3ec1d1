import type { TSchema } from '@sinclair/typebox'
import type { ValidationError } from 'elysia'
import { AppError, type Issue } from './errors.ts'

const ISSUES_MAX = 20
/** How many missing or unknown parts weigh as much as one wrong name. */
const UNLIKE = 100

const FOUND = / but found: .*$/s

const PLACES: Record<string, string> = {
  body: 'The body',
  query: 'The query',
  params: 'The address',
  headers: 'A header',
}

export type RequestParts = Partial<Record<'params' | 'query' | 'headers', Record<string, unknown>>>

/** What TypeBox says of a request, as an `invalid_request` whose issues a person can act on. */
export function invalidRequest(error: ValidationError, context: RequestParts): AppError {
  const { place = error.type, name } = error.type === 'property' ? findNumber(error.value, context) : {}
  const found = new Map<string, Issue>()
  for (const complaint of error.all as Complaint[])
    for (const { path, ...rest } of ofLikeliestVariant(complaint)) {
      const issue = { path: path || `/${name ?? ''}`, message: messageOf(rest) }
      if (found.size < ISSUES_MAX && !found.has(issue.path)) found.set(issue.path, issue)
    }
  const issues = [...found.values()]
  const first = issues[0]
  const where = PLACES[place] ?? 'The request'
  const what = first ? `: ${first.path} ${first.message}` : ''
  return new AppError('invalid_request', `${where} is not valid${what}.`, issues)
}

/** What TypeBox says of one value; for a union, `errors` holds what it says of each variant. */
type Complaint = {
  path?: string
  message?: string
  summary?: string
  schema?: TSchema
  errors?: Iterable<Complaint>[]
}

/** Of a value that may be one of several: what is wrong with the variant that it is most like. */
function ofLikeliestVariant(complaint: Complaint): Complaint[] {
  const { schema, errors = [] } = complaint
  if (!schema?.anyOf || isWholeNumber(schema)) return [complaint]
  const variants = errors.map((its) => [...its].flatMap(ofLikeliestVariant))
  // Elysia lets an object also come as text, next to a file: nobody was asked for that.
  if (schema.elysiaMeta === 'ObjectString') return variants[1] ?? [complaint]
  return variants.toSorted((a, b) => unlikeness(a) - unlikeness(b))[0] ?? [complaint]
}

/** A wrong name for the kind of thing it is says more than any number of missing parts. */
const unlikeness = (complaints: Complaint[]) =>
  complaints.reduce((sum, { schema }) => sum + (schema && 'const' in schema ? UNLIKE : 1), 0)

const isWholeNumber = (schema: TSchema) =>
  schema.anyOf?.some((variant: TSchema) => variant.type === 'integer' && !schema.anyOf.some(isNull))

const isNull = (schema: TSchema) => schema.type === 'null'

/** Elysia does not say which number of the request was out of its range: the one of this value. */
function findNumber(value: unknown, context: RequestParts): { place?: string; name?: string } {
  for (const place of ['params', 'query', 'headers'] as const)
    for (const [name, text] of Object.entries(context[place] ?? {}))
      if (Number(text) === value && text !== '') return { place, name }
  return {}
}

function messageOf({ schema, summary, message }: Complaint): string {
  if (schema && isWholeNumber(schema)) return 'must be a whole number'
  if (Array.isArray(schema?.enum)) return `must be one of ${schema.enum.join(', ')}`
  // What was found in the place of a text may be a secret, and messages are logged.
  return String(summary ?? message ?? 'is not valid').replace(FOUND, '')
}
