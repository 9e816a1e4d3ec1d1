/**
 * What Cloudflare Queues refuses, and how: status, code, text. Codes and texts follow the page "Error codes" of
 * Cloudflare's documentation and answers of the live service that others published; where a status is in
 * neither, the usual one of REST is assumed.
 */
const refusals = {
  authentication: [403, 10_000, 'Authentication error'],
  unauthorized: [403, 10_106, 'Unauthorized'],
  noRoute: [404, 7003, 'No route for the URI'],
  methodNotAllowed: [405, 10_405, 'Method not allowed for this authentication scheme'],
  managementBody: [400, 10_026, 'could not parse request body'],
  queueUnknown: [404, 11_000, 'Queue not found'],
  queueName: [400, 11_003, 'Queue name is invalid'],
  queueExists: [409, 11_009, 'Queue name is already taken'],
  queueHasConsumer: [409, 11_005, 'Queue still has a consumer'],
  queueIsDeadLetters: [409, 11_017, 'Queue is the dead letter queue of another'],
  consumerExists: [409, 11_004, 'Queue already has a consumer'],
  consumerUnknown: [404, 11_006, 'Consumer not found'],
  gatewayQueueUnknown: [404, 10_104, 'QueueNotFound'],
  featureFlag: [400, 10_105, 'Feature flag not set'],
  queueIdMalformed: [400, 10_107, 'Malformed queue id: only alphanumeric characters are allowed'],
  disconnected: [400, 10_201, 'Client disconnected'],
  batchDelay: [400, 10_202, 'Invalid batch delay'],
  messageMetadata: [400, 10_203, 'Invalid message metadata'],
  messageSize: [400, 10_204, 'Message size out of bounds'],
  batchSize: [400, 10_205, 'Batch size out of bounds'],
  batchCount: [400, 10_206, 'Batch count out of bounds'],
  bodyInvalid: [400, 10_207, 'Request body does not match the schema'],
  bodyMalformed: [400, 10_208, 'Request body is not valid JSON'],
  rateLimited: [429, 971, 'Please wait and consider throttling your request speed'],
  overloaded: [429, 10_250, 'Queue is overloaded'],
  storageFull: [429, 10_251, 'Queue storage limit exceeded'],
  disabled: [429, 10_252, 'Queue disabled'],
  freeTierSpent: [429, 10_253, 'Free tier limit exceeded'],
  internal: [500, 15_000, 'Unknown internal error'],
  paused: [409, 0, 'queue_delivery_paused'],
  notPullable: [405, 0, 'messages cannot be pulled unless http_pull mode is enabled'],
} as const satisfies Record<string, readonly [status: number, code: number, message: string]>

export type RefusalName = keyof typeof refusals

export const refusalNames = Object.keys(refusals) as RefusalName[]

export const isRefusalName = (name: string): name is RefusalName => Object.hasOwn(refusals, name)

/** An answer that says no, with how long the caller should stay away where the service would say so. */
export class Refusal extends Error {
  readonly status: number
  readonly code: number
  readonly retryAfterS: number | undefined

  constructor(name: RefusalName, { detail, retryAfterS }: { detail?: string; retryAfterS?: number } = {}) {
    const [status, code, message] = refusals[name]
    super(detail ?? message)
    this.status = status
    this.code = code
    this.retryAfterS = retryAfterS
  }
}
