// One answer behind no check, behind an API key and behind a session: for scripts/bench/access.ts.
import { Elysia } from 'elysia'
import { requireDocument } from '#src/documents/documents.ts'
import { readEnv } from '#src/env.ts'
import { problems } from '#src/problem.ts'
import { access } from '#src/projects/access.ts'
import { type Listening, openAccess, openServices } from '#src/services.ts'

const [projectId, documentId] = process.argv.slice(2) as [string, string]
const listening: Listening = {}
const deps = await openAccess(openServices(readEnv(process.env), { demo: false }), {
  listening,
  shared: false,
})
const read = () => requireDocument(deps.db, projectId, documentId)

const app = new Elysia()
  .use(problems(deps.log, deps.env))
  .use(access(deps))
  .get('/open', read)
  .get('/checked', read, { permission: 'documents:read' })

listening.server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => app.fetch(request) })
console.log(`http://127.0.0.1:${(listening.server as { port?: number }).port}`)
