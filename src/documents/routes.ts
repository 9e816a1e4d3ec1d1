import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { AppError } from '#src/errors.ts'
import { oneOf } from '#src/one-of.ts'
import { PAGE_SIZE_MAX, pageOf, pageQuery } from '#src/paging.ts'
import { SOURCES_PER_DOCUMENT_MAX } from '#src/pipelines/steps.ts'
import { access } from '#src/projects/access.ts'
import { changeDocument } from './change-document.ts'
import {
  createDocument,
  deleteDocument,
  listDocuments,
  presentDocument,
  requireDocument,
  type StoredDocument,
  undeleteDocument,
} from './documents.ts'
import { Comparison, DOCUMENT_TITLE_CHARS_MAX, Document, Version, VersionSummary } from './schemas.ts'
import {
  bodyFormats,
  compareVersions,
  getVersion,
  listVersions,
  restoreVersion,
  versionBody,
} from './versions.ts'

const EXAMPLE_SOURCE = 'src_01h455vb4pex5vsknk084sn02q'
const closed = { additionalProperties: false }
const title = t.Optional(t.String({ minLength: 1, maxLength: DOCUMENT_TITLE_CHARS_MAX, pattern: '\\S' }))
const sourceIds = t.Array(t.String({ maxLength: 64 }), {
  maxItems: SOURCES_PER_DOCUMENT_MAX,
  uniqueItems: true,
})
const documentId = t.Object({ id: t.String({ description: 'A document, `doc_…`.' }) })
const versionNumber = t.Integer({ minimum: 1 })
const versionId = t.Object({ ...documentId.properties, number: versionNumber })
const ifMatch = t.Object(
  { 'if-match': t.Optional(t.String({ description: 'The `ETag` of the document as you know it.' })) },
  { additionalProperties: true },
)
/** A post that is opened by itself can do nothing but show its text and pictures. */
const BODY_POLICY = "sandbox; default-src 'none'; img-src https: data:; frame-ancestors 'none'"
const mediaTypes = { markdown: 'text/markdown', html: 'text/html', text: 'text/plain' } as const

const textAs = (contentMediaType: string) => t.String({ contentMediaType })
const BodyText = t.Union([textAs(mediaTypes.markdown), textAs(mediaTypes.html), textAs(mediaTypes.text)])

