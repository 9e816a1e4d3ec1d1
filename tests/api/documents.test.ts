import { expect, test } from 'bun:test'
import { documentVersions } from '#db/schema/documents.ts'
import { events } from '#db/schema/jobs.ts'
import { type TestApp, testApp } from '../harness.ts'
import { addDocument, addTalk, saveVersion } from '../material.ts'

const POST = `---
title: What we learnt
slug: what-we-learnt
keywords: [queues, workers]
---

In short.

## One

First **section**.[^1]

## Two

<script>alert(1)</script> [link](javascript:alert(1))
`

test('a document takes the title of its first source until it is given one of its own', async () => {
  await using app = await testApp()
  const source = await addTalk(app)
  const create = (body: object) => app.call('POST', '/api/v1/documents', { body })
  const untitled = await create({ sourceIds: [source.id] })
  expect(untitled.status).toBe(201)
  expect(untitled.body).toMatchObject({
    title: source.title,
    status: 'draft',
    currentVersion: null,
    sourceIds: [source.id],
  })
  expect((await create({ sourceIds: [] })).body.title).toBe('Untitled')
  expect((await create({ sourceIds: [], title: 'Mine' })).body.title).toBe('Mine')
  expect((await create({ sourceIds: [], title: ' ' })).status).toBe(422)
  expect((await create({ sourceIds: [], title: 'x'.repeat(201) })).status).toBe(422)
  expect((await create({ sourceIds: [source.id, source.id] })).status).toBe(422)
})

test('the order of the sources is kept', async () => {
  await using app = await testApp()
  const ids = [(await addTalk(app)).id, (await addTalk(app)).id, (await addTalk(app)).id].toReversed()
  const { body } = await app.call('POST', '/api/v1/documents', { body: { sourceIds: ids } })
  expect((await app.call('GET', `/api/v1/documents/${body.id}`)).body.sourceIds).toEqual(ids)
  const changed = await app.call('PATCH', `/api/v1/documents/${body.id}`, {
    body: { sourceIds: ids.toReversed() },
  })
  expect(changed.body.sourceIds).toEqual(ids.toReversed())
  expect((await app.call('GET', `/api/v1/documents/${body.id}`)).body).toEqual(changed.body)
})

test('documents are listed newest first, page by page, without deleted ones and without the rivals', async () => {
  await using app = await testApp()
  const made: string[] = []
  for (let index = 0; index < 6; index++)
    made.push((await app.call('POST', '/api/v1/documents', { body: { sourceIds: [] } })).body.id)
  await app.call('POST', '/api/v1/documents', { key: app.rivals.key, body: { sourceIds: [] } })
  await app.call('DELETE', `/api/v1/documents/${made[2]}`)
  const seen: string[] = []
  let cursor = ''
  do {
    const { body } = await app.call('GET', `/api/v1/documents?limit=2${cursor}`)
    seen.push(...body.items.map((document: { id: string }) => document.id))
    cursor = body.nextCursor && `&cursor=${body.nextCursor}`
  } while (cursor)
  expect(seen).toEqual(made.filter((id) => id !== made[2]).toReversed())
})

test('a change with a stale ETag is refused, and changes nothing', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  const path = `/api/v1/documents/${id}`
  const etag = (await app.call('GET', path)).headers.get('etag')!
  const patch = (title: string, ifMatch: string) =>
    app.call('PATCH', path, { body: { title }, headers: { 'if-match': ifMatch } })
  const first = await patch('First', etag)
  expect(first.status).toBe(200)
  const newer = first.headers.get('etag')!
  expect(newer).not.toBe(etag)
  for (const stale of [etag, 'W/"1"', '1', '""', '"x"', '"99"']) {
    const refused = await patch('Second', stale)
    expect({ stale, status: refused.status, code: refused.body.code }).toEqual({
      stale,
      status: 412,
      code: 'precondition_failed',
    })
  }
  expect((await app.call('DELETE', path, { headers: { 'if-match': etag } })).status).toBe(412)
  expect((await app.call('GET', path)).body.title).toBe('First')
  expect((await patch('Third', '*')).status).toBe(200)
  expect((await app.call('PATCH', path, { body: {} })).status).toBe(422)
  expect((await app.call('PATCH', path, { body: { title: 'Fourth' } })).body.title).toBe('Fourth')
})

