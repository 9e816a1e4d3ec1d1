import { codeOf, type Person, type TestApp } from '../harness.ts'

type NewKey = {
  projectIds?: string[]
  scopes?: string[]
  allowedAddresses?: string[]
  expiresInDays?: number
}

/** Makes a key as somebody does, and gives its id and its text. */
export async function make(app: TestApp, as: Person, key: NewKey = {}) {
  const body = { name: 'Mine', projectIds: [app.team.projectId], scopes: ['documents:read'], ...key }
  const answer = await app.call('POST', '/api/v1/account/api-keys', { as, body })
  if (answer.status !== 201) throw new Error(answer.text)
  return { id: answer.body.key.id as string, text: answer.body.text as string }
}

export const use = async (app: TestApp, key: string, headers: Record<string, string> = {}) =>
  codeOf(await app.call('GET', '/api/v1/documents', { key, headers }))

export const rotate = (app: TestApp, as: Person, id: string, graceSeconds?: number) =>
  app.call('POST', `/api/v1/account/api-keys/${id}/rotate`, { as, body: { graceSeconds } })
