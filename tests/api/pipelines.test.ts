import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { jobs } from '#db/schema/jobs.ts'
import { stepNames } from '#src/pipelines/steps.ts'
import { testApp } from '../harness.ts'
import { addDocument, addTalk } from '../material.ts'
import { generate, step, untilEnded, waited } from './working.ts'

type Citation = {
  sourceId: string
  passageId: string
  start: number
  end: number
  quote: string
  marker: string
}

test('from a transcript to a post: every sentence shows the words of its source', async () => {
  await using app = await testApp({ worker: true })
  const { id, sourceId } = await addDocument(app)
  const started = await generate(app, { documentId: id, options: { sections: 4, tone: 'friendly' } })
  expect(started.status).toBe(202)
  expect(started.body).toMatchObject({
    job: { kind: 'outline.generate', state: 'queued', runId: started.body.run.id },
    run: {
      documentId: id,
      state: 'queued',
      sourceIds: [sourceId],
      steps: stepNames,
      options: { sections: 4 },
    },
  })
  const run = await untilEnded(app, started.body.run.id)
  expect(run).toMatchObject({ state: 'succeeded', versionNumber: 1 })

  const { text } = (await app.call('GET', `/api/v1/sources/${sourceId}`)).body
  const version = (await app.call('GET', `/api/v1/documents/${id}/versions/1`)).body
  expect(version.sections).toHaveLength(4)
  const citations: Citation[] = version.sections.flatMap(
    (section: { citations: Citation[] }) => section.citations,
  )
  expect(citations.length).toBeGreaterThan(20)
  for (const { start, end, quote } of citations) expect(text.slice(start, end)).toBe(quote)
  for (const section of version.sections)
    for (const { marker } of section.citations) expect(section.markdown).toContain(`[^${marker}]`)
  for (const format of ['markdown', 'html', 'text']) {
    const body = await app.call('GET', `/api/v1/documents/${id}/versions/1/body?format=${format}`)
    expect(body.text.length).toBeGreaterThan(2_000)
  }
})

test('no statement of a whole run carries more parameters than a shared engine takes', async () => {
  await using app = await testApp({ worker: true })
  const { id } = await addDocument(app)
  const { body } = await generate(app, { documentId: id })
  await untilEnded(app, body.run.id)
  const most = app.statements.toSorted((a, b) => b.params.length - a.params.length)[0]!
  expect(most.params.length).toBeLessThanOrEqual(100)
  expect(app.statements.length).toBeGreaterThan(100)
})

test('each step can be called by itself, and together they make the post', async () => {
  await using app = await testApp({ worker: true })
  const { id, sourceId } = await addDocument(app)
  const sourceIds = [sourceId]
  const done = async (name: string, body: object) => {
    const { status, body: answer, headers, text } = await waited(app, name, body)
    if (status !== 200) throw new Error(`${name}: ${text}`)
    expect(answer.job).toMatchObject({ kind: name, state: 'succeeded' })
    expect(headers.get('preference-applied')).toBe('wait=30')
    return answer.result
  }
  const outline = await done('outline.generate', { sourceIds, options: { sections: 3 } })
  const { chapters } = await done('chapters.organize', { sourceIds, outline })
  const sections: { heading: string; markdown: string }[] = []
  for (const chapter of chapters) sections.push(await done('section.write', { sourceIds, chapter }))
  const markdown = sections.map((section) => `## ${section.heading}\n\n${section.markdown}`).join('\n\n')
  const seo = await done('seo.generate', { title: outline.title, markdown })
  const { prompts } = await done('images.prompt', { sections })
  const post = await done('blog.compose', {
    sourceIds,
    title: outline.title,
    summary: outline.summary,
    sections,
    seo,
    imagePrompts: prompts,
  })
  const saved = await done('document.persist', { documentId: id, post, reason: 'Put together by hand' })
  expect(saved).toEqual({ documentId: id, number: 1 })
  const version = (await app.call('GET', `/api/v1/documents/${id}/versions/1`)).body
  expect(version).toMatchObject({ reason: 'Put together by hand', title: outline.title })
})

test('a quote that is not what its source says is refused, and nothing is saved', async () => {
  await using app = await testApp({ worker: true })
  const { id, sourceId } = await addDocument(app)
  const theirs = await addTalk(app, app.rivals)
  const [passage] = (await app.call('GET', `/api/v1/sources/${sourceId}/passages?limit=1`)).body.items
  const [foreign] = (
    await app.call('GET', `/api/v1/sources/${theirs.id}/passages?limit=1`, { key: app.rivals.key })
  ).body.items
  const { start, end, text, id: passageId } = passage
  const citation = { marker: '1', sourceId, passageId, start, end, quote: text }
  const save = (changed: object) =>
    waited(app, 'document.persist', {
      documentId: id,
      post: { markdown: 'A sentence.[^1]\n', citations: [{ ...citation, ...changed }] },
    })
  for (const [lie, status] of [
    [{ quote: `${text}!` }, 422],
    [{ quote: text.toUpperCase() }, 422],
    [{ start: start + 1 }, 422],
    [{ end: end + 1, quote: `${text} ` }, 422],
    [{ start: end, end: start }, 422],
    [{ start: 0, end: 0, quote: '' }, 422],
    [{ sourceId: theirs.id }, 404],
    [
      {
        passageId: foreign.id,
        sourceId: theirs.id,
        quote: foreign.text,
        start: foreign.start,
        end: foreign.end,
      },
      404,
    ],
    [{ passageId: 'psg_none' }, 404],
  ] as const) {
    const refused = await save(lie)
    expect({ lie, status: refused.status }).toEqual({ lie, status })
  }
  expect((await app.call('GET', `/api/v1/documents/${id}`)).body.currentVersion).toBeNull()
  expect((await save({})).status).toBe(200)
  expect((await save({ start: start + 4, end: start + 9, quote: text.slice(4, 9) })).status).toBe(200)
})