test('of two changes from the same state, one is refused', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  const etag = (await app.call('GET', `/api/v1/documents/${id}`)).headers.get('etag')!
  const answers = await Promise.all(
    ['A', 'B', 'C'].map((title) =>
      app.call('PATCH', `/api/v1/documents/${id}`, { body: { title }, headers: { 'if-match': etag } }),
    ),
  )
  expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 412, 412])
  const winner = answers.find((answer) => answer.status === 200)!
  expect((await app.call('GET', `/api/v1/documents/${id}`)).body).toEqual(winner.body)
})

test('a foreign source cannot be put into one’s own document, and nothing of the change stays', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  const theirs = await addTalk(app, app.rivals)
  const before = (await app.call('GET', `/api/v1/documents/${id}`)).body
  const refused = await app.call('PATCH', `/api/v1/documents/${id}`, {
    body: { title: 'New', sourceIds: [theirs.id] },
  })
  expect(refused.status).toBe(404)
  expect((await app.call('GET', `/api/v1/documents/${id}`)).body).toEqual(before)
})

test('a deleted document is gone everywhere, until it is brought back with its versions', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  await saveVersion(app, id, POST)
  const path = `/api/v1/documents/${id}`
  expect(await app.call('DELETE', path)).toMatchObject({ status: 204, text: '' })
  const reads = [
    path,
    `${path}/versions`,
    `${path}/versions/1`,
    `${path}/versions/1/body`,
    `${path}/versions/1/compare/1`,
  ]
  for (const read of reads) expect((await app.call('GET', read)).status).toBe(404)
  expect((await app.call('DELETE', path)).status).toBe(404)
  expect((await app.call('PATCH', path, { body: { title: 'x' } })).status).toBe(404)
  expect((await app.call('POST', `${path}/versions/1/restore`)).status).toBe(404)

  const back = await app.call('POST', `${path}/undelete`)
  expect(back.body).toMatchObject({ id, currentVersion: 1 })
  for (const read of reads) expect((await app.call('GET', read)).status).toBe(200)
  expect((await app.call('GET', path)).headers.get('etag')).toBe(back.headers.get('etag'))
  expect((await app.call('POST', `${path}/undelete`)).status).toBe(404)
})

test('a version is read whole: frontmatter, outline, preamble, sections', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  await saveVersion(app, id, POST)
  const { body } = await app.call('GET', `/api/v1/documents/${id}/versions/1`)
  expect(body).toMatchObject({
    documentId: id,
    number: 1,
    title: 'What we learnt',
    author: 'ada',
    reason: 'Saved by hand',
    frontmatter: { title: 'What we learnt', slug: 'what-we-learnt', keywords: ['queues', 'workers'] },
    sections: [
      { heading: 'One', level: 2 },
      { heading: 'Two', level: 2 },
    ],
  })
  expect(body.outline.map((entry: { sectionId: string }) => entry.sectionId)).toEqual(
    body.sections.map((section: { id: string }) => section.id),
  )
  expect(body.preamble.markdown).toContain('In short.')
  expect((await app.call('GET', `/api/v1/documents/${id}`)).body).toMatchObject({
    title: 'What we learnt',
    currentVersion: 1,
  })
  expect((await app.call('GET', `/api/v1/documents/${id}/versions/2`)).status).toBe(404)
})

