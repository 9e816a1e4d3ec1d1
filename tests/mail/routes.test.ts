import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Elysia } from 'elysia'
import { connect } from '#db/connect.ts'
import { createLog } from '#src/log.ts'
import { mailFolder } from '#src/mail/folder.ts'
import { passwordReset } from '#src/mail/messages.ts'
import { mailRoutes } from '#src/mail/routes.ts'
import { problems } from '#src/problem.ts'

const LINK = 'https://quill.example/reset?token=t'

const root = mkdtempSync(join(tmpdir(), 'quill-mail-routes-'))
const folder = mailFolder(join(root, 'mail'), { name: 'Quill', address: 'quill@localhost' })
const connection = connect(':memory:')
let id = ''

beforeAll(async () => {
  await folder.send({ to: 'anna@example.org', ...passwordReset({ link: LINK, minutes: 60 }) })
  id = (await folder.list())[0]!.id
})
afterAll(() => {
  connection.close()
  rmSync(root, { recursive: true, force: true })
})

async function get(url: string, { demo = true, isKept = true } = {}) {
  // Of what other routes need to know who asks, an open one needs this much.
  const env = { secureCookies: false }
  const limits = { anonymous: async () => {} }
  const opening = { db: connection.db, env, addressOf: () => '127.0.0.1', limits }
  const mails = { demo, ...(isKept ? { mailFolder: folder } : {}) }
  const deps = { ...opening, ...mails } as unknown as Parameters<typeof mailRoutes>[0]
  const app = new Elysia({ normalize: false }).use(problems(createLog('silent'))).use(mailRoutes(deps))
  const response = await app.handle(new Request(url))
  return { status: response.status, body: await response.json() }
}

describe('the mails of development', () => {
  test('are listed and read on this machine without signing in', async () => {
    const list = await get('http://localhost/mail')
    const summary = { id, to: 'anna@example.org', subject: 'Reset your password', sentAt: expect.any(String) }
    expect(list).toEqual({ status: 200, body: { items: [summary] } })
    const one = await get(`http://127.0.0.1:3000/mail/${id}`)
    expect(one).toEqual({
      status: 200,
      body: { ...summary, text: expect.stringContaining(LINK), links: [LINK] },
    })
  })

  test('do not exist elsewhere: outside development, under another name, or where mails are sent', async () => {
    for (const path of ['/mail', `/mail/${id}`]) {
      const answers = [
        await get(`http://localhost${path}`, { demo: false }),
        await get(`http://localhost${path}`, { isKept: false }),
        await get(`http://rebound.example${path}`),
        await get(`http://localhost.rebound.example${path}`),
        await get(`http://192.168.0.7${path}`),
      ]
      for (const { status, body } of answers) expect([status, body.code]).toEqual([404, 'not_found'])
    }
  })

  test('are found by their id alone: nothing else in the id leads anywhere', async () => {
    for (const wrong of ['x', '..%2Fmail', encodeURIComponent(`../mail/${id}`), `${id}.eml`, '%00', 'é'])
      expect((await get(`http://localhost/mail/${wrong}`)).status).toBe(404)
  })
})
