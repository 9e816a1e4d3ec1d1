import { type TestApp, until } from '../harness.ts'

let keys = 0
const freshKey = () => `key-${++keys}`

export const generate = (app: TestApp, body: object, headers: Record<string, string> = {}) =>
  app.call('POST', '/api/v1/pipelines/generate_blog', { body, headers })

export const step = (app: TestApp, name: string, body: object, headers: Record<string, string> = {}) =>
  app.call('POST', `/api/v1/steps/${name}`, { body, headers: { 'idempotency-key': freshKey(), ...headers } })

export const waited = (app: TestApp, name: string, body: object) =>
  step(app, name, body, { prefer: 'wait=30' })

export const untilEnded = async (app: TestApp, id: string) =>
  until('the run ends', async () => {
    const { body } = await app.call('GET', `/api/v1/runs/${id}`)
    return ['succeeded', 'failed', 'cancelled'].includes(body.state) ? body : undefined
  })
