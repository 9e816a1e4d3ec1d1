import { type ErrorCode, errorStatus } from '#src/errors.ts'

type Json = { [key: string]: unknown }
type Schema = Json & {
  title?: string
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
}

/** A route as Elysia knows it. */
export type Route = {
  method: string
  path: string
  hooks: {
    detail?: { operationId?: string; 'x-permission'?: string }
    params?: unknown
    query?: unknown
    headers?: unknown
    body?: unknown
    response?: unknown
  }
}

/** What reading a body can answer, whether or not the route wants one. */
const BODY_ERRORS: ErrorCode[] = ['malformed_body', 'body_too_large', 'unsupported_media_type']
const STATUS_TEXTS: Record<number, string> = { 200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'Done' }
/** Keywords whose values are data, not schemas. */
const DATA_KEYWORDS = new Set(['examples', 'default', 'enum', 'const', 'required'])

/**
 * The paths and schemas of an OpenAPI 3.1 document, out of the routes as they run: their schemas are JSON schema
 * already. A body is JSON, or a form where it holds a file; a failure is a problem document; an answer is JSON or
 * what its `contentMediaType` says. Schemas with a `title` become components of that name.
 *
 * Throws for a route without an operation id, and when two different schemas share a title.
 */
export function describeRoutes(routes: Route[]): { paths: Json; schemas: Record<string, Schema> } {
  const schemas: Record<string, Schema> = {}
  const paths: Record<string, Json> = {}
  for (const { method, path, hooks } of routes) {
    if (!hooks.detail?.operationId) throw new Error(`${method} ${path} has no operation id.`)
    const operation = describeOperation(method, hooks, (schema) => named(schema, schemas))
    const documentedPath = path.replace(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1')
    paths[documentedPath] = { ...paths[documentedPath], [method.toLowerCase()]: operation }
  }
  return { paths, schemas }
}

function describeOperation(method: string, hooks: Route['hooks'], name: (schema: Schema) => Schema): Json {
  const parameters = [
    ...(['path', 'query', 'header'] as const).flatMap((place) => describeParameters(hooks, place, name)),
    ...(isAboutProject(hooks) ? [PROJECT_PARAMETER] : []),
  ]
  const statuses = hooks.response as Record<string, Schema>
  const failures = method === 'GET' ? [] : BODY_ERRORS.map((code) => errorStatus[code])
  const all = [...new Set([...Object.keys(statuses).map(Number), ...failures])].sort((a, b) => a - b)
  const problem = Object.entries(statuses).find(([status]) => Number(status) >= 400)![1]
  return {
    ...hooks.detail,
    ...(parameters.length ? { parameters } : {}),
    ...(hooks.body
      ? { requestBody: { required: true, content: bodyContent(hooks.body as Schema, name) } }
      : {}),
    responses: Object.fromEntries(
      all.map((status) => [
        status,
        status < 400 ? success(status, statuses[status]!, name) : failure(status, name(problem)),
      ]),
    ),
  }
}

/** Of every operation that acts in a project; `access` reads it before anything is validated. */
const PROJECT_PARAMETER = {
  name: 'Quill-Project',
  in: 'header',
  required: false,
  description: 'The project that is meant, `prj_…`. A key for several projects needs it.',
  schema: { type: 'string' },
}

/** A right has two parts, `documents:read`; what is open, or about a person, has none. */
const isAboutProject = ({ detail }: Route['hooks']) => detail?.['x-permission']?.includes(':') ?? false

function describeParameters(
  hooks: Route['hooks'],
  place: 'path' | 'query' | 'header',
  name: (schema: Schema) => Schema,
) {
  const schema = { path: hooks.params, query: hooks.query, header: hooks.headers }[place] as
    | Schema
    | undefined
  return Object.entries(schema?.properties ?? {}).map(([parameter, declared]) => {
    const { description, ...rest } = declared
    const required = place === 'path' || (schema?.required ?? []).includes(parameter)
    return {
      name: parameter,
      in: place,
      required,
      ...(description ? { description } : {}),
      schema: name(rest),
    }
  })
}

function bodyContent(body: Schema, name: (schema: Schema) => Schema) {
  const variants = body.anyOf ?? [body]
  const holdsFile = (schema: Schema) =>
    Object.values(schema.properties ?? {}).some((property) => property.format === 'binary')
  const contentOf = (type: string, chosen: Schema[]) =>
    chosen.length ? { [type]: { schema: name(chosen.length === 1 ? chosen[0]! : { anyOf: chosen }) } } : {}
  return {
    ...contentOf(
      'application/json',
      variants.filter((variant) => !holdsFile(variant)),
    ),
    ...contentOf('multipart/form-data', variants.filter(holdsFile)),
  }
}

/** One schema for each type of content: the variant that says so, or the whole schema where none does. */
function success(status: number, schema: Schema, name: (schema: Schema) => Schema) {
  const description = String(schema.description ?? STATUS_TEXTS[status])
  if (schema.type === 'undefined') return { description }
  const variants = schema.anyOf?.every((variant) => variant.contentMediaType) ? schema.anyOf : [schema]
  const content = variants.map((variant) => [
    variant.contentMediaType ?? 'application/json',
    { schema: name(variant) },
  ])
  return { description, content: Object.fromEntries(content) }
}

function failure(status: number, schema: Schema) {
  const codes = Object.entries(errorStatus).flatMap(([code, its]) => (its === status ? [`\`${code}\``] : []))
  return { description: codes.join(' or '), content: { 'application/problem+json': { schema } } }
}

/** The schema as plain JSON, with every titled one in it replaced by a reference to its component. */
function named(schema: Schema, schemas: Record<string, Schema>): Schema {
  return replaceTitled(JSON.parse(JSON.stringify(schema)), schemas) as Schema
}

function replaceTitled(value: unknown, schemas: Record<string, Schema>): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceTitled(item, schemas))
  if (typeof value !== 'object' || value === null) return value
  const schema = Object.fromEntries(
    Object.entries(withoutCoercion(value as Schema)).map(([key, inner]) => [
      key,
      DATA_KEYWORDS.has(key) ? inner : replaceTitled(inner, schemas),
    ]),
  )
  const { title } = schema
  if (typeof title !== 'string') return schema
  schemas[title] ??= schema
  if (JSON.stringify(schemas[title]) !== JSON.stringify(schema))
    throw new Error(`Two schemas are called ${title}.`)
  return { $ref: `#/components/schemas/${title}` }
}

/** Numbers in an address arrive as text: Elysia's schemas admit both, a client needs to know one. */
function withoutCoercion(schema: Schema): Schema {
  const [text, number] = schema.anyOf ?? []
  if (text?.type !== 'string' || !/^(integer|numeric)$/.test(String(text.format)) || !number) return schema
  const { anyOf: _, ...rest } = schema
  return { ...rest, ...number }
}
