import type { Citation } from '#src/ai/schemas.ts'
import { nextVersion } from '#src/documents/save-version.ts'
import talk from '../src/projects/sample-talk.md' with { type: 'text' }
import type { Member, TestApp } from './harness.ts'

/** A talk of some 1,500 words, with speakers and times: enough to write a post from. */
export { talk }

/** A source in the team's project; returns it as the API shows it. */
export async function addTalk(app: TestApp, { key }: Partial<Member> = {}) {
  const { status, body, text } = await app.call('POST', '/api/v1/sources', {
    key,
    body: { kind: 'text', text: talk },
  })
  if (status !== 201) throw new Error(`The source was refused: ${text}`)
  return body as {
    id: string
    kind: string
    title: string
    words: number
    characters: number
    passageCount: number
  }
}

/** A document that draws on a new source. */
export async function addDocument(app: TestApp, member: Partial<Member> = {}) {
  const source = await addTalk(app, member)
  const { status, body, text } = await app.call('POST', '/api/v1/documents', {
    key: member.key,
    body: { sourceIds: [source.id] },
  })
  if (status !== 201) throw new Error(`The document was refused: ${text}`)
  return { id: body.id as string, sourceId: source.id }
}

type Saving = { member?: { projectId: string }; reason?: string; citations?: Citation[] }

/** Saves the next version of a document as the worker would; the team's unless told. */
export async function saveVersion(app: TestApp, documentId: string, markdown: string, saving: Saving = {}) {
  const { member = app.team, reason = 'Saved by hand', citations = [] } = saving
  const { projectId } = member
  const { number, writes } = await nextVersion(app.db, {
    projectId,
    documentId,
    markdown,
    citations,
    author: 'ada',
    reason,
  })
  await app.db.batch([writes[0]!, ...writes.slice(1)])
  return number
}
