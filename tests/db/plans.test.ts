import { expect, test } from 'bun:test'
import type { Statement } from '#db/connect.ts'
import { type TestApp, testApp, until } from '../harness.ts'
import { addDocument } from '../material.ts'

/** Tables that grow with use; of the others there are few rows. */
const GROWING = [
  'sources',
  'passages',
  'documents',
  'document_versions',
  'sections',
  'runs',
  'jobs',
  'events',
  'step_invocations',
  'sessions',
  'api_keys',
  'document_sources',
]
/** Sorted after they were found, and few: a run's jobs, a document's sources, the best hits of a search. */
const SORTS_FEW = [
  /from passages_fts/,
  /"jobs"\."run_id" = \?/,
  /"passages"\."source_id" in/,
  /json_group_array\(source_id/,
]
/** A reference is looked at from its other side only after a violation, of which there was none. */
const REFERENCES_JOBS = /^SCAN step_invocations$/

test('no statement of a whole life walks a growing table, or sorts one', async () => {
  await using app = await testApp({ worker: true })
  await live(app)
  const seen = new Map<string, Statement>()
  for (const statement of app.statements)
    if (/^\s*(select|update|delete|insert)/i.test(statement.sql)) seen.set(statement.sql, statement)
  expect(seen.size).toBeGreaterThan(50)
  const complaints: string[] = []
  for (const statement of seen.values()) {
    for (const step of await planOf(app, statement)) {
      const [, scanned] = /^SCAN (\w+)(?! USING| VIRTUAL)/.exec(step) ?? []
      if (scanned && GROWING.includes(scanned) && !REFERENCES_JOBS.test(step))
        complaints.push(`${step}: ${statement.sql}`)
      if (/TEMP B-TREE/.test(step) && !SORTS_FEW.some((pattern) => pattern.test(statement.sql)))
        complaints.push(`${step}: ${statement.sql}`)
    }
  }
  expect(complaints).toEqual([])
})

test('the queries that run most find their rows by the index made for them', async () => {
  await using app = await testApp({ worker: true })
  await live(app)
  const plans = new Map<string, string>()
  for (const statement of app.statements)
    if (/^\s*(select|update)/i.test(statement.sql) && !plans.has(statement.sql))
      plans.set(statement.sql, (await planOf(app, statement)).join('; '))
  const planFor = (pattern: RegExp) => {
    const found = [...plans].filter(([sql]) => pattern.test(sql))
    if (found.length === 0) throw new Error(`No statement like ${pattern}`)
    return found.map(([, plan]) => plan).join('; ')
  }
  expect(planFor(/WITH RECURSIVE lanes/)).toMatch(
    /SEARCH jobs USING COVERING INDEX jobs_ready \(project_id=\? AND lane>\?\)/,
  )
  expect(planFor(/SELECT min\(due_at\) FROM jobs/)).toMatch(
    /COVERING INDEX jobs_later.*COVERING INDEX jobs_leased/,
  )
  expect(planFor(/UPDATE jobs SET .*RETURNING/s)).toMatch(/SEARCH jobs USING INDEX sqlite_autoindex_jobs_1/)
  expect(planFor(/from "events" where "events"\."id" > \? order/)).toMatch(
    /SEARCH events USING INTEGER PRIMARY KEY/,
  )
  expect(planFor(/from "events" where \("events"\."id" > \? and "events"\."id" <= \?/)).toMatch(
    /SEARCH events USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/,
  )
  expect(planFor(/from "documents" where .* order by "documents"\."id" desc/)).toMatch(
    /USING INDEX documents_by_project/,
  )
  expect(planFor(/from "sources" where .* order by "sources"\."id" desc/)).toMatch(
    /USING INDEX sources_by_project/,
  )
  expect(planFor(/from "jobs" where .* order by "jobs"\."id" desc/)).toMatch(/USING INDEX jobs_by_project/)
  expect(planFor(/from "runs" where .* order by "runs"\."id" desc/)).toMatch(/USING INDEX runs_by_/)
  expect(planFor(/from "passages" where .*source_id.* order by "passages"\."position"/)).toMatch(
    /SEARCH passages USING INDEX/,
  )
  expect(planFor(/from "api_keys"/)).toMatch(/SEARCH api_keys USING INDEX/)
  expect(planFor(/FROM passages_fts|from passages_fts/)).toMatch(/SCAN passages_fts VIRTUAL TABLE/)
})

test('the audit log is read by an index whatever it is filtered by, and never as a whole or sorted', async () => {
  await using app = await testApp()
  const owner = await app.person('Olga', { role: 'owner' })
  const planFor = async (query: string) => {
    app.statements.length = 0
    expect((await app.call('GET', `/api/v1/audit${query}`, { as: owner })).status).toBe(200)
    const statement = app.statements.find(({ sql }) => /from "audit_log"/.test(sql))!
    return (await planOf(app, statement)).join('; ')
  }
  const [from, until] = ['from=2026-01-01T00:00:00Z', 'until=2026-02-01T00:00:00Z']
  const plans: [string, string][] = [
    ['', 'audit_log_by_project (project_id=?)'],
    [`?${from}`, 'audit_log_by_project (project_id=? AND id>?)'],
    [`?${until}`, 'audit_log_by_project (project_id=? AND id<?)'],
    [`?${from}&${until}`, 'audit_log_by_project (project_id=? AND id>? AND id<?)'],
    ['?action=member.left', 'audit_log_by_action (project_id=? AND action=?)'],
    [`?action=member.left&${from}`, 'audit_log_by_action (project_id=? AND action=? AND id>?)'],
    [`?userId=${owner.userId}`, 'audit_log_by_actor (project_id=? AND user_id=?)'],
    [`?target=${owner.userId}`, 'audit_log_by_target (project_id=? AND target=?)'],
  ]
  for (const [query, index] of plans)
    expect({ query, plan: await planFor(query) }).toEqual({
      query,
      plan: `SEARCH audit_log USING INDEX ${index}`,
    })
})

test('who leaves, or deletes the account, has their invitations found by who sent them', async () => {
  await using app = await testApp()
  await app.person('Olga', { role: 'owner' })
  const [ada, eve] = [await app.person('Ada', { role: 'admin' }), await app.person('Eve', { role: 'admin' })]
  app.statements.length = 0
  await app.call('POST', `/api/v1/projects/${app.team.projectId}/leave`, { as: ada })
  await app.call('POST', '/api/v1/account/delete', { as: eve, body: {} })
  const statements = app.statements.filter(({ sql }) => /invitations|delete from "users"/.test(sql))
  expect(statements).toHaveLength(3)
  for (const statement of statements) {
    const plan = (await planOf(app, statement)).join('; ')
    expect(plan).not.toMatch(/SCAN|invitations_open|TEMP/)
    expect(plan).toMatch(/USING (COVERING )?INDEX invitations_by_inviter|users/)
  }
})

/** A bit of everything that Quill does. */
async function live(app: TestApp) {
  // What made the projects of the test is no part of it.
  app.statements.length = 0
  const { id, sourceId } = await addDocument(app)
  const { body } = await app.call('POST', '/api/v1/pipelines/generate_blog', {
    body: { documentId: id },
    headers: { 'idempotency-key': 'plans' },
  })
  const runId = body.run.id
  await until(
    'the run ends',
    async () => (await app.call('GET', `/api/v1/runs/${runId}`)).body.state === 'succeeded',
  )
  const get = (path: string) => app.call('GET', `/api/v1${path}`)
  for (const list of ['sources', 'documents', 'jobs', 'runs']) {
    const { items } = (await get(`/${list}`)).body
    await get(`/${list}?cursor=${Buffer.from(items[0].id).toString('base64url')}`)
  }
  await get(`/jobs?state=succeeded&kind=section.write&runId=${runId}`)
  await get(`/runs?documentId=${id}`)
  await get(`/sources/${sourceId}`)
  const passages = (await get(`/sources/${sourceId}/passages?after=2`)).body.items
  await get(`/passages/${passages[0].id}`)
  await get('/search?q=queue')
  await get(`/documents/${id}/versions`)
  await get(`/documents/${id}/versions?before=5`)
  await get(`/documents/${id}/versions/1/compare/1`)
  await get(`/documents/${id}/versions/1/body?format=html`)
  await app.call('POST', `/api/v1/documents/${id}/versions/1/restore`)
  await app.call('PATCH', `/api/v1/documents/${id}`, { body: { title: 'New', sourceIds: [sourceId] } })
  await app.call('DELETE', `/api/v1/documents/${id}`)
  await app.call('POST', `/api/v1/documents/${id}/undelete`)
  await app.call('POST', `/api/v1/runs/${runId}/cancel`)
  await app.call('POST', `/api/v1/runs/${runId}/resume`)
  const job = await app.call('POST', '/api/v1/steps/seo.generate', {
    body: { title: 'T', markdown: 'M' },
    headers: { 'idempotency-key': 'job' },
  })
  await app.call('POST', `/api/v1/jobs/${job.body.job.id}/cancel`)
  await app.call('POST', `/api/v1/jobs/${job.body.job.id}/retry`)
  for (const headers of [{}, { 'last-event-id': '3' }] as Record<string, string>[]) {
    const request = new Request('http://localhost/api/v1/events', {
      headers: { authorization: `Bearer ${app.team.key}`, ...headers },
    })
    const stream = await app.fetch(request)
    await until('it listens', () => app.hub.size() > 0)
    await app.call('POST', '/api/v1/documents', { body: { sourceIds: [] } })
    await stream.body?.cancel()
    await until('nobody listens', () => app.hub.size() === 0)
  }
}

async function planOf(app: TestApp, { sql, params }: Statement): Promise<string[]> {
  const rows = await app.explain({ sql: `EXPLAIN QUERY PLAN ${sql}`, params })
  return rows.map((row) => String(row[3]))
}
