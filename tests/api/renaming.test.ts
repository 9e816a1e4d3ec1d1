import { expect, test } from 'bun:test'
import { asConditionFailed, ConditionFailed } from '#db/connect.ts'
import { requireDocument } from '#src/documents/documents.ts'
import { nextVersion } from '#src/documents/save-version.ts'
import { testApp } from '../harness.ts'
import { addDocument, saveVersion } from '../material.ts'

const POST = `---
title: What we learnt
slug: what-we-learnt
---

In short.

## One

First **section**.

## Two

Second.
`

test('a new title is a new version whose frontmatter carries it; the rest of the bytes stay', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  await saveVersion(app, id, POST)
  const path = `/api/v1/documents/${id}`
  const before = await app.call('GET', `${path}/versions/1/body?format=markdown`)
  const renamed = await app.call('PATCH', path, { body: { title: 'Ask: how much?' } })
  expect(renamed.body).toMatchObject({ title: 'Ask: how much?', currentVersion: 2 })
  const after = await app.call('GET', `${path}/versions/2/body?format=markdown`)
  expect(after.text).toContain('Ask: how much?')
  expect(after.text.split('---\n').at(-1)).toBe(before.text.split('---\n').at(-1))
  // The same title again is no change of the text.
  expect((await app.call('PATCH', path, { body: { title: 'Ask: how much?' } })).body.currentVersion).toBe(2)
  const restored = await app.call('POST', `${path}/versions/1/restore`)
  expect(restored.body.outline).toEqual((await app.call('GET', `${path}/versions/1`)).body.outline)
})

test('a rename that meets a version being saved is refused rather than saved over it', async () => {
  await using app = await testApp()
  const { id } = await addDocument(app)
  await saveVersion(app, id, POST)
  const old = await requireDocument(app.db, app.team.projectId, id)
  await saveVersion(app, id, POST.replace('What we learnt', 'Another text'))
  const { writes } = await nextVersion(app.db, {
    projectId: app.team.projectId,
    documentId: id,
    markdown: POST,
    citations: [],
    author: 'ada',
    reason: 'Renamed',
    basedOn: old.revision,
  })
  const [first, ...rest] = writes
  expect(asConditionFailed(await app.db.batch([first!, ...rest]).catch((error) => error))).toBeInstanceOf(
    ConditionFailed,
  )
  expect((await app.call('GET', `/api/v1/documents/${id}`)).body.currentVersion).toBe(2)
})
