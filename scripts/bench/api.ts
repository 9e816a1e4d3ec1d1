// Requests per second of the API against a bare Elysia route with the same answer, and lists against the size of the project.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { connect, type Db } from '#db/connect.ts'
import { createDocument } from '#src/documents/documents.ts'
import { newId } from '#src/ids.ts'
import { createApiKey } from '#src/projects/api-keys.ts'
import { permissionNames } from '#src/projects/permissions.ts'
import { ensureProject } from '#src/projects/projects.ts'
import { compared, median, printFigures } from './figures.ts'
import { requestsPerSecond, type Target } from './load.ts'
import { startServer } from './server-process.ts'

const ROUNDS = 5
const DOCUMENTS_FEW = 1_000
const DOCUMENTS_MANY = 100_000
const DOCUMENTS_PER_WRITE = 5_000
const LISTS_PER_ROUND = 300

const folder = mkdtempSync(join(tmpdir(), 'quill-bench-'))
const { db, close } = connect(`file:${join(folder, 'quill.db')}`)
const few = await fill(db, 'few', DOCUMENTS_FEW)
const many = await fill(db, 'many', DOCUMENTS_MANY)
close()

const quill = await startServer(['src/main.ts', 'api'], { DATA_DIR: folder })
const document: Target = {
  port: quill.port,
  path: `/api/v1/documents/${few.documentId}`,
  headers: bearer(few.key),
}
const answer = await (
  await fetch(`http://127.0.0.1:${quill.port}${document.path}`, { headers: document.headers })
).text()
const bare = await startServer(['scripts/bench/bare-elysia.ts'], { ANSWER: answer })

await requestsPerSecond(document, { seconds: 1 })
await requestsPerSecond({ port: bare.port, path: '/document' }, { seconds: 1 })
const own: number[] = []
const baseline: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  baseline.push(await requestsPerSecond({ port: bare.port, path: '/document' }, { seconds: 2 }))
  own.push(await requestsPerSecond(document, { seconds: 2 }))
}
const listsFew: number[] = []
const listsMany: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  listsFew.push(await listMs(quill.port, few.key))
  listsMany.push(await listMs(quill.port, many.key))
}
await Promise.all([quill.stop(), bare.stop()])
rmSync(folder, { recursive: true })

printFigures([
  compared('GET /documents/:id by API key, against a bare route', median(own), {
    baseline: median(baseline),
    unit: 'requests/s',
  }),
  compared(`list of 50 among ${DOCUMENTS_MANY}, against ${DOCUMENTS_FEW}`, median(listsMany), {
    baseline: median(listsFew),
    unit: 'ms',
  }),
])

async function fill(target: Db, name: string, count: number) {
  const projectId = await ensureProject(target, name)
  const key = await createApiKey(target, { projectId, name, scopes: permissionNames })
  for (let done = 1; done < count; done += DOCUMENTS_PER_WRITE) {
    const ids = JSON.stringify(
      Array.from({ length: Math.min(DOCUMENTS_PER_WRITE, count - done) }, () => newId('doc')),
    )
    await target.run(sql`
      INSERT INTO documents (id, project_id, title, created_by, created_at, updated_at)
      SELECT value, ${projectId}, 'Document ' || key, 'bench', 1, 1 FROM json_each(${ids})`)
  }
  const { id } = await createDocument(target, {
    projectId,
    createdBy: 'bench',
    title: 'The document',
    sourceIds: [],
  })
  return { key, documentId: id }
}

async function listMs(port: number, key: string): Promise<number> {
  const started = performance.now()
  for (let call = 0; call < LISTS_PER_ROUND; call++) {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/documents?limit=50`, {
      headers: bearer(key),
    })
    if (!response.ok) throw new Error(await response.text())
    await response.arrayBuffer()
  }
  return (performance.now() - started) / LISTS_PER_ROUND
}

function bearer(key: string) {
  return { authorization: `Bearer ${key}` }
}