test('a frontmatter that cannot be shown is refused before it is saved', async () => {
  await using app = await testApp({ worker: true })
  const { id } = await addDocument(app)
  const save = (frontmatter: string) =>
    waited(app, 'document.persist', {
      documentId: id,
      post: { markdown: `---\n${frontmatter}\n---\n\nText.\n`, citations: [] },
    })
  for (const wrong of [
    'title: 5',
    'title: [a]',
    `title: ${'x'.repeat(201)}`,
    'own: {a: {b: 1}}',
    'canonicalUrl: javascript:x',
    'a: b: c',
    'x: *y',
  ]) {
    const refused = await save(wrong)
    expect({ wrong, status: refused.status, code: refused.body.code }).toEqual({
      wrong,
      status: 422,
      code: 'invalid_request',
    })
    expect(refused.body.detail).toMatch(/frontmatter/i)
  }
  expect((await save('title: Fine\nown: 1\nlist: [a, b]')).status).toBe(200)
  expect((await app.call('GET', `/api/v1/documents/${id}/versions/1`)).body.frontmatter).toEqual({
    title: 'Fine',
    own: 1,
    list: ['a', 'b'],
  })
})

test('a document without sources cannot be written, and one with too little to write from says how much it takes', async () => {
  await using app = await testApp({ worker: true })
  const empty = (await app.call('POST', '/api/v1/documents', { body: { sourceIds: [] } })).body
  const refused = await generate(app, { documentId: empty.id })
  expect([refused.status, refused.body.code]).toEqual([409, 'conflict'])

  const source = (
    await app.call('POST', '/api/v1/sources', { body: { kind: 'text', text: 'A few words only.' } })
  ).body
  const short = (await app.call('POST', '/api/v1/documents', { body: { sourceIds: [source.id] } })).body
  const { body } = await generate(app, { documentId: short.id })
  const run = await untilEnded(app, body.run.id)
  expect(run).toMatchObject({ state: 'failed', error: { code: 'source_too_short' } })
  expect(run.error.message).toMatch(/\d/)
})

test('a run writes what was asked for: title, sections', async () => {
  await using app = await testApp({ worker: true })
  const { id } = await addDocument(app)
  const { body } = await generate(app, { documentId: id, options: { title: 'My own title', sections: 2 } })
  await untilEnded(app, body.run.id)
  const version = (await app.call('GET', `/api/v1/documents/${id}/versions/1`)).body
  expect(version.title).toBe('My own title')
  expect(version.sections).toHaveLength(2)
  for (const options of [
    { sections: 0 },
    { sections: 41 },
    { words: 99 },
    { words: 20_001 },
    { tone: 'angry' },
    { provider: 'x' },
    { colour: 1 },
  ])
    expect((await generate(app, { documentId: id, options })).status).toBe(422)
})

test('text without spaces between its words becomes a post too', async () => {
  await using app = await testApp({ worker: true })
  const text = Array.from(
    { length: 30 },
    (_, n) => `東京は日本の首都であり、第${n}の区には${n * 7}万人が住んでいる。交通の便はとても良い。`,
  ).join('\n\n')
  const source = (await app.call('POST', '/api/v1/sources', { body: { kind: 'text', text } })).body
  const document = (await app.call('POST', '/api/v1/documents', { body: { sourceIds: [source.id] } })).body
  const { body } = await generate(app, { documentId: document.id })
  expect(await untilEnded(app, body.run.id)).toMatchObject({ state: 'succeeded' })
  const post = await app.call('GET', `/api/v1/documents/${document.id}/versions/1/body?format=text`)
  expect(post.text).toContain('東京')
})

test('jobs and runs are listed newest first, by state, kind, run and document, page by page', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  const { body: one } = await generate(app, { documentId: id })
  const { body: two } = await generate(app, { documentId: id })
  for (let index = 0; index < 4; index++) await step(app, 'seo.generate', { title: 'T', markdown: 'M' })
  await app.call('POST', `/api/v1/runs/${one.run.id}/cancel`)
  const list = async (query: string) => {
    const { body } = await app.call('GET', `/api/v1/jobs${query}`)
    return body.items as { id: string; kind: string; state: string; output?: unknown }[]
  }
  expect(await list('')).toHaveLength(6)
  expect((await list('?kind=seo.generate')).map((job) => job.kind)).toEqual(Array(4).fill('seo.generate'))
  expect((await list('?state=cancelled')).map((job) => job.id)).toEqual([one.job.id])
  expect((await list(`?runId=${two.run.id}`)).map((job) => job.id)).toEqual([two.job.id])
  expect((await app.call('GET', '/api/v1/jobs?state=lost')).status).toBe(422)
  const seen: string[] = []
  let cursor = ''
  do {
    const { body } = await app.call('GET', `/api/v1/jobs?limit=2&${cursor}`)
    seen.push(...body.items.map((job: { id: string }) => job.id))
    cursor = body.nextCursor && `cursor=${body.nextCursor}`
  } while (cursor)
  const all = await app.db.select({ id: jobs.id }).from(jobs).where(eq(jobs.projectId, app.team.projectId))
  expect(seen).toEqual(
    all
      .map((job) => job.id)
      .toSorted()
      .toReversed(),
  )
  const listed = (await app.call('GET', `/api/v1/runs?documentId=${id}`)).body.items
  expect(listed.map((run: { id: string }) => run.id)).toEqual([two.run.id, one.run.id])
})
