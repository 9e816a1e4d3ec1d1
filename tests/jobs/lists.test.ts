import { expect, test } from 'bun:test'
import { DEAD_LETTERS_COUNTED_MAX } from '#src/jobs/dead-letters.ts'
import { JOBS_LOOKED_THROUGH_MAX } from '#src/jobs/jobs.ts'
import { type TestApp, testApp } from '../harness.ts'

const MANY = 2 * JOBS_LOOKED_THROUGH_MAX + 10

test('a filter that few jobs match looks through so many a page, and the pages together find all', async () => {
  await using app = await testApp()
  await fill(app, MANY)
  await change(app, `kind = 'blog.compose'`, [0, JOBS_LOOKED_THROUGH_MAX, MANY - 1])
  const pages = await allPages(app, 'kind=blog.compose&state=succeeded')
  expect(pages.map((page) => page.length)).toEqual([1, 1, 1])
  expect(pages.flat()).toEqual([MANY - 1, JOBS_LOOKED_THROUGH_MAX, 0].map(idOf))
})

test('a page that is full goes on after its last job, whatever else it might have looked through', async () => {
  await using app = await testApp()
  await fill(app, 7)
  const pages = await allPages(app, 'state=succeeded&limit=3')
  expect(pages.flat()).toEqual([6, 5, 4, 3, 2, 1, 0].map(idOf))
  expect(pages.map((page) => page.length)).toEqual([3, 3, 1])
})

test('what runs, what died and what is of one run is found at once, however much has ended since', async () => {
  await using app = await testApp()
  await fill(app, MANY)
  await change(app, `state = 'running', due_at = 1`, [0])
  await change(app, `state = 'dead', error_group = 'x'`, [1])
  // What a dead worker held is ready for another, and counts as running until that one takes it.
  await change(app, `state = 'running', due_at = 1, ready = 1`, [4])
  await app.db.rows('PRAGMA foreign_keys = OFF', [])
  await change(app, `run_id = 'run_1', item_key = id`, [2, 3])
  expect(await allPages(app, 'state=running')).toEqual([[idOf(4), idOf(0)]])
  expect(await allPages(app, 'state=dead')).toEqual([[idOf(1)]])
  expect(await allPages(app, 'runId=run_1')).toEqual([[idOf(3), idOf(2)]])
  expect(await allPages(app, 'runId=run_1&state=running')).toEqual([[]])
})

test('the causes of dead letters are counted among the newest, however many there are', async () => {
  await using app = await testApp()
  await fill(app, DEAD_LETTERS_COUNTED_MAX + 5)
  await app.db.rows(`UPDATE jobs SET state = 'dead', error_group = 'x'`, [])
  const { items } = (await app.call('GET', '/api/v1/dead-letters/groups')).body
  expect(items.map(({ count }: { count: number }) => count)).toEqual([DEAD_LETTERS_COUNTED_MAX])
})

test('each list of jobs is read by the index that holds what it asks for', async () => {
  await using app = await testApp()
  const plans: [string, RegExp][] = [
    [
      '/jobs?runId=run_1&state=succeeded',
      /USING INDEX jobs_once_per_run \(run_id=\?\); USE TEMP B-TREE FOR ORDER BY$/,
    ],
    ['/jobs?state=running&kind=x', /INDEX jobs_leased; .*INDEX jobs_ready \(project_id=\?\); .*ORDER BY$/],
    ['/jobs?state=dead', /USING INDEX jobs_dead_by_id \(project_id=\?\)$/],
    ['/jobs?kind=x', /USING INDEX jobs_by_project \(project_id=\?\)$/],
    ['/dead-letters', /USING INDEX jobs_dead_by_id \(project_id=\?\)$/],
    ['/dead-letters?group=x', /USING INDEX jobs_dead \(project_id=\? AND error_group=\?\)$/],
    ['/dead-letters/groups', /USING INDEX jobs_dead_by_id \(project_id=\?\)/],
  ]
  for (const [path, expected] of plans) {
    app.statements.length = 0
    expect((await app.call('GET', `/api/v1${path}`)).status).toBe(200)
    const { sql, params } = app.statements.findLast(({ sql }) => /from "?jobs"?/i.test(sql))!
    const rows = await app.explain({ sql: `EXPLAIN QUERY PLAN ${sql}`, params })
    expect(rows.map((row) => String(row[3])).join('; ')).toMatch(expected)
  }
})

const idOf = (index: number) => `job_${String(index).padStart(26, '0')}`

/** So many jobs of the team that ended, the last one the newest. */
const fill = (app: TestApp, count: number) =>
  app.db.rows(
    `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
     INSERT INTO jobs (id, project_id, kind, state, input, created_by, created_at, finished_at)
     SELECT printf('job_%026d', i), ?, 'seo.generate', 'succeeded', '{}', 'test', i, i FROM n`,
    [count, app.team.projectId],
  )

const change = (app: TestApp, what: string, indexes: number[]) =>
  app.db.rows(`UPDATE jobs SET ${what} WHERE id IN (SELECT value FROM json_each(?))`, [
    JSON.stringify(indexes.map(idOf)),
  ])

async function allPages(app: TestApp, query: string): Promise<string[][]> {
  const pages: string[][] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const path: string = `/api/v1/jobs?${query}${cursor ? `&cursor=${cursor}` : ''}`
    const { body } = await app.call('GET', path)
    pages.push(body.items.map(({ id }: { id: string }) => id))
    cursor = body.nextCursor
  }
  return pages
}
