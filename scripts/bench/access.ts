// What it costs to know who asks: a request by API key and by session, against the same request without a check.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '#db/connect.ts'
import { SESSION_COOKIE } from '#src/accounts/browser-cookies.ts'
import { startSession } from '#src/accounts/sessions.ts'
import { createDocument } from '#src/documents/documents.ts'
import { createApiKey } from '#src/projects/api-keys.ts'
import { ensureDemo } from '#src/projects/demo.ts'
import { compared, median, printFigures } from './figures.ts'
import { requestsPerSecond, type Target } from './load.ts'
import { startServer } from './server-process.ts'

const ROUNDS = 7
const SECONDS = 1.5

const folder = mkdtempSync(join(tmpdir(), 'quill-bench-'))
const { db, close } = connect(`file:${join(folder, 'quill.db')}`)
const { projectId, userId } = await ensureDemo(db)
const key = await createApiKey(db, { projectId, userId, name: 'bench', scopes: ['documents:read'] })
const cookie = `${SESSION_COOKIE}=${await startSession(db, { userId, projectId })}`
const { id } = await createDocument(db, {
  projectId,
  createdBy: 'bench',
  title: 'The document',
  sourceIds: [],
})
close()

const { port, stop } = await startServer(['scripts/bench/access-server.ts', projectId, id], {
  DATA_DIR: folder,
})
const targets: Record<'open' | 'key' | 'session', Target> = {
  open: { port, path: '/open' },
  key: { port, path: '/checked', headers: { authorization: `Bearer ${key}` } },
  session: { port, path: '/checked', headers: { cookie } },
}
const rates = { open: [] as number[], key: [] as number[], session: [] as number[] }
for (const target of Object.values(targets)) await requestsPerSecond(target, { seconds: 1 })
for (let round = 0; round < ROUNDS; round++)
  for (const name of ['open', 'key', 'session'] as const)
    rates[name].push(await requestsPerSecond(targets[name], { seconds: SECONDS }))
await stop()
rmSync(folder, { recursive: true })

const usPerRequest = (name: keyof typeof rates) => 1_000_000 / median(rates[name])
const baseline = usPerRequest('open')
printFigures([
  compared('a request by API key, against none checked', usPerRequest('key'), { baseline, unit: 'µs' }),
  compared('a request by session, against none checked', usPerRequest('session'), { baseline, unit: 'µs' }),
])