export const documentRoutes = (deps: AppDeps) => {
  const { db, hub } = deps
  return new Elysia({ name: 'documents', tags: ['Documents'] })
    .use(access(deps))
    .post(
      '/documents',
      async ({ principal, body, set, status }) => {
        const document = await createDocument(db, {
          projectId: principal.projectId,
          createdBy: principal.actor,
          ...body,
        })
        hub.wake()
        return status(201, tagged(document, set))
      },
      {
        permission: 'documents:write',
        body: t.Object({ title, sourceIds }, { ...closed, examples: [{ sourceIds: [EXAMPLE_SOURCE] }] }),
        ...documented('createDocument', 'Create a document', { success: { 201: Document } }),
      },
    )
    .get('/documents', ({ principal, query }) => listDocuments(db, principal.projectId, query), {
      permission: 'documents:read',
      query: t.Object(pageQuery, closed),
      ...documented('listDocuments', 'List documents, newest first', { success: { 200: pageOf(Document) } }),
    })
    .get(
      '/documents/:id',
      async ({ principal, params, set }) =>
        tagged(await requireDocument(db, principal.projectId, params.id), set),
      {
        permission: 'documents:read',
        params: documentId,
        ...documented('getDocument', 'Get a document', { success: { 200: Document } }),
      },
    )
    .patch(
      '/documents/:id',
      async ({ principal, params, headers, body, set }) => {
        const revision = readRevision(headers['if-match'])
        const document = await changeDocument(
          db,
          { projectId: principal.projectId, id: params.id, revision },
          { change: body, author: principal.actor },
        )
        hub.wake()
        return tagged(document, set)
      },
      {
        permission: 'documents:write',
        params: documentId,
        headers: ifMatch,
        body: t.Object(
          { title, sourceIds: t.Optional(sourceIds) },
          { ...closed, minProperties: 1, examples: [{ title: 'What we learnt from a queue' }] },
        ),
        ...documented('changeDocument', "Change a document's title or sources", {
          success: { 200: Document },
          errors: ['precondition_failed'],
        }),
      },
    )
    .delete(
      '/documents/:id',
      async ({ principal, params, headers, status }) => {
        const revision = readRevision(headers['if-match'])
        await deleteDocument(db, { projectId: principal.projectId, id: params.id, revision })
        hub.wake()
        return status(204, undefined)
      },
      {
        permission: 'documents:write',
        params: documentId,
        headers: ifMatch,
        ...documented('deleteDocument', 'Delete a document; `undelete` brings it back', {
          success: { 204: t.Undefined() },
          errors: ['precondition_failed'],
        }),
      },
    )
    .post(
      '/documents/:id/undelete',
      async ({ principal, params, set }) => {
        const document = await undeleteDocument(db, principal.projectId, params.id)
        hub.wake()
        return tagged(document, set)
      },
      {
        permission: 'documents:write',
        params: documentId,
        ...documented('undeleteDocument', 'Bring a deleted document back', { success: { 200: Document } }),
      },
    )
    .get(
      '/documents/:id/versions',
      ({ principal, params, query }) =>
        listVersions(db, { projectId: principal.projectId, documentId: params.id }, query),
      {
        permission: 'documents:read',
        params: documentId,
        query: t.Object(
          {
            limit: t.Optional(t.Integer({ minimum: 1, maximum: PAGE_SIZE_MAX })),
            before: t.Optional(t.Integer({ minimum: 1, description: '`nextBefore` of the page before.' })),
          },
          closed,
        ),
        ...documented('listVersions', "List a document's versions, newest first", {
          success: {
            200: t.Object({ items: t.Array(VersionSummary), nextBefore: t.Union([t.Integer(), t.Null()]) }),
          },
        }),
      },
    )
    .get(
      '/documents/:id/versions/:number',
      ({ principal, params }) => getVersion(db, idOf(principal, params)),
      {
        permission: 'documents:read',
        params: versionId,
        ...documented('getVersion', 'Get a version with its sections and citations', {
          success: { 200: Version },
        }),
      },
    )
    .get(
      '/documents/:id/versions/:number/body',
      async ({ principal, params, query, set }) => {
        const format = query.format ?? 'markdown'
        set.headers['content-type'] = `${mediaTypes[format]}; charset=utf-8`
        set.headers['content-security-policy'] = BODY_POLICY
        return versionBody(db, idOf(principal, params), format)
      },
      {
        permission: 'documents:read',
        params: versionId,
        query: t.Object({ format: t.Optional(oneOf(bodyFormats)) }, closed),
        ...documented('getVersionBody', 'Get a version as Markdown, HTML or plain text', {
          success: {
            200: BodyText,
          },
        }),
      },
    )
    .post(
      '/documents/:id/versions/:number/restore',
      async ({ principal, params, status }) => {
        const version = await restoreVersion(db, idOf(principal, params), principal.actor)
        hub.wake()
        return status(201, version)
      },
      {
        permission: 'documents:write',
        params: versionId,
        ...documented('restoreVersion', 'Make a version the newest again, as a new one', {
          success: { 201: Version },
          errors: ['conflict'],
        }),
      },
    )
    .get(
      '/documents/:id/versions/:number/compare/:to',
      ({ principal, params }) => compareVersions(db, idOf(principal, params), params.to),
      {
        permission: 'documents:read',
        params: t.Object({ ...versionId.properties, to: versionNumber }),
        ...documented('compareVersions', 'Show what changed between two versions, section by section', {
          success: { 200: Comparison },
        }),
      },
    )
}

const idOf = ({ projectId }: { projectId: string }, { id, number }: { id: string; number: number }) => ({
  projectId,
  documentId: id,
  number,
})

function tagged(document: StoredDocument, set: { headers: Record<string, string | number> }): Document {
  set.headers.etag = `"${document.revision}"`
  return presentDocument(document)
}

function readRevision(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch === '*') return undefined
  const match = /^"(\d+)"$/.exec(ifMatch)
  if (match) return Number(match[1])
  throw new AppError('precondition_failed', 'If-Match must be the ETag of the document.')
}
