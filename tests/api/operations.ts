import { readAnswer, request, type TestApp } from '../harness.ts'

// biome-ignore lint/suspicious/noExplicitAny: a JSON schema holds what it likes
export type Schema = Record<string, any>
type Content = Record<string, { schema: Schema }>

export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: Schema }

export type Operation = {
  method: string
  path: string
  operationId: string
  summary: string
  /** A permission; `none`; or, of what only people do, `session` or `account`. */
  'x-permission': string
  'x-principals': string[]
  tags: string[]
  security: object[]
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, { description: string; content?: Content }>
}

export type ApiDocument = Schema & {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Schema }
}

/** The API document, and its operations with their method and path. */
export async function readDocument(
  app: TestApp,
): Promise<{ document: ApiDocument; operations: Operation[] }> {
  const document: ApiDocument = (await readAnswer(await app.fetch(request('GET', '/docs/json')))).body
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  )
  return { document, operations }
}

/** The address of an operation with its parameters filled in. */
export const addressOf = (operation: Operation, values: Record<string, string>) =>
  operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? name))

/** The first success that is documented. */
export const successOf = ({ responses }: Operation): number => Math.min(...Object.keys(responses).map(Number))

export const isOpen = (operation: Operation) => operation['x-permission'] === 'none'

/** Whether it is about a person, and refuses keys. */
export const isForPeople = (operation: Operation) => /^(session|account)$/.test(operation['x-permission'])