test('the body of a version is the Markdown as it was saved, safe HTML, or plain text', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  await saveVersion(app, id, POST)
  const read = (query: string) => app.call('GET', `/api/v1/documents/${id}/versions/1/body${query}`)
  for (const query of ['', '?format=markdown']) {
    const { headers, text } = await read(query)
    expect(headers.get('content-type')).toBe('text/markdown; charset=utf-8')
    expect(text).toStartWith(POST.trimEnd())
  }
  const html = await read('?format=html')
  expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(html.text).toContain('<strong>section</strong>')
  expect(html.text).not.toMatch(/<script|href="javascript:/i)
  const plain = await read('?format=text')
  expect(plain.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(plain.text).toContain('First section.')
  const wrong = await read('?format=pdf')
  expect([wrong.status, wrong.headers.get('content-type')]).toEqual([422, 'application/problem+json'])
  const missing = await app.call('GET', `/api/v1/documents/${id}/versions/9/body?format=html`)
  expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
})

test('a restored version is a new one with the bytes and the section ids of the old', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  await saveVersion(app, id, POST)
  await saveVersion(app, id, POST.replace('## One', '## Uno').replace('First', 'Another'))
  const path = `/api/v1/documents/${id}/versions`
  const restored = await app.call('POST', `${path}/1/restore`)
  expect(restored.status).toBe(201)
  expect(restored.body).toMatchObject({ number: 3, restoredFrom: 1, reason: 'Restored version 1' })
  const [old, now] = [(await app.call('GET', `${path}/1`)).body, (await app.call('GET', `${path}/3`)).body]
  expect(now.sections).toEqual(old.sections)
  expect(now.preamble).toEqual(old.preamble)
  const bytes = async (number: number) => (await app.call('GET', `${path}/${number}/body`)).text
  expect(await bytes(3)).toBe(await bytes(1))
  expect((await app.call('POST', `${path}/9/restore`)).status).toBe(404)

  const listed = (await app.call('GET', `${path}?limit=2`)).body
  expect(listed.items.map((version: { number: number }) => version.number)).toEqual([3, 2])
  const rest = (await app.call('GET', `${path}?limit=2&before=${listed.nextBefore}`)).body
  expect(rest).toMatchObject({ items: [{ number: 1 }], nextBefore: null })
})

test('restores at the same moment make versions one after the other, or are refused', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  await saveVersion(app, id, POST)
  const path = `/api/v1/documents/${id}/versions/1/restore`
  const answers = await Promise.all(Array.from({ length: 5 }, () => app.call('POST', path)))
  const made = answers.filter((answer) => answer.status === 201)
  expect(made.length).toBeGreaterThan(0)
  for (const answer of answers) expect([201, 409]).toContain(answer.status)
  expect(await app.db.$count(documentVersions)).toBe(1 + made.length)
  const { body } = await app.call('GET', `/api/v1/documents/${id}/versions`)
  expect(body.items.map((version: { number: number }) => version.number)).toEqual(
    Array.from({ length: 1 + made.length }, (_, index) => index + 1).toReversed(),
  )
})

test('a comparison shows what changed, section by section', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  await saveVersion(app, id, POST)
  await saveVersion(app, id, `${POST.replace('First', 'Second')}\n## Three\n\nNew.\n`)
  const { body } = await app.call('GET', `/api/v1/documents/${id}/versions/1/compare/2`)
  expect(body).toMatchObject({ from: 1, to: 2 })
  expect(JSON.stringify(body.sections)).toContain('Second')
  expect((await app.call('GET', `/api/v1/documents/${id}/versions/1/compare/3`)).status).toBe(404)
  const same = (await app.call('GET', `/api/v1/documents/${id}/versions/2/compare/2`)).body
  expect(JSON.stringify(same.sections)).not.toMatch(/"(added|removed|changed)"/)
})

test('each change of a document is told once, in the batch that makes it', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  await app.call('PATCH', `/api/v1/documents/${id}`, { body: { title: 'New' } })
  await saveVersion(app, id, 'Text.')
  await app.call('DELETE', `/api/v1/documents/${id}`)
  await app.call('POST', `/api/v1/documents/${id}/undelete`)
  await app.call('PATCH', `/api/v1/documents/${id}`, { body: { title: 'x' }, headers: { 'if-match': '"1"' } })
  expect(await told(app)).toEqual([
    'source.created',
    'document.created',
    'document.updated',
    'document.updated',
    'document.deleted',
    'document.created',
  ])
})

async function told(app: TestApp) {
  const rows = await app.db.select().from(events).orderBy(events.id)
  return rows.map((event) => event.type)
}
