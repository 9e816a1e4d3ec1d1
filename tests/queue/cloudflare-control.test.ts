import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { faultKinds } from '#tests/fakes/cloudflare-queues-faults.ts'
import { start, temporaryFolder } from '../processes/processes.ts'

const FAKE = join(import.meta.dir, '../fakes/cloudflare-queues-serve.ts')

test('the stand-in takes the faults that there are, and says of any other what is wrong with it', async () => {
  using folder = temporaryFolder()
  await using fake = start(folder, [FAKE])
  const [, url] = await fake.line(/^CONTROL_URL=(.*)\n/m)
  const post = async (path: string, body: string) => {
    const response = await fetch(url + path, { method: 'POST', body })
    return { status: response.status, text: await response.text() }
  }
  for (const body of ['', 'slow', '[]', 'null', '{}', '{"kind":"sloow"}', '{"kind":7}']) {
    const { status, text } = await post('/inject', body)
    expect([body, status]).toEqual([body, 400])
    for (const kind of faultKinds) expect(text).toContain(kind)
  }
  const slow = (fields: object) => post('/inject', JSON.stringify({ kind: 'slow', ...fields }))
  const wrong = [{ on: 'pul' }, { times: 0 }, { times: 1.5 }, { chance: 2 }, { chance: '1' }, { ms: -1 }]
  for (const fields of [...wrong, { often: 1 }]) {
    const { status, text } = await slow(fields)
    expect([status, text]).toEqual([400, expect.stringContaining(Object.keys(fields)[0]!)])
  }
  expect((await slow({ on: 'pull', times: 2, chance: 0.5, ms: 1 })).status).toBe(204)
  expect((await post('/heal', '')).status).toBe(204)
  for (const body of ['', 'soon', '-1']) expect((await post('/advance', body)).status).toBe(400)
  expect((await post('/advance', '1000')).status).toBe(204)
})
